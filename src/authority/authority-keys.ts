import type { AuthorityRecord, KeyRecord } from '../inventory/authorities.ts';
import type { KeyStoreKind, Sealer } from '../keystore/key-store.ts';
import { prepareDefault, prepareKey } from '../keystore/open-key-store.ts';
import type { World } from '../platform/world.ts';

export { KEY_STORE_KINDS } from '../keystore/key-store.ts';

export type WhichKey = 'root' | 'intermediate';

/** `best`: the keychain where somebody is there and one answers at once, else a file. */
export type WantedKeyStore = KeyStoreKind | 'best';

export interface WantedKeys {
  readonly name: string;
  readonly generation: number;
  /** Of the key that issues. */
  readonly keystore: WantedKeyStore;
  /** Of the root's, where that is another: `same` as the other; `discard` lets it go once it has signed. */
  readonly rootKeystore: KeyStoreKind | 'same' | 'discard';
  /** Default: the intermediate's. */
  readonly issuing?: WhichKey;
}

/** Places that are ready for the keys of a new generation. */
export interface PreparedKeys {
  readonly issuing: Sealer;
  /** Undefined where the root's key is not kept, or is the one that issues. */
  readonly root: Sealer | undefined;
  /** Why the key that issues comes into a file, where the best place was asked for. */
  readonly whyFile: string | undefined;
}

/** Which key of a generation issues: the root's where it was imported without an intermediate. */
export const issuingKey = ({ settings }: Pick<AuthorityRecord, 'settings'>): WhichKey =>
  settings['issuer'] === 'root' ? 'root' : 'intermediate';

export const keyRecord = (record: AuthorityRecord, which: WhichKey = issuingKey(record)): KeyRecord =>
  which === 'root' ? record.rootKey : record.intermediateKey;

/** What an authority was before it was imported, such as `mkcert`; `undefined` for one that devca has made. */
export function importSource({ settings }: Pick<AuthorityRecord, 'settings'>): string | undefined {
  const source = settings['importedFrom'];
  return typeof source === 'string' ? source : undefined;
}

export const keyId = ({ name, generation }: { name: string; generation: number }, which: WhichKey): string =>
  `${name}-${generation}-${which}`;

/** A key as a person knows it. */
export function keyTitle(
  { name, generation }: { readonly name: string; readonly generation: number },
  which: WhichKey,
): string {
  return `the ${which}'s key of "${name}"${generation === 1 ? '' : `, generation ${generation}`}`;
}

/**
 * Makes the places for the keys of a new generation ready, which may ask somebody: never to be done under a lock.
 * Throws DEVCA_KEYCHAIN_* and DEVCA_PASSPHRASE_*.
 */
export async function prepareKeys(wanted: WantedKeys, home: string, world: World): Promise<PreparedKeys> {
  const requestFor = (which: WhichKey) => {
    return { id: keyId(wanted, which), title: keyTitle(wanted, which), purpose: 'set' } as const;
  };
  const { keystore, rootKeystore, issuing: which = 'intermediate' } = wanted;
  const { sealer: issuing, whyFile } =
    keystore === 'best'
      ? await prepareDefault(requestFor(which), home, world)
      : { sealer: await prepareKey(keystore, requestFor(which), home, world), whyFile: undefined };
  if (rootKeystore === 'discard') return { issuing, root: undefined, whyFile };
  try {
    const kind = rootKeystore === 'same' ? issuing.kind : rootKeystore;
    return { issuing, root: await prepareKey(kind, requestFor('root'), home, world), whyFile };
  } catch (error) {
    await issuing.discard();
    throw error;
  }
}

/** Does some work with places that were made ready, and takes them back where it fails or needs none. */
export async function withKeys<T>(keys: PreparedKeys, work: () => T): Promise<T> {
  try {
    return work();
  } finally {
    // What has a key by then is not taken back.
    await keys.issuing.discard();
    await keys.root?.discard();
  }
}
