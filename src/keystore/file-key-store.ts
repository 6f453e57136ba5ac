import { join } from 'node:path';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { exportPkcs8Pem, importPrivateKeyPem } from '../pki/key.ts';
import { createSigner } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import type { KeyStore } from './key-store.ts';

/** The folder of a home that key files are in. */
export const keyFolder = (home: string): string => join(home, 'keys');

/** More than any key that devca makes has. */
const LONGEST_FILE = 64 * 1024;

/** Keys as PKCS#8 files that only their owner may read. */
export function fileKeyStore(home: string, world: World): KeyStore {
  const pathOf = (id: string) => join(keyFolder(home), `${id}.pem`);
  return {
    kind: 'file',
    seal: (id, key) => ({ path: pathOf(id), bytes: Buffer.from(exportPkcs8Pem(key), 'latin1'), mode: 0o600 }),
    open: (id) => {
      const path = pathOf(id);
      refuseUnsafe(path, world);
      const pem = Buffer.from(world.files.read(path, LONGEST_FILE)).toString('latin1');
      try {
        return createSigner(importPrivateKeyPem(pem, path));
      } catch (cause) {
        if (!isDevcaError(cause)) throw cause;
        throw new DevcaError('DEVCA_KEYSTORE_KEY_CORRUPT', { path, reason: cause.message }, { cause });
      }
    },
    destroy: (id) => world.files.remove(pathOf(id)),
  };
}

function refuseUnsafe(path: string, world: World): void {
  const { uid, platform } = world.system;
  const status = world.files.status(path);
  if (status === undefined) throw new DevcaError('DEVCA_KEYSTORE_KEY_MISSING', { path });
  const unsafe = (reason: string) => new DevcaError('DEVCA_KEYSTORE_KEY_UNSAFE', { path, reason });
  if (status.kind !== 'file') throw unsafe(`it is ${status.kind === 'link' ? 'a link' : 'not a file'}`);
  // Windows has no such modes; the folder of the user's profile is closed to others there.
  if (platform === 'win32') return;
  if (uid !== undefined && status.uid !== uid) throw unsafe('it belongs to another user');
  if ((status.mode & 0o077) !== 0)
    throw unsafe(`its mode is ${status.mode.toString(8).padStart(4, '0')}, so others may use it`);
}
