import type { PrivateKey } from '../pki/key.ts';

/** What files are made of: an end entity, what stands above it, and its key where devca has that. */
export interface Material {
  /** DER. */
  readonly certificate: Uint8Array;
  /** DER, without the root. */
  readonly chain: readonly Uint8Array[];
  /** DER. */
  readonly root: Uint8Array;
  readonly key: PrivateKey | undefined;
  /** What the names of its files begin with, such as `api.test+2`. */
  readonly fileName: string;
  /** What it may be called in a store, best first, such as `api.test`. */
  readonly names: readonly string[];
}

/** A file that is made but stands nowhere yet. */
export interface FormatFile {
  /** What the inventory calls it. */
  readonly format: string;
  readonly fileName: string;
  readonly mode: number;
  readonly bytes: Uint8Array;
}

/** Makes files of a certificate; see `formatEncoder`. */
export type FormatEncoder = (material: Material) => readonly FormatFile[];

/** The formats of the inventory whose files hold a private key. */
export const FILES_WITH_KEY: readonly string[] = [
  'key',
  'key-der',
  'combined',
  'p12',
  'jks',
  'k8s',
  'base64',
];

/** The formats of the inventory whose files are all that some user has of a certificate. */
export const FILES_WITH_CERTIFICATE: readonly string[] = [
  'cert',
  'der',
  'combined',
  'p12',
  'jks',
  'k8s',
  'base64',
];
