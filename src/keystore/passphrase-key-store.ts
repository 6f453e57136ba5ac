import { DevcaError } from '../errors/devca-error.ts';
import { decryptPkcs8, encryptPkcs8 } from '../pki/encrypted-pkcs8.ts';
import { exportPkcs8, type PrivateKey } from '../pki/key.ts';
import { decodePem, encodePem } from '../pki/pem.ts';
import type { GivenPassphrase } from '../platform/person.ts';
import type { World } from '../platform/world.ts';
import { askedPassphrase, shortness } from './asked-passphrase.ts';
import { importAndWipe } from './file-key-store.ts';
import { asDamage, checkOf, corrupt, keyPath, readKeyFile } from './key-file.ts';
import type { KeyStore } from './key-store.ts';

/** Keys as encrypted PKCS#8 files, which OpenSSL reads too. */
export function passphraseKeyStore(home: string, world: World): KeyStore {
  return {
    kind: 'passphrase',
    prepare: async ({ id, title, purpose }) => {
      const path = keyPath(home, id);
      const given = await askedPassphrase({ title, purpose, flawOf }, world);
      return {
        kind: 'passphrase',
        seal: (key) => ({
          file: { path, bytes: encrypted(key, given.text, world), mode: 0o600 },
          check: checkOf(key),
        }),
        reopen: async ({ file }) =>
          decrypted(decodePem(Buffer.from(file.bytes).toString('latin1'), path)[0]?.der, given, path),
        discard: async () => undefined,
      };
    },
    unseal: async ({ id, title }) => {
      const path = keyPath(home, id);
      // Before somebody is asked for the passphrase of a key that is not there.
      const { der } = readKeyFile(path, LABEL, world);
      const given = await askedPassphrase({ title, purpose: 'open' }, world);
      return decrypted(der, given, path);
    },
  };
}

const LABEL = 'ENCRYPTED PRIVATE KEY';

const LONGEST = 1024;

function encrypted(key: PrivateKey, passphrase: string, world: World): Uint8Array {
  const pkcs8 = exportPkcs8(key);
  try {
    return Buffer.from(encodePem(LABEL, encryptPkcs8(pkcs8, passphrase, world.random)), 'latin1');
  } finally {
    pkcs8.fill(0);
  }
}

function decrypted(der: Uint8Array | undefined, { text, source }: GivenPassphrase, path: string): PrivateKey {
  if (der === undefined) throw corrupt(path, 'it has no key in PEM');
  const pkcs8 = asDamage(path, () => decryptPkcs8(der, text, path));
  if (pkcs8 === undefined) throw new DevcaError('DEVCA_PASSPHRASE_WRONG', { path, source });
  return importAndWipe(pkcs8, path);
}

function flawOf(passphrase: string): string | undefined {
  if ([...passphrase].length > LONGEST) return `it has more than ${LONGEST} characters`;
  // OpenSSL and terminals end at such characters, so the key could be opened nowhere else.
  if (/\p{Cc}/u.test(passphrase)) return 'it has control characters in it';
  return shortness(passphrase);
}
