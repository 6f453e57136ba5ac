import { isDevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import type { FileOwner } from '../platform/files.ts';
import type { World } from '../platform/world.ts';

/** What somebody has given to a file that devca wrote, such as the user that a server runs as. */
export interface GivenAccess {
  readonly mode: number;
  /** Where this process is root: nobody else can give a file away. */
  readonly owner: FileOwner | undefined;
}

/**
 * Who may read a file, where it is one that devca has delivered there and nobody has changed: then whoever put it there
 * knew its contents. In the folder of another user, a file of theirs says nothing of who the next key is for.
 */
export function givenAccess(path: string, inventory: Inventory, world: World): GivenAccess | undefined {
  try {
    if (world.files.status(path)?.kind !== 'file') return undefined;
    const { bytes, status } = world.files.readWithStatus(path);
    if (!inventory.deliveries.isOwn(path, sha256Hex(bytes))) return undefined;
    const { mode, uid, gid } = status;
    return { mode: mode & WITHOUT_WRITERS, owner: world.system.uid === 0 ? { uid, gid } : undefined };
  } catch (error) {
    if (isDevcaError(error) && error.code.startsWith('DEVCA_FILE_')) return undefined;
    throw error;
  }
}

/** Nobody but the owner is to change a key or a certificate. */
const WITHOUT_WRITERS = 0o755;
