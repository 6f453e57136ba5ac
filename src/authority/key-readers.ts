import { DevcaError } from '../errors/devca-error.ts';
import { importEncryptedPem, isEncryptedPem } from '../pki/encrypted-pem.ts';
import { isJks, parseJks } from '../pki/jks.ts';
import { openJksKey } from '../pki/jks-key.ts';
import { importPkcs8, importPrivateKeyPem, type PrivateKey } from '../pki/key.ts';
import { parsePkcs12 } from '../pki/pkcs12.ts';

/**
 * Throws DEVCA_PASSWORD_MISSING, DEVCA_PASSWORD_WRONG, and what the parsers of the formats throw. `source` names the file
 * in errors.
 */
export type KeyReader = (
  bytes: Uint8Array,
  password: string | undefined,
  source: string,
) => readonly PrivateKey[];

/**
 * How the keys are read back from each kind of file that devca writes one to, the plainest first. What somebody has put
 * under another password since, or has moved from JKS to PKCS#12 as keytool tells them to, is read too.
 */
export const KEY_READERS: Readonly<Record<string, KeyReader>> = {
  key: (bytes, password, source) => readPem(textOf(bytes), password, source),
  combined: (bytes, password, source) => readPem(textOf(bytes), password, source),
  'key-der': (bytes, _, source) => [importPkcs8(bytes, source)],
  k8s: (bytes, password, source) => readPem(base64Line(bytes, /^ {2}tls\.key: (\S+)$/m), password, source),
  base64: (bytes, password, source) =>
    readPem(base64Line(bytes, /^TLS_KEY_BASE64=(\S+)$/m), password, source),
  p12: readStore,
  jks: readStore,
};

function readPem(pem: string, password: string | undefined, source: string): readonly PrivateKey[] {
  if (!isEncryptedPem(pem)) return [importPrivateKeyPem(pem, source)];
  if (password === undefined) throw new DevcaError('DEVCA_PASSWORD_MISSING', { source });
  const key = importEncryptedPem(pem, password, source);
  if (key === undefined) throw new DevcaError('DEVCA_PASSWORD_WRONG', { source });
  return [key];
}

function readStore(bytes: Uint8Array, password: string | undefined, source: string): readonly PrivateKey[] {
  return pkcs8In(bytes, password, source).map((der) => {
    try {
      return importPkcs8(der, source);
    } finally {
      der.fill(0);
    }
  });
}

function pkcs8In(bytes: Uint8Array, password: string | undefined, source: string): readonly Uint8Array[] {
  if (!isJks(bytes)) return parsePkcs12(bytes, password, source).keys.map(({ der }) => der);
  const keys = parseJks(bytes, password, source).flatMap(({ protectedKey }) => protectedKey ?? []);
  if (password === undefined) throw new DevcaError('DEVCA_PASSWORD_MISSING', { source });
  return keys.map((key) => openJksKey(key, password, source));
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

const base64Line = (bytes: Uint8Array, line: RegExp): string =>
  Buffer.from(line.exec(textOf(bytes))?.[1] ?? '', 'base64').toString('latin1');
