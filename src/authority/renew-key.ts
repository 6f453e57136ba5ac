import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { FILES_WITH_KEY } from '../formats/material.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import type { Certificate } from '../pki/certificate.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import { importPrivateKeyPem, type PrivateKey } from '../pki/key.ts';
import { encodePem } from '../pki/pem.ts';
import { parsePkcs12 } from '../pki/pkcs12.ts';
import type { World } from '../platform/world.ts';
import { described } from './due.ts';
import { KEY_READERS } from './key-readers.ts';

/** As `KEY_READERS`, and from what a password opens. */
const READERS: Readonly<Record<string, (bytes: Uint8Array, password: string | undefined) => string>> = {
  ...KEY_READERS,
  p12: (bytes, password) =>
    encodePem('PRIVATE KEY', parsePkcs12(bytes, password, 'the key store').keys[0]?.der ?? new Uint8Array()),
};

/**
 * The key of a certificate from the plainest of its files that holds it, or `undefined` where devca never had it.
 * Throws DEVCA_RENEWAL_KEY where the file is gone or holds another key.
 */
export function keyOfCertificate(
  record: CertificateRecord,
  certificate: Certificate,
  files: readonly DeliveryRecord[],
  password: string | undefined,
  world: World,
): PrivateKey | undefined {
  const holders = files.filter(({ format }) => FILES_WITH_KEY.includes(format));
  if (holders.length === 0) return undefined;
  const [format, read] =
    Object.entries(READERS).find(([each]) => holders.some((file) => file.format === each)) ?? [];
  const holder = holders.find((file) => file.format === format) ?? holders[0];
  const path = holder?.path ?? '';
  const refuse = (reason: string, cause?: unknown) =>
    new DevcaError('DEVCA_RENEWAL_KEY', { ...described(record), path, reason }, { cause });
  if (read === undefined) throw refuse('is all that has it, and devca does not read keys back from that');
  if (format === 'p12' && password === undefined)
    throw new DevcaError('DEVCA_RENEWAL_PASSWORD', { ...described(record), path });
  const bytes = world.files.readIfPresent(path);
  if (bytes === undefined) throw refuse('is gone');
  const key = readKey(() => importPrivateKeyPem(read(bytes, password), path), refuse);
  if (!bytesEqual(key.subjectPublicKeyInfo, certificate.subjectPublicKeyInfo))
    throw refuse('holds another key by now');
  return key;
}

function readKey(read: () => PrivateKey, refuse: (reason: string, cause: unknown) => DevcaError): PrivateKey {
  try {
    return read();
  } catch (error) {
    if (!isDevcaError(error) || error.code.startsWith('DEVCA_PASSWORD_')) throw error;
    throw refuse(`is not the key any more (${error.message})`, error);
  }
}
