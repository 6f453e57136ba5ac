import { DevcaError } from '../errors/devca-error.ts';
import { decryptPkcs8, encryptPkcs8 } from '../pki/encrypted-pkcs8.ts';
import { exportPkcs8, type PrivateKey } from '../pki/key.ts';
import { decodePem, encodePem } from '../pki/pem.ts';
import type { GivenPassphrase } from '../platform/person.ts';
import type { World } from '../platform/world.ts';
import { importAndWipe } from './file-key-store.ts';
import { asDamage, checkOf, corrupt, keyPath, readKeyFile } from './key-file.ts';
import type { KeyStore } from './key-store.ts';

/** Keys as encrypted PKCS#8 files, which OpenSSL reads too. */
export function passphraseKeyStore(home: string, world: World): KeyStore {
  return {
    kind: 'passphrase',
    prepare: async ({ id, title, purpose }) => {
      const path = keyPath(home, id);
      const given = needed(await world.person.passphrase({ title, purpose }), title);
      refuseWeak(given);
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
      const given = needed(await world.person.passphrase({ title, purpose: 'open' }), title);
      return decrypted(der, given, path);
    },
  };
}

const LABEL = 'ENCRYPTED PRIVATE KEY';

/** NIST SP 800-63B section 5.1.1.2 has 8 as the least. */
const SHORTEST = 8;
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

function needed(given: GivenPassphrase | undefined, title: string): GivenPassphrase {
  if (given === undefined) throw new DevcaError('DEVCA_PASSPHRASE_MISSING', { what: title });
  if (given.text === '') throw unusable(given, 'it is empty');
  return given;
}

function refuseWeak(given: GivenPassphrase): void {
  const length = [...given.text].length;
  if (length < SHORTEST) throw unusable(given, `it has fewer than ${SHORTEST} characters`);
  if (length > LONGEST) throw unusable(given, `it has more than ${LONGEST} characters`);
  // OpenSSL and terminals end at such characters, so the key could be opened nowhere else.
  if (/\p{Cc}/u.test(given.text)) throw unusable(given, 'it has control characters in it');
}

const unusable = ({ source }: GivenPassphrase, reason: string): DevcaError =>
  new DevcaError('DEVCA_PASSPHRASE_UNUSABLE', { source, reason });
