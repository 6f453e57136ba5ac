import { join } from 'node:path';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { type Inventory, inventoryPath, openInventory } from '../inventory/database.ts';
import { keyFolder } from '../keystore/key-file.ts';
import { ownerName } from '../platform/password-file.ts';
import type { World } from '../platform/world.ts';

/** The folder of a home that public files are in. */
export const certificateFolder = (home: string): string => join(home, 'ca');

/**
 * Refuses a home that is not safe for keys, or where there is none. A link to a folder is followed.
 * Throws DEVCA_AUTHORITY_MISSING and DEVCA_HOME_UNSAFE.
 */
export function checkHome(home: string, world: World): void {
  if (world.files.statusOfTarget(home) === undefined)
    throw new DevcaError('DEVCA_AUTHORITY_MISSING', { home });
  refuseUnsafe(home, world);
  if (world.files.statusOfTarget(inventoryPath(home)) === undefined)
    throw new DevcaError('DEVCA_AUTHORITY_MISSING', { home });
}

/** Refuses a folder for a home that is not safe for keys; what is not there yet can be made. Changes nothing. */
export function checkHomeFolder(home: string, world: World): void {
  if (world.files.statusOfTarget(home) !== undefined) refuseUnsafe(home, world);
}

/** Makes a home and its folders, and refuses one that is not safe. */
export function ensureHome(home: string, world: World): void {
  if (world.files.statusOfTarget(home) === undefined) world.files.makeFolder(home, 0o700);
  refuseUnsafe(home, world);
  world.files.makeFolder(certificateFolder(home), 0o755);
  world.files.makeFolder(keyFolder(home), 0o700);
  refuseUnsafe(keyFolder(home), world);
}

/** Reads from the inventory of a home. Throws DEVCA_AUTHORITY_MISSING and DEVCA_HOME_UNSAFE. */
export function readHome<T>(home: string, world: World, read: (inventory: Inventory) => T): T {
  checkHome(home, world);
  const inventory = openInventory(inventoryPath(home), world, { readOnly: true });
  try {
    return read(inventory);
  } finally {
    inventory.close();
  }
}

/** As `readHome`; `undefined` where there is no inventory, or only the empty file that a killed run left of one. */
export function readHomeIfPresent<T>(
  home: string,
  world: World,
  read: (inventory: Inventory) => T,
): T | undefined {
  if (world.files.statusOfTarget(inventoryPath(home)) === undefined) return undefined;
  try {
    return readHome(home, world, read);
  } catch (error) {
    if (isDevcaError(error, 'DEVCA_INVENTORY_MISSING')) return undefined;
    throw error;
  }
}

function refuseUnsafe(folder: string, world: World): void {
  const { uid, platform } = world.system;
  const status = world.files.statusOfTarget(folder);
  if (status?.kind !== 'folder') throw new DevcaError('DEVCA_FILE_NOT_A_FOLDER', { path: folder });
  // Windows has no such modes; the folder of the user's profile is closed to others there.
  if (platform === 'win32') return;
  if (uid !== undefined && status.uid !== uid) {
    const owner = ownerName(status.uid, world);
    throw new DevcaError('DEVCA_HOME_UNSAFE', { home: folder, reason: `it belongs to ${owner}`, owner });
  }
  if ((status.mode & 0o022) !== 0) {
    const reason = `its mode is ${status.mode.toString(8).padStart(4, '0')}, so others may write to it`;
    throw new DevcaError('DEVCA_HOME_UNSAFE', { home: folder, reason });
  }
}
