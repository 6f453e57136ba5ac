import type { PrivateKey } from '../pki/key.ts';
import type { Signer } from '../pki/signer.ts';

/** Where keys can rest. */
export const KEY_STORE_KINDS = ['file'] as const;
export type KeyStoreKind = (typeof KEY_STORE_KINDS)[number];

/** The form in which a key rests on the disk. */
export interface KeyFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

/** A place where the keys of an authority rest. What it opens signs, and shows no key. */
export interface KeyStore {
  readonly kind: KeyStoreKind;
  /**
   * The file that holds a key. Its creator writes it together with the authority's other files, so that a crash leaves
   * all of them or none.
   */
  seal(id: string, key: PrivateKey): KeyFile;
  /** Throws DEVCA_KEYSTORE_KEY_MISSING, DEVCA_KEYSTORE_KEY_UNSAFE, DEVCA_KEYSTORE_KEY_CORRUPT. */
  open(id: string): Signer;
  /** Does nothing where there is no such key. */
  destroy(id: string): void;
}

export const isKeyStoreKind = (text: string): text is KeyStoreKind =>
  KEY_STORE_KINDS.some((kind) => kind === text);
