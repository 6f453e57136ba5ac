import { keyBlock, nextTrafficSecret } from './key-derivation.ts';
import type { ConnectionSecrets } from './key-log.ts';
import { keyBlockOpener, type OpenedRecord, type RecordOpener, tls13Opener } from './record-protection.ts';
import type { WireRecord } from './record-reader.ts';
import { suiteProtection } from './tables/cipher-suites.ts';
import type { Side } from './transcript.ts';

/** What both hellos agreed on, as far as the keys depend on it. */
export interface Agreement {
  readonly version: number;
  readonly cipherSuite: number;
  readonly clientRandom: Uint8Array;
  readonly serverRandom: Uint8Array;
  readonly encryptThenMac: boolean;
}

/** The keys of one direction over the life of a connection. */
export interface DirectionProtection {
  /** Whether records are protected from here on. */
  readonly active: boolean;
  /** `undefined` where no key at hand opens the record. */
  open(record: WireRecord): OpenedRecord | undefined;
  /** Goes on to the key after a `finished`, where TLS 1.3 changes it. */
  finished(): void;
  /** Goes on to the next generation after a `key_update`. */
  keyUpdated(): void;
}

/** Nothing is protected yet. */
export const unprotected: DirectionProtection = {
  active: false,
  open: () => undefined,
  finished: () => {},
  keyUpdated: () => {},
};

/** From a change_cipher_spec on, TLS 1.0 to 1.2. */
export function keyBlockProtection(
  side: Side,
  agreement: Agreement,
  secrets: ConnectionSecrets | undefined,
): DirectionProtection {
  const master = secrets?.get('CLIENT_RANDOM');
  const protection = suiteProtection(agreement.cipherSuite);
  let opener: RecordOpener | undefined;
  if (master !== undefined && protection !== undefined) {
    const randoms = { client: agreement.clientRandom, server: agreement.serverRandom };
    const keys = keyBlock(master, randoms, protection, agreement.version)[side];
    opener = keyBlockOpener(keys, protection, agreement.version, agreement.encryptThenMac);
  }
  return { ...unprotected, active: true, open: (record) => opener?.open(record) };
}

type Stage = 'early' | 'handshake' | 'application';

/** After this many records that no key opens, no further one is tried. */
const FAILURE_LIMIT = 1000;

/**
 * From the server_hello on, TLS 1.3; for early data from the client_hello on.
 * The stages follow each other at known messages, but a record that the present key does not open is tried
 * with the following stages too: a server that refuses early data leaves no other trace of it.
 */
export class TrafficProtection implements DirectionProtection {
  readonly active = true;
  readonly #side: Side;
  readonly #secrets: () => ConnectionSecrets | undefined;
  readonly #suites: (stage: Stage) => readonly number[];
  #stage: Stage;
  #current: { opener: RecordOpener; secret: Uint8Array; suite: number } | undefined;
  #failures = 0;

  /** `suites` are the candidates for a stage: the agreed one, or before the server_hello all that are offered. */
  constructor(
    side: Side,
    secrets: () => ConnectionSecrets | undefined,
    suites: (stage: Stage) => readonly number[],
    stage: Stage,
  ) {
    this.#side = side;
    this.#secrets = secrets;
    this.#suites = suites;
    this.#stage = stage;
  }

  open(record: WireRecord): OpenedRecord | undefined {
    const opened = this.#current?.opener.open(record);
    if (opened !== undefined) return opened;
    if (this.#failures >= FAILURE_LIMIT) return undefined;
    const stages = STAGES.slice(STAGES.indexOf(this.#stage) + (this.#current === undefined ? 0 : 1));
    for (const stage of stages) {
      const found = this.#tryStage(stage, record);
      if (found !== undefined) return found;
    }
    this.#failures++;
    return undefined;
  }

  finished(): void {
    this.#stage = 'application';
    this.#current = undefined;
  }

  keyUpdated(): void {
    if (this.#current === undefined) return;
    const { suite, secret } = this.#current;
    const protection = suiteProtection(suite);
    if (protection === undefined) return;
    const next = nextTrafficSecret(secret, protection.prf);
    this.#current = { suite, secret: next, opener: tls13Opener(next, protection) };
  }

  #tryStage(stage: Stage, record: WireRecord): OpenedRecord | undefined {
    const secret = this.#secrets()?.get(LABELS[this.#side][stage]);
    if (secret === undefined) return undefined;
    for (const suite of this.#suites(stage)) {
      const protection = suiteProtection(suite);
      if (protection === undefined) continue;
      const opener = tls13Opener(secret, protection);
      const opened = opener.open(record);
      if (opened === undefined) continue;
      this.#stage = stage;
      this.#current = { opener, secret, suite };
      return opened;
    }
    return undefined;
  }
}

const STAGES: readonly Stage[] = ['early', 'handshake', 'application'];

/** RFC 9850; a server has no early stage. */
const LABELS: Readonly<Record<Side, Readonly<Record<Stage, string>>>> = {
  client: {
    early: 'CLIENT_EARLY_TRAFFIC_SECRET',
    handshake: 'CLIENT_HANDSHAKE_TRAFFIC_SECRET',
    application: 'CLIENT_TRAFFIC_SECRET_0',
  },
  server: {
    early: '',
    handshake: 'SERVER_HANDSHAKE_TRAFFIC_SECRET',
    application: 'SERVER_TRAFFIC_SECRET_0',
  },
};
