import { DevcaError } from '../../errors/devca-error.ts';
import type { Certificate } from '../../pki/certificate.ts';
import { derKind } from '../../pki/der-kind.ts';
import { TAG, tryReadWhole } from '../../pki/der-reader.ts';
import { importEncryptedPem, isEncryptedPem } from '../../pki/encrypted-pem.ts';
import { bytesEqual } from '../../pki/fingerprint.ts';
import { importPrivateKeyPem, type PrivateKey } from '../../pki/key.ts';
import { encodePem } from '../../pki/pem.ts';
import type { GivenPassphrase } from '../../platform/person.ts';
import type { World } from '../../platform/world.ts';
import { readSourceFile } from './source-file.ts';

/** Opens what is under a password: with one that was given or has opened something before, else by asking. */
export interface Passwords {
  /** Throws DEVCA_IMPORT_PASSWORD and DEVCA_IMPORT_PASSWORD_MISSING. */
  open<T>(path: string, attempt: (password: string) => T | undefined): Promise<T>;
}

export function sourcePasswords(given: GivenPassphrase | undefined, world: World): Passwords {
  const known = given === undefined ? [] : [given];
  return {
    open: async (path, attempt) => {
      for (const { text } of known) {
        const opened = attempt(text);
        if (opened !== undefined) return opened;
      }
      const [first] = known;
      // Nobody is asked for a second one: the one that is there may be all that they have, and another key may do.
      if (first !== undefined) throw new DevcaError('DEVCA_IMPORT_PASSWORD', { path, source: first.source });
      const asked = await world.person.passphrase({ title: `the key "${path}"`, purpose: 'open' });
      if (asked === undefined) throw new DevcaError('DEVCA_IMPORT_PASSWORD_MISSING', { path });
      const opened = attempt(asked.text);
      if (opened === undefined) throw new DevcaError('DEVCA_IMPORT_PASSWORD', { path, source: asked.source });
      known.push(asked);
      return opened;
    },
  };
}

/**
 * The key of a certificate. Throws DEVCA_IMPORT_KEY_MISMATCH, DEVCA_IMPORT_KEY_MISSING, DEVCA_IMPORT_UNSAFE,
 * DEVCA_KEY_INVALID and what
 * `Passwords.open` throws.
 */
export async function openSourceKey(
  path: string,
  certificate: Certificate,
  certificatePath: string,
  passwords: Passwords,
  world: World,
): Promise<PrivateKey> {
  const key = await readKey(path, path === certificatePath, passwords, world);
  if (bytesEqual(key.subjectPublicKeyInfo, certificate.subjectPublicKeyInfo)) return key;
  throw new DevcaError('DEVCA_IMPORT_KEY_MISMATCH', { key: path, cert: certificatePath });
}

async function readKey(
  path: string,
  isCertificate: boolean,
  passwords: Passwords,
  world: World,
): Promise<PrivateKey> {
  const bytes = readSourceFile(path, world);
  try {
    const text = bytes[0] === 0x30 ? encodePem(labelOf(bytes), bytes) : Buffer.from(bytes).toString('latin1');
    if (isCertificate && !/^-----BEGIN [A-Z ]*PRIVATE KEY-----/m.test(text))
      throw new DevcaError('DEVCA_IMPORT_KEY_MISSING', { path, cert: path });
    if (!isEncryptedPem(text)) return importPrivateKeyPem(text, path);
    return await passwords.open(path, (password) => importEncryptedPem(text, password, path));
  } finally {
    bytes.fill(0);
  }
}

/** What something in DER is called in PEM: of keys PKCS#8, PKCS#1 and SEC 1 differ in what follows the version. */
function labelOf(der: Uint8Array): string {
  const kind = derKind(der);
  if (kind !== 'PRIVATE KEY') return kind.toUpperCase();
  const [, second] = tryReadWhole(der, (whole) => whole.enter().readAll((each) => each.read().tag)) ?? [];
  if (second === TAG.integer) return 'RSA PRIVATE KEY';
  return second === TAG.octetString ? 'EC PRIVATE KEY' : 'PRIVATE KEY';
}
