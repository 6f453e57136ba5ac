import { buildAlgorithm } from './algorithm.ts';
import { concatBytes, encodeNull, encodeOctetString, encodeSequence } from './der-writer.ts';
import { JKS_MAGIC, javaPassword, storeDigest } from './jks.ts';
import { applyKeystream, sha1 } from './jks-key.ts';
import { OID } from './oid.ts';
import type { StoreContent } from './store-content.ts';

export interface JksOptions {
  /** ASCII; of the store and of the key in it. */
  readonly password: string;
  readonly createdAt: Date;
  readonly random: (length: number) => Uint8Array;
}

/**
 * A JKS file as OpenJDK's sun.security.provider.JavaKeyStore reads it. Its protection is of 1995: SHA-1, no rounds.
 * Aliases are lower-case, since Java looks them up so.
 */
export function encodeJks({ key, trusted }: StoreContent, options: JksOptions): Uint8Array {
  const time = uint64(options.createdAt.getTime());
  const entries = trusted.map(({ alias, certificate }) =>
    concatBytes(uint32(2), text(alias.toLowerCase()), time, certificateField(certificate)),
  );
  if (key !== undefined) {
    const { alias, chain } = key;
    const protectedKey = protectKey(key.pkcs8, options);
    const head = concatBytes(uint32(1), text(alias.toLowerCase()), time, sized(protectedKey));
    entries.push(concatBytes(head, uint32(chain.length), ...chain.map(certificateField)));
  }
  const signed = concatBytes(uint32(JKS_MAGIC), uint32(2), uint32(entries.length), ...entries);
  return concatBytes(signed, storeDigest(signed, options.password));
}

/** OpenJDK's sun.security.provider.KeyProtector: under a keystream, with a digest of password and key. */
function protectKey(pkcs8: Uint8Array, { password, random }: JksOptions): Uint8Array {
  const secret = javaPassword(password);
  const salt = random(20);
  const cipherText = applyKeystream(pkcs8, secret, salt);
  const data = concatBytes(salt, cipherText, sha1(secret, pkcs8));
  const algorithm = buildAlgorithm(OID.jksKeyProtector, encodeNull());
  return encodeSequence(algorithm.der, encodeOctetString(data));
}

const certificateField = (der: Uint8Array): Uint8Array => concatBytes(text('X.509'), sized(der));

const sized = (bytes: Uint8Array): Uint8Array => concatBytes(uint32(bytes.length), bytes);

/** Java's modified UTF-8, which is UTF-8 for all but null and what lies beyond the basic plane. */
function text(value: string): Uint8Array {
  const bytes = Buffer.from(value, 'utf8');
  return concatBytes(Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes);
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
