import { join } from 'node:path';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { bytesToHex } from '../pki/fingerprint.ts';
import { keyIdentifier, type PrivateKey } from '../pki/key.ts';
import { decodePem, type PemBlock } from '../pki/pem.ts';
import type { World } from '../platform/world.ts';

/** The folder of a home that key files are in. */
export const keyFolder = (home: string): string => join(home, 'keys');

export const keyPath = (home: string, id: string): string => join(keyFolder(home), `${id}.pem`);

/** More than any key that devca makes has. */
const LONGEST_FILE = 64 * 1024;

/**
 * The one block of a key file, which must be its owner's alone.
 * Throws DEVCA_KEYSTORE_KEY_MISSING, DEVCA_KEYSTORE_KEY_UNSAFE, DEVCA_KEYSTORE_KEY_CORRUPT.
 */
export function readKeyFile(path: string, label: string, world: Pick<World, 'files' | 'system'>): PemBlock {
  refuseUnsafe(path, world);
  const bytes = world.files.read(path, LONGEST_FILE);
  const blocks = asDamage(path, () => decodePem(Buffer.from(bytes).toString('latin1'), path));
  bytes.fill(0);
  const [block] = blocks;
  if (block === undefined) throw corrupt(path, 'it has no key in PEM');
  if (blocks.length > 1) throw corrupt(path, `it has ${blocks.length} blocks`);
  if (block.label !== label) throw corrupt(path, `it has "${block.label}" in it, where "${label}" belongs`);
  return block;
}

/** What a reader of its contents objects to is damage to the file. */
export function asDamage<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!isDevcaError(cause)) throw cause;
    throw new DevcaError('DEVCA_KEYSTORE_KEY_CORRUPT', { path, reason: cause.message }, { cause });
  }
}

export const corrupt = (path: string, reason: string): DevcaError =>
  new DevcaError('DEVCA_KEYSTORE_KEY_CORRUPT', { path, reason });

/** Enough to recognise a key by. */
export const checkOf = (key: PrivateKey): string => bytesToHex(keyIdentifier(key.subjectPublicKeyInfo));

function refuseUnsafe(path: string, world: Pick<World, 'files' | 'system'>): void {
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
