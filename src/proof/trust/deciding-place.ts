import type { System } from '../../platform/system.ts';
import { type ClientStore, STORE_LINE, type TrustClient } from './trust-client.ts';

/** What decides whom a client trusts. */
export interface DecidingPlace {
  /** For people: a variable with its value, a file, or the kind of store. */
  readonly text: string;
  readonly variable: string | undefined;
  readonly store: ClientStore;
  /** A command that makes the store, where it is not there yet. */
  readonly makesStore?: string;
}

/** Files that are the system's own roots, wherever a runtime names them. */
const SYSTEM_PLACES =
  /^(\/private)?\/(etc|usr\/lib(64)?\/ssl|usr\/share\/ca-certificates|var\/lib\/ca-certificates)\//;

const WORDS: Readonly<Record<ClientStore, string>> = {
  system: 'the system store',
  own: 'roots that come with it',
  java: 'its key store',
  nss: 'its certificate database',
};

export function decidingPlace(
  client: TrustClient,
  stdout: string,
  environment: Readonly<Record<string, string>>,
  isThere: (path: string) => boolean,
): DecidingPlace {
  const set = client.variables.find(([name, pattern = /./]) => {
    const value = environment[name] ?? '';
    // What stands on OpenSSL falls back on its own folder where the file is missing; others fail.
    return pattern.test(value) && (!name.startsWith('SSL_CERT_') || isThere(value));
  });
  const file = STORE_LINE.exec(stdout)?.[1]?.trim() ?? '';
  const store = file === '' || client.store === 'java' ? client.store : storeOfFile(file);
  if (set !== undefined) {
    const [name] = set;
    return { text: `${name}="${environment[name]}"`, variable: name, store };
  }
  const text = client.decides ?? (file === '' ? WORDS[store] : file);
  const { makesStore } = client;
  return { text, variable: undefined, store, ...(makesStore === undefined ? {} : { makesStore }) };
}

const storeOfFile = (file: string): ClientStore => (SYSTEM_PLACES.test(file) ? 'system' : 'own');

/** The command that makes a client which refuses accept. @param place the flags that name home and authority, or a root */
export function mendingCommand(
  { variable, store, makesStore }: DecidingPlace,
  place: string,
  { platform }: Pick<System, 'platform'>,
): string {
  if (variable !== undefined || store === 'own')
    return `eval "$(devca env${place.replaceAll(/ --(authority|sha256) \S+/g, '')})"`;
  // There, browsers and the system's programs read stores that have other names.
  const flag = platform === 'darwin' || platform === 'win32' ? '' : ` --store ${store}`;
  return `${makesStore === undefined ? '' : `${makesStore} && `}devca trust install${place}${flag}`;
}
