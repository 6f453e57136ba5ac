import { createPrivateKey } from 'node:crypto';
import { DevcaError } from '../errors/devca-error.ts';
import { decryptPkcs8 } from './encrypted-pkcs8.ts';
import { describeKey, importPkcs8, type PrivateKey } from './key.ts';
import { decodePem } from './pem.ts';

/** Whether a PEM text has a private key under a password, in either form. */
export const isEncryptedPem = (pem: string): boolean =>
  /^-----BEGIN ENCRYPTED PRIVATE KEY-----/m.test(pem) || isLegacy(pem);

/**
 * The key in a PEM text under a password: PKCS#8 (RFC 5958), or the older form with the headers of RFC 1421, which
 * OpenSSL and Go write. Undefined where the password is wrong, which the older form cannot tell from damage.
 * Throws DEVCA_KEY_INVALID, DEVCA_PEM_INVALID, DEVCA_KEY_TYPE_UNSUPPORTED, DEVCA_PKCS12_UNSUPPORTED.
 */
export function importEncryptedPem(pem: string, password: string, source: string): PrivateKey | undefined {
  if (isLegacy(pem)) return importLegacy(pem, password, source);
  const keys = decodePem(pem, source).filter(({ label }) => label.endsWith('PRIVATE KEY'));
  const [block] = keys;
  if (block === undefined || keys.length > 1)
    throw new DevcaError('DEVCA_KEY_INVALID', { source, reason: `it has ${keys.length} private keys` });
  const pkcs8 = decryptPkcs8(block.der, password, source);
  if (pkcs8 === undefined) return undefined;
  try {
    return importPkcs8(pkcs8, source);
  } finally {
    pkcs8.fill(0);
  }
}

function importLegacy(pem: string, password: string, source: string): PrivateKey | undefined {
  const fail = (reason: string) => new DevcaError('DEVCA_KEY_INVALID', { source, reason });
  const keys = pem.match(/^-----BEGIN [A-Z ]*PRIVATE KEY-----/gm) ?? [];
  if (keys.length > 1) throw fail(`it has ${keys.length} private keys`);
  const block =
    /^-----BEGIN ([A-Z ]+)-----\r?\n(?:[\w-]+: .*\r?\n)+\r?\n[A-Za-z0-9+/=\r\n]+^-----END \1-----/m.exec(
      pem,
    )?.[0];
  if (block === undefined) throw fail('its PEM is incomplete');
  try {
    return describeKey(createPrivateKey({ key: block, format: 'pem', passphrase: password }), source);
  } catch (cause) {
    if (cause instanceof DevcaError) throw cause;
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (/UNSUPPORTED/.test(code)) throw fail('its old cipher is not supported by the runtime');
    return undefined;
  }
}

const isLegacy = (pem: string): boolean => /^Proc-Type: 4,ENCRYPTED/m.test(pem);
