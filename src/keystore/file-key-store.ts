import { exportPkcs8Pem, importPkcs8, type PrivateKey } from '../pki/key.ts';
import { decodePem } from '../pki/pem.ts';
import type { World } from '../platform/world.ts';
import { asDamage, checkOf, keyPath, readKeyFile } from './key-file.ts';
import type { KeyStore, Sealer } from './key-store.ts';

/** Keys as PKCS#8 files that only their owner may read. */
export function fileKeyStore(home: string, world: World): KeyStore {
  return {
    kind: 'file',
    prepare: async ({ id }) => fileSealer(id, home),
    unseal: async ({ id }) => readKey(id, home, world),
  };
}

/** Opens a key without waiting for anything. Throws DEVCA_KEYSTORE_KEY_*. */
export function readKey(id: string, home: string, world: World): PrivateKey {
  const path = keyPath(home, id);
  const { der } = readKeyFile(path, LABEL, world);
  return importAndWipe(der, path);
}

export function fileSealer(id: string, home: string): Sealer {
  const path = keyPath(home, id);
  return {
    kind: 'file',
    seal: (key) => ({
      file: { path, bytes: Buffer.from(exportPkcs8Pem(key), 'latin1'), mode: 0o600 },
      check: checkOf(key),
    }),
    reopen: async ({ file }) =>
      importAndWipe(decodePem(Buffer.from(file.bytes).toString('latin1'), path)[0]?.der, path),
    discard: async () => undefined,
  };
}

/** The key in PKCS#8, which is overwritten when it is read. */
export function importAndWipe(pkcs8: Uint8Array | undefined, path: string): PrivateKey {
  try {
    return asDamage(path, () => importPkcs8(pkcs8 ?? new Uint8Array(), path));
  } finally {
    pkcs8?.fill(0);
  }
}

const LABEL = 'PRIVATE KEY';
