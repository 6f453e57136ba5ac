import type { PrivateKey } from '../pki/key.ts';

/** Where keys can rest. */
export const KEY_STORE_KINDS = ['keychain', 'passphrase', 'file'] as const;
export type KeyStoreKind = (typeof KEY_STORE_KINDS)[number];

/** The form in which a key rests on the disk. */
export interface KeyFile {
  /** Absolute; the same in every key store, so that moving a key replaces its file in one rename. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

/** A key as the inventory knows it. */
export interface RestingKey {
  readonly id: string;
  /** What sealing gave. */
  readonly check: string | undefined;
  /** As a person knows it, such as `the intermediate's key of "default"`. */
  readonly title: string;
}

export interface SealedKey {
  readonly file: KeyFile;
  /** Tells a missing key from a wrong one. */
  readonly check: string;
}

/** A place that is ready to take one key. */
export interface Sealer {
  readonly kind: KeyStoreKind;
  /**
   * Waits for nobody, so that it can be done under a lock. The creator of the key writes the file together with the
   * authority's other files, so that a crash leaves all of them or none.
   */
  seal(key: PrivateKey): SealedKey;
  /** Opens what was sealed as a later run will. */
  reopen(sealed: SealedKey): Promise<PrivateKey>;
  /** Takes back what was made ready, unless a key was sealed for it: that may be in use by now. Does not throw. */
  discard(): Promise<void>;
}

/**
 * One of the places where keys of an authority rest. Only for use within this folder, since it shows keys; what
 * `openKey` gives to others signs and shows none.
 */
export interface KeyStore {
  readonly kind: KeyStoreKind;
  /** Asks for a passphrase, or makes an entry in the keychain: never to be done under a lock. */
  prepare(key: PrepareRequest): Promise<Sealer>;
  /** Throws DEVCA_KEYSTORE_KEY_*, DEVCA_KEYCHAIN_* and DEVCA_PASSPHRASE_*. */
  unseal(key: RestingKey): Promise<PrivateKey>;
}

export interface PrepareRequest {
  readonly id: string;
  readonly title: string;
  /** `change`: the key has a passphrase already, which is not to be taken for the new one. */
  readonly purpose: 'set' | 'change';
  /** Asks nobody for anything: a keychain that does not answer at once is none. */
  readonly atOnce?: boolean;
}

export const isKeyStoreKind = (text: string): text is KeyStoreKind =>
  KEY_STORE_KINDS.some((kind) => kind === text);
