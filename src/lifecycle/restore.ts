import { join } from 'node:path';
import { deliveryUnits, publicFiles, publicGeneration } from '../authority/authority-files.ts';
import { type DeliveryUnit, deliver } from '../authority/delivery.ts';
import { sameStanding, standingAt } from '../authority/delivery-target.ts';
import { liveCertificates, liveGenerations } from '../authority/generations.ts';
import { certificateFolder, ensureHome, readHomeIfPresent } from '../authority/home.ts';
import { placeWords } from '../authority/place-flags.ts';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import {
  type Inventory,
  inventoryPath,
  openInventory,
  removeInventory,
  removeInventoryFiles,
} from '../inventory/database.ts';
import { isTemporaryName } from '../inventory/deliveries.ts';
import { lockPath, withLock } from '../inventory/lock.ts';
import { keyFolder, keyPath } from '../keystore/key-file.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
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
 * `nextCrlNumber` sees to that. Throws DEVCA_BACKUP_INVALID, DEVCA_BACKUP_PASSPHRASE, DEVCA_RESTORE_PRESENT, and
 * DEVCA_FILE_EXISTS for a key that is in the place of another.
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
    for (const folder of [keyFolder(home), certificateFolder(home)]) sweepTemporary(folder, world);
    try {
      world.files.createExclusive(staged, contents.inventory, 0o600);
      const outcome = setUp(staged, contents, path, home, world);
      world.files.rename(staged, inventoryPath(home));
      world.files.syncFolder(home);
      return outcome;
    } catch (error) {
      removeInventoryFiles(staged, world);
      throw ofBackup(error, path);
    }
  });
}

/** An inventory that cannot be used is that of the backup, whatever the file is called for the moment. */
function ofBackup(error: unknown, path: string): unknown {
  if (isDevcaError(error, 'DEVCA_INVENTORY_NEWER'))
    return new DevcaError('DEVCA_INVENTORY_NEWER', { ...error.context, path }, { cause: error });
  const isUseless =
    isDevcaError(error, 'DEVCA_INVENTORY_CORRUPT') || isDevcaError(error, 'DEVCA_INVENTORY_FOREIGN');
  const reason = 'the inventory in it is damaged';
  return isUseless ? new DevcaError('DEVCA_BACKUP_INVALID', { path, reason }, { cause: error }) : error;
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
      ...keyUnits(contents, inventory, path, home, world),
      ...names.flatMap((name) => publicUnits(name, inventory, home, world)),
    ];
    refuseOutside(units, path, home);
    const confirm = () => {
      const details = { authorities: names, backup: contents.createdAt.toISOString() };
      inventory.events.append({ kind: 'home-restored', at, details });
    };
    // Public files that a killed run left here are written over: there was no inventory.
    deliver({ record: () => units, confirm, force: true }, inventory, world);
    const live = liveCertificates(inventory, undefined, at);
    inventory.close();
    return { authorities: names, createdAt: contents.createdAt, live };
  } catch (error) {
    removeInventory(inventory, world);
    throw error;
  }
}

/** The inventory names files, and comes from whoever has made the backup. */
function refuseOutside(units: readonly DeliveryUnit[], path: string, home: string): void {
  const files = units.flatMap((unit) => unit.files);
  if (files.every((file) => file.path.startsWith(join(home, '/')))) return;
  throw new DevcaError('DEVCA_BACKUP_INVALID', { path, reason: 'it names a file outside of the home' });
}

function keyUnits(
  { keys }: BackupContents,
  inventory: Inventory,
  path: string,
  home: string,
  world: World,
): readonly DeliveryUnit[] {
  return inventory.authorities.all().map((record) => ({
    owner: { table: 'authorities', id: record.id },
    files: keyIds(record).map((id) => {
      const key = keys.find((each) => each.id === id);
      if (key === undefined)
        throw new DevcaError('DEVCA_BACKUP_INVALID', { path, reason: `the key "${id}" is not in it` });
      refuseOtherKey(keyPath(home, id), key.bytes, world);
      return { path: keyPath(home, id), format: 'key', mode: 0o600, bytes: key.bytes };
    }),
  }));
}

/** A key of an inventory that is gone may be the only one of its kind. Throws DEVCA_FILE_EXISTS. */
function refuseOtherKey(path: string, key: Uint8Array, world: World): void {
  const standing = standingAt(path, world);
  if (standing.kind !== 'absent' && !sameStanding(standing, { kind: 'file', sha256: sha256Hex(key) }))
    throw new DevcaError('DEVCA_FILE_EXISTS', { path });
}

/** What a killed run had written beside the places: no inventory knows of it any more, and keys are among it. */
function sweepTemporary(folder: string, world: World): void {
  for (const name of world.files.list(folder)) {
    const path = join(folder, name);
    if (world.files.status(path)?.kind === 'folder') sweepTemporary(path, world);
    else if (isTemporaryName(name)) world.files.remove(path);
  }
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
  const events = readHomeIfPresent(home, world, (inventory) => inventory.events.latest(1));
  if (events === undefined) return;
  const isNewer = events.some(({ at }) => at > createdAt);
  throw new DevcaError('DEVCA_RESTORE_PRESENT', { home, place: placeWords({ home }, world), isNewer });
}
