import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { readWhole } from '../pki/der-reader.ts';
import { encodeInteger, encodeOctetString, encodeSequence } from '../pki/der-writer.ts';

/** A key under AES-256-GCM, whose wrapping key is in the keychain. */
export interface WrappedKey {
  /** The account of the keychain's entry. */
  readonly entry: string;
  readonly iv: Uint8Array;
  /** With the tag of 16 octets at the end. */
  readonly data: Uint8Array;
}

export const WRAPPED_LABEL = 'DEVCA WRAPPED KEY';

/** What the wrapping key is for: a file of another authority, or of another version, does not open with it. */
export interface WrappingContext {
  readonly id: string;
  readonly entry: string;
}

export function wrapKey(
  pkcs8: Uint8Array,
  wrappingKey: Uint8Array,
  context: WrappingContext,
  random: (length: number) => Uint8Array,
): Uint8Array {
  const iv = random(12);
  const cipher = createCipheriv('aes-256-gcm', wrappingKey, iv);
  cipher.setAAD(boundTo(context));
  const data = Buffer.concat([cipher.update(pkcs8), cipher.final(), cipher.getAuthTag()]);
  const parts = [Buffer.from(context.entry, 'utf8'), iv, data];
  return encodeSequence(encodeInteger(VERSION), ...parts.map(encodeOctetString));
}

/** Throws DEVCA_DER_INVALID. */
export function parseWrappedKey(der: Uint8Array): WrappedKey {
  return readWhole(der, 'wrapped key', (outer) => {
    const reader = outer.enter();
    const version = reader.readCount();
    if (version !== VERSION) reader.fail(`version ${version} is not known`);
    const entry = Buffer.from(reader.readOctetString()).toString('utf8');
    const [iv, data] = [reader.readOctetString(), reader.readOctetString()];
    if (!/^[\w-]{1,100}$/.test(entry)) reader.fail('the entry is not one that devca makes');
    if (iv.length !== 12 || data.length < TAG_LENGTH) reader.fail('it is too short');
    reader.finish();
    return { entry, iv, data };
  });
}

/** Undefined where the wrapping key is another, or the file was changed. */
export function unwrapKey(
  { entry, iv, data }: WrappedKey,
  wrappingKey: Uint8Array,
  id: string,
): Uint8Array | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', wrappingKey, iv, { authTagLength: TAG_LENGTH });
    decipher.setAAD(boundTo({ id, entry }));
    decipher.setAuthTag(data.subarray(data.length - TAG_LENGTH));
    const plain = decipher.update(data.subarray(0, data.length - TAG_LENGTH));
    decipher.final();
    return plain;
  } catch {
    return undefined;
  }
}

/** What the inventory knows of a wrapping key: tells a changed entry from a damaged file, and gives nothing away. */
export const checkOfWrappingKey = (wrappingKey: Uint8Array, entry: string): string =>
  createHmac('sha256', wrappingKey).update(`devca check ${entry}`).digest('hex');

export function hasCheck(wrappingKey: Uint8Array, entry: string, check: string): boolean {
  const [is, wanted] = [Buffer.from(checkOfWrappingKey(wrappingKey, entry)), Buffer.from(check)];
  return is.length === wanted.length && timingSafeEqual(is, wanted);
}

const VERSION = 1;
const TAG_LENGTH = 16;

const boundTo = ({ id, entry }: WrappingContext): Uint8Array =>
  Buffer.from(`devca wrapped key, version ${VERSION}, ${id}, ${entry}`, 'utf8');
