import { createHash } from 'node:crypto';
import { DevcaError } from '../errors/devca-error.ts';
import { readAlgorithm } from './algorithm.ts';
import { readWhole } from './der-reader.ts';
import { concatBytes, encodeNull } from './der-writer.ts';
import { bytesEqual } from './fingerprint.ts';
import { javaPassword } from './jks.ts';
import { OID } from './oid.ts';

/** Of the salt and of SHA-1, between which the key stands. */
const LENGTH = 20;

/**
 * The PKCS#8 within a key of a Java key store, as OpenJDK's sun.security.provider.KeyProtector has protected it.
 * Throws DEVCA_DER_INVALID, DEVCA_PASSWORD_WRONG, and DEVCA_JKS_INVALID for the cipher of JCEKS.
 */
export function openJksKey(protectedKey: Uint8Array, password: string, source: string): Uint8Array {
  const [{ oid, parameters }, data] = readWhole(protectedKey, 'key of a Java key store', (outer) => {
    const reader = outer.enter();
    const parts = [readAlgorithm(reader), reader.readOctetString()] as const;
    reader.finish();
    return parts;
  });
  const hasOtherParameters = parameters !== undefined && !bytesEqual(parameters, encodeNull());
  if (oid !== OID.jksKeyProtector || hasOtherParameters) {
    const reason = `a key is protected by ${oid}${hasOtherParameters ? ' with parameters' : ''}, which devca does not read`;
    throw new DevcaError('DEVCA_JKS_INVALID', { source, reason, offset: 0 });
  }
  const secret = javaPassword(password);
  const end = Math.max(LENGTH, data.length - LENGTH);
  const pkcs8 = applyKeystream(data.subarray(LENGTH, end), secret, data.subarray(0, LENGTH));
  if (bytesEqual(sha1(secret, pkcs8), data.subarray(end))) return pkcs8;
  pkcs8.fill(0);
  throw new DevcaError('DEVCA_PASSWORD_WRONG', { source });
}

/** A stream of chained SHA-1 that begins with the salt: the same call protects and opens. */
export function applyKeystream(bytes: Uint8Array, secret: Uint8Array, salt: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length);
  let block = salt;
  for (let at = 0; at < bytes.length; at += LENGTH) {
    block = sha1(secret, block);
    for (let i = at; i < Math.min(at + LENGTH, bytes.length); i++)
      result[i] = (bytes[i] ?? 0) ^ (block[i - at] ?? 0);
  }
  return result;
}

export const sha1 = (...parts: readonly Uint8Array[]): Uint8Array =>
  createHash('sha1')
    .update(concatBytes(...parts))
    .digest();
