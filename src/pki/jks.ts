import { createHash } from 'node:crypto';
import { DevcaError } from '../errors/devca-error.ts';
import { bytesEqual } from './fingerprint.ts';

/** One entry of a Java key store. */
export interface JksEntry {
  readonly alias: string;
  /** `key` has a key, encrypted with a cipher of Sun's own, and its chain; `trusted` one certificate. */
  readonly kind: 'key' | 'trusted';
  /** The EncryptedPrivateKeyInfo of a key, which `openJksKey` opens. */
  readonly protectedKey?: Uint8Array;
  readonly certificates: readonly Uint8Array[];
}

/** The first four bytes of Sun's two formats. */
export const JKS_MAGIC = 0xfeedfeed;
const JCEKS_MAGIC = 0xcececece;

export function isJks(bytes: Uint8Array): boolean {
  const magic = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  return magic === JKS_MAGIC.toString(16) || magic === JCEKS_MAGIC.toString(16);
}

/**
 * Reads the certificates of a JKS file, or of a JCEKS file without secret keys; they are not encrypted. With a
 * password the digest at the end is checked. Throws DEVCA_JKS_INVALID and DEVCA_PASSWORD_WRONG.
 * The format is that of OpenJDK's sun.security.provider.JavaKeyStore.
 */
export function parseJks(
  bytes: Uint8Array,
  password: string | undefined,
  source: string,
): readonly JksEntry[] {
  const reader = new JksReader(bytes, source);
  reader.uint32();
  const version = reader.uint32();
  if (version !== 1 && version !== 2) reader.fail(`it has version ${version}`);
  const count = reader.uint32();
  const entries: JksEntry[] = [];
  for (let i = 0; i < count; i++) entries.push(readEntry(reader, version));
  const signed = bytes.subarray(0, reader.position);
  const digest = reader.take(20);
  if (reader.position < bytes.length) reader.fail(`${bytes.length - reader.position} bytes follow its end`);
  if (password !== undefined && !bytesEqual(storeDigest(signed, password), digest))
    throw new DevcaError('DEVCA_PASSWORD_WRONG', { source });
  return entries;
}

function readEntry(reader: JksReader, version: number): JksEntry {
  const tag = reader.uint32();
  if (tag !== 1 && tag !== 2)
    reader.fail(tag === 3 ? 'it has secret keys, which devca does not read' : `an entry has the kind ${tag}`);
  const alias = reader.text();
  reader.take(8);
  if (tag === 2) return { alias, kind: 'trusted', certificates: [readCertificate(reader, version)] };
  const protectedKey = reader.take(reader.uint32());
  const length = reader.uint32();
  const certificates: Uint8Array[] = [];
  for (let i = 0; i < length; i++) certificates.push(readCertificate(reader, version));
  return { alias, kind: 'key', protectedKey, certificates };
}

function readCertificate(reader: JksReader, version: number): Uint8Array {
  if (version === 2) {
    const type = reader.text();
    if (type !== 'X.509') reader.fail(`a certificate has the type "${type}"`);
  }
  return reader.take(reader.uint32());
}

/** SHA-1 of the password in UTF-16, a phrase, and everything before the digest. */
export function storeDigest(signed: Uint8Array, password: string): Uint8Array {
  return createHash('sha1')
    .update(javaPassword(password))
    .update('Mighty Aphrodite', 'utf8')
    .update(signed)
    .digest();
}

/** A password as Java hashes it: UTF-16 with the high octet first. */
export const javaPassword = (text: string): Uint8Array => Buffer.from(text, 'utf16le').swap16();

class JksReader {
  readonly #bytes: Uint8Array;
  readonly #source: string;
  position = 0;

  constructor(bytes: Uint8Array, source: string) {
    this.#bytes = bytes;
    this.#source = source;
  }

  take(length: number): Uint8Array {
    if (this.position + length > this.#bytes.length)
      this.fail(`${length} bytes are announced, and ${this.#bytes.length - this.position} are left`);
    this.position += length;
    return this.#bytes.subarray(this.position - length, this.position);
  }

  uint32(): number {
    return this.take(4).reduce((sum, octet) => sum * 256 + octet, 0);
  }

  /** Java's modified UTF-8 with a length of two octets; aliases and types are ASCII nearly always. */
  text(): string {
    const length = this.take(2).reduce((sum, octet) => sum * 256 + octet, 0);
    return Buffer.from(this.take(length)).toString('utf8');
  }

  fail(reason: string): never {
    throw new DevcaError('DEVCA_JKS_INVALID', { source: this.#source, reason, offset: this.position });
  }
}
