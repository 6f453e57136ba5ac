import { DevcaError } from '../errors/devca-error.ts';
import { type Inventory, inventoryPath, openInventory, removeInventory } from '../inventory/database.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import { lockPath, withLock } from '../inventory/lock.ts';
import type { World } from '../platform/world.ts';
import { foldersToSync, removeNewFolders } from './delivery-target.ts';
import { type Finding, findingFor } from './recovery-finding.ts';

/** What became of interrupted runs. */
export interface Recovery {
  /** Files that were never handed out and are gone, with their rows. */
  readonly undone: readonly string[];
  /** Files that were recorded and are now in place. */
  readonly completed: readonly string[];
  /** What needs a human: to be shown as warnings, with their hints. Those of kept files come again until settled. */
  readonly problems: readonly DevcaError[];
}

export interface ChangeOptions {
  /** Makes the inventory where there is none; its folder must be there. */
  readonly create?: boolean;
  /** How long to wait for another process. Default 30,000. */
  readonly lockTimeoutMs?: number;
}

const NOTHING: Recovery = { undone: [], completed: [], problems: [] };

/**
 * The one way to change a home: takes its lock, opens the inventory, recovers what an earlier run left, does the work
 * and lets go of everything, whatever happens. Not for dry runs. Not to be nested.
 */
export function changeInventory<T>(
  home: string,
  world: World,
  work: (inventory: Inventory, recovery: Recovery) => T,
  options: ChangeOptions = {},
): T {
  const { create = false, lockTimeoutMs = 30_000 } = options;
  const path = inventoryPath(home);
  // Without this, a command that is run before `devca init` would leave a lock file behind.
  if (!create) requireInventory(path, world);
  const locked = () => {
    const isNew = world.files.statusOfTarget(path) === undefined;
    const inventory = openInventory(path, world, { create });
    try {
      return work(inventory, recover(inventory, world));
    } catch (error) {
      if (isNew && isEmpty(inventory)) removeInventory(inventory, world);
      throw error;
    } finally {
      inventory.close();
    }
  };
  return withLock(lockPath(home), world, locked, { timeoutMs: lockTimeoutMs });
}

/**
 * Undoes what was only intended and completes what was recorded by runs that did not end well.
 * Must run under the lock of the home. Does nothing for a user who does not own the inventory.
 */
export function recover(inventory: Inventory, world: World): Recovery {
  if (!inventory.deliveries.hasUnfinished() || !isOwner(inventory, world)) return NOTHING;
  const undoing = undoPending(inventory, world);
  const completing = completeWritten(inventory, world);
  return {
    undone: undoing.undone,
    completed: completing.completed,
    problems: [...undoing.problems, ...completing.problems],
  };
}

function requireInventory(path: string, world: World): void {
  if (world.files.statusOfTarget(path) === undefined)
    throw new DevcaError('DEVCA_INVENTORY_MISSING', { path });
}

/** Whether nothing was ever signed, nor begun. */
function isEmpty(inventory: Inventory): boolean {
  return inventory.authorities.all().length === 0 && !inventory.deliveries.hasUnfinished();
}

function isOwner(inventory: Inventory, world: World): boolean {
  const { uid } = world.system;
  return uid === undefined || world.files.statusOfTarget(inventory.path)?.uid === uid;
}

function undoPending(inventory: Inventory, world: World): { undone: string[]; problems: DevcaError[] } {
  const gone: DeliveryRecord[] = [];
  const problems: DevcaError[] = [];
  for (const delivery of inventory.deliveries.unfinished('pending')) {
    try {
      removeTemporary(delivery, world);
      removeNewFolders(delivery, world);
      gone.push(delivery);
    } catch (error) {
      if (!(error instanceof DevcaError)) throw error;
      problems.push(error);
    }
  }
  const undone = gone.map(({ path }) => path);
  inventory.transaction(() => {
    inventory.deliveries.removePending(gone.map(({ id }) => id));
    if (undone.length > 0) note('delivery-undone', undone, inventory, world);
  });
  return { undone, problems };
}

function completeWritten(
  inventory: Inventory,
  world: World,
): { completed: string[]; problems: DevcaError[] } {
  const completed: string[] = [];
  const problems: DevcaError[] = [];
  for (const unit of unitsOf(inventory.deliveries.unfinished('written'))) {
    const findings = unit.map((delivery) => findingFor(delivery, inventory, world));
    problems.push(...findings.flatMap((finding) => ('problem' in finding ? [finding.problem] : [])));
    const done = moved(findings, world, problems);
    if (done === undefined) continue;
    const paths = done.map(({ path }) => path);
    const of = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind);
    inventory.transaction(() => {
      for (const { delivery } of of('stale')) inventory.deliveries.setState(delivery.id, 'superseded');
      for (const { delivery } of of('lost')) inventory.deliveries.setState(delivery.id, 'lost');
      inventory.deliveries.markDelivered(done.map(({ id }) => id));
      if (paths.length > 0) note('delivery-completed', paths, inventory, world);
    });
    completed.push(...paths);
  }
  // Owners that have no files, or none any more that is waited for.
  inventory.transaction(() => inventory.deliveries.markDelivered([]));
  return { completed, problems };
}

/**
 * Moves the files of one owner into place, unless one of them has to be kept: a new certificate beside an old key
 * would be worse than either. Gives what is in place, or `undefined` where the disk would not: then nothing is noted,
 * and the next run tries again. It is no reason to refuse the work of this run.
 */
function moved(
  findings: readonly Finding[],
  world: World,
  problems: DevcaError[],
): readonly DeliveryRecord[] | undefined {
  const mayMove = findings.every(({ kind }) => kind !== 'kept');
  const done: DeliveryRecord[] = [];
  try {
    for (const { kind, delivery } of findings) {
      if (kind === 'stale' || kind === 'placed') world.files.remove(delivery.temporaryPath);
      if (kind === 'ready' && mayMove) world.files.rename(delivery.temporaryPath, delivery.path);
      if (kind === 'placed' || (kind === 'ready' && mayMove)) done.push(delivery);
    }
    for (const folder of new Set(done.flatMap(foldersToSync))) world.files.syncFolder(folder);
    return done;
  } catch (error) {
    if (!(error instanceof DevcaError)) throw error;
    problems.push(error);
    return undefined;
  }
}

/** Deliveries by their owner, in the order of their rows. */
function unitsOf(deliveries: readonly DeliveryRecord[]): Iterable<readonly DeliveryRecord[]> {
  const units = new Map<string, DeliveryRecord[]>();
  for (const delivery of deliveries) {
    const owner = `${delivery.owner.table} ${delivery.owner.id}`;
    units.set(owner, [...(units.get(owner) ?? []), delivery]);
  }
  return units.values();
}

function removeTemporary(delivery: DeliveryRecord, world: World): void {
  const [folder = ''] = foldersToSync(delivery);
  if (world.files.statusOfTarget(folder)?.kind !== 'folder') return;
  world.files.remove(delivery.temporaryPath);
  world.files.syncFolder(folder);
}

function note(kind: string, paths: readonly string[], inventory: Inventory, world: World): void {
  inventory.events.append({ kind, at: world.clock.now(), details: { paths } });
}
