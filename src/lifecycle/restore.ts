import { deliveryUnits, publicFiles, publicGeneration } from '../authority/authority-files.ts';
import { type DeliveryUnit, deliver } from '../authority/delivery.ts';
import { liveGenerations } from '../authority/generations.ts';
import { ensureHome } from '../authority/home.ts';
import { DevcaError } from '../errors/devca-error.ts';
import {
  type Inventory,
  inventoryPath,
  openInventory,
  removeInventory,
  removeInventoryFiles,
} from '../inventory/database.ts';
import { lockPath, withLock } from '../inventory/lock.ts';
import { keyPath } from '../keystore/key-file.ts';
import type { World } from '../platform/world.ts';
import { backupPassphrase, keyIds } from './backup.ts';
import { type BackupContents, openBackup, requireBackup } from './backup-file.ts';

export interface RestoreOutcome {
  readonly authorities: readonly string[];
  readonly createdAt: Date;
  /** How many certificates are in use. Their files are where they were: on the machine of the backup. */
  readonly live: number;
}

const LARGEST_BACKUP = 1024 * 1024 * 1024;

/**
 * Sets a home up from a backup. All of it is put beside its place and moved there at the end, so that a run that is killed
 * leaves no inventory. Paths of the machine that the backup is from are never written to. Numbers of lists do not go back:
 * `nextCrlNumber` sees to that. Throws DEVCA_BACKUP_INVALID, DEVCA_BACKUP_PASSPHRASE, DEVCA_RESTORE_PRESENT.
 */
export async function restoreHome(path: string, home: string, world: World): Promise<RestoreOutcome> {
  const bytes = world.files.readNamed(path, LARGEST_BACKUP);
  requireBackup(bytes, path);
  const contents = openBackup(bytes, await backupPassphrase('open', world), path);
  refusePresent(contents, home, world);
  ensureHome(home, world);
  return withLock(lockPath(home), world, () => {
    refusePresent(contents, home, world);
    const staged = `${inventoryPath(home)}.restored`;
    removeInventoryFiles(staged, world);
    world.files.createExclusive(staged, contents.inventory, 0o600);
    const outcome = setUp(staged, contents, path, home, world);
    world.files.rename(staged, inventoryPath(home));
    world.files.syncFolder(home);
    return outcome;
  });
}

function setUp(
  staged: string,
  contents: BackupContents,
  path: string,
  home: string,
  world: World,
): RestoreOutcome {
  const inventory = openInventory(staged, world);
  try {
    const [damage] = inventory.check();
    if (damage !== undefined) throw new DevcaError('DEVCA_BACKUP_INVALID', { path, reason: damage });
    inventory.deliveries.leavePlaces();
    const names = inventory.authorities.names();
    const at = world.clock.now();
    const units = [
      ...keyUnits(contents, inventory, path, home),
      ...names.flatMap((name) => publicUnits(name, inventory, home, world)),
    ];
    const confirm = () => {
      const details = { authorities: names, backup: contents.createdAt.toISOString() };
      inventory.events.append({ kind: 'home-restored', at, details });
    };
    // What a killed run left here is written over: there was no inventory.
    deliver({ record: () => units, confirm, force: true }, inventory, world);
    const live = inventory.certificates.count({ at, status: 'valid', endEntitiesOnly: true });
    inventory.close();
    return { authorities: names, createdAt: contents.createdAt, live };
  } catch (error) {
    removeInventory(inventory, world);
    throw error;
  }
}

function keyUnits(
  { keys }: BackupContents,
  inventory: Inventory,
  path: string,
  home: string,
): readonly DeliveryUnit[] {
  return inventory.authorities.all().map((record) => ({
    owner: { table: 'authorities', id: record.id },
    files: keyIds(record).map((id) => {
      const key = keys.find((each) => each.id === id);
      if (key === undefined)
        throw new DevcaError('DEVCA_BACKUP_INVALID', { path, reason: `the key "${id}" is not in it` });
      return { path: keyPath(home, id), format: 'key', mode: 0o600, bytes: key.bytes };
    }),
  }));
}

function publicUnits(
  name: string,
  inventory: Inventory,
  home: string,
  world: World,
): readonly DeliveryUnit[] {
  const generations = liveGenerations(inventory, home, world, name);
  return deliveryUnits(
    publicFiles(
      generations.map((each) => publicGeneration(each, inventory)),
      home,
    ),
  );
}

/** An inventory that is there is not overwritten, whether it is newer than the backup or not. */
function refusePresent({ createdAt }: BackupContents, home: string, world: World): void {
  const path = inventoryPath(home);
  if (world.files.statusOfTarget(path) === undefined) return;
  const inventory = openInventory(path, world, { readOnly: true });
  try {
    const [latest] = inventory.events.latest(1);
    const isNewer = latest !== undefined && latest.at > createdAt;
    throw new DevcaError('DEVCA_RESTORE_PRESENT', { home, isNewer });
  } finally {
    inventory.close();
  }
}
