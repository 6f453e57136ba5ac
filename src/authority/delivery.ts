import { dirname, join } from 'node:path';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import type { DeliveryOwner, Standing } from '../inventory/deliveries.ts';
import { bytesToHex, sha256Hex } from '../pki/fingerprint.ts';
import type { FileOwner } from '../platform/files.ts';
import type { World } from '../platform/world.ts';
import {
  foldersToSync,
  inspectTargets,
  LINK_FORMAT,
  removeNewFolders,
  sameStanding,
  standingAt,
  type Target,
} from './delivery-target.ts';
import { givenAccess } from './given-access.ts';

export interface FileToDeliver {
  /** Relative to the working folder, or absolute. Folders that are missing are made. */
  readonly path: string;
  /** What the file is, such as `cert`, `key`, `chain`, `fullchain`, `p12`; `current` is a link, whose bytes are its text. */
  readonly format: string;
  readonly mode: number;
  /**
   * The file of the certificate before it, whose mode it keeps where somebody has given it another: a server that reads it
   * as a group, or in a container, has to be able to read the next one too. The owner of what it replaces it keeps anyway.
   */
  readonly successorOf?: string;
  readonly bytes: Uint8Array;
  /** One of the authority's own files, as all are whose owner is an authority. Only these may go where they are. */
  readonly ofHome?: boolean;
}

/** A row that was just inserted as pending, with the files that belong to it (possibly none). */
export interface DeliveryUnit {
  readonly owner: DeliveryOwner;
  readonly files: readonly FileToDeliver[];
}

export interface DeliveryRequest {
  /** Inserts the rows (their insert functions make them pending). Runs in the transaction that records the intent. */
  readonly record: () => readonly DeliveryUnit[];
  /** Appends the event, marks what is replaced. Runs in the transaction after which nothing is undone any more. */
  readonly confirm: (files: readonly DeliveredFile[]) => void;
  /** Overwrites what devca has not written; what stood there is recorded. Never a folder or device. */
  readonly force?: boolean;
  /** For folders that have to be made. Default 0755. */
  readonly folderMode?: number;
}

export interface DeliveredFile {
  readonly owner: DeliveryOwner;
  readonly path: string;
  readonly format: string;
  /** What it took the place of. */
  readonly previous: Standing;
  /** Whose delivered file that was. */
  readonly replaces: DeliveryOwner | undefined;
}

/** Bulk issuing commits in batches of at most this many units. */
export const BATCH_LIMIT = 100;

/**
 * Records rows and delivers their files so that a crash at any instruction leaves all of it or none of it, once
 * `recover` has run: intent committed, temporary files created exclusively and synced, rows committed as written with
 * their event, files renamed, folders synced, rows committed as delivered.
 *
 * Must run under the lock of the home, after `recover` (see `changeInventory`). A failure before the rows are written
 * leaves no row and no file; one after it is DEVCA_DELIVERY_INCOMPLETE, and the next `recover` completes the moves.
 * What cannot be overwritten is what `inspectTargets` throws.
 */
export function deliver(
  request: DeliveryRequest,
  inventory: Inventory,
  world: World,
): readonly DeliveredFile[] {
  const { units, staged } = inventory.transaction(() => recordIntent(request, inventory, world));
  const ids = staged.map(({ id }) => id);
  const delivered = staged.map(({ owner, file, target, replaces }) => {
    return { owner, path: target.path, format: file.format, previous: target.previous, replaces };
  });
  try {
    stage(staged, request.folderMode ?? 0o755, inventory, world);
    inventory.transaction(() => {
      inventory.deliveries.markWritten(
        units.map(({ owner }) => owner),
        ids,
      );
      for (const { id, target } of staged) inventory.deliveries.supersede(target.path, id);
      request.confirm(delivered);
    });
  } catch (error) {
    undo(staged, error, inventory, world);
    throw error;
  }
  place(staged, world);
  finish(staged, inventory, world);
  return delivered;
}

interface StagedFile {
  readonly id: number;
  readonly owner: DeliveryOwner;
  readonly file: FileToDeliver;
  readonly ofHome: boolean;
  readonly target: Target;
  readonly temporaryPath: string;
  readonly replaces: DeliveryOwner | undefined;
}

function recordIntent(
  request: DeliveryRequest,
  inventory: Inventory,
  world: World,
): { units: readonly DeliveryUnit[]; staged: readonly StagedFile[] } {
  const units = request.record();
  if (units.length > BATCH_LIMIT)
    throw new DevcaError('DEVCA_INTERNAL', { detail: `${units.length} units in one delivery` });
  const files = units.flatMap(({ owner, files }) =>
    files.map((file) => ({ owner, file, ofHome: file.ofHome ?? owner.table === 'authorities' })),
  );
  const targets = inspectTargets(
    files.map(({ file: { path }, ofHome }) => ({ path, ofHome })),
    request.force ?? false,
    inventory,
    world,
  );
  const createdAt = world.clock.now();
  const staged = files.flatMap(({ owner, file, ofHome }, index) => {
    const target = targets[index];
    if (target === undefined) return [];
    const { path, newFolder, previous } = target;
    const temporaryPath = join(dirname(path), `.devca-${bytesToHex(world.random(8))}.tmp`);
    const { format, mode } = file;
    const sha256 = sha256Hex(file.bytes);
    const row = { owner, path, temporaryPath, newFolder, format, mode, sha256, previous, createdAt };
    const replaces = inventory.deliveries.latestAt(path)?.owner;
    return [{ id: inventory.deliveries.insert(row), owner, file, ofHome, target, temporaryPath, replaces }];
  });
  return { units, staged };
}

function stage(staged: readonly StagedFile[], folderMode: number, inventory: Inventory, world: World): void {
  for (const each of staged) {
    const { target, temporaryPath, file } = each;
    if (target.newFolder !== undefined) world.files.makeFolder(dirname(target.path), folderMode);
    if (file.format === LINK_FORMAT)
      world.files.createLink(temporaryPath, Buffer.from(file.bytes).toString('utf8'));
    else {
      const { mode, owner } = accessOf(each, inventory, world);
      world.files.createExclusive(temporaryPath, file.bytes, mode, owner);
    }
  }
  // The names of the temporary files must be on the disk before a row relies on them.
  syncFolders(staged, world);
}

/** The authority's own files are for whoever runs devca, whatever stood there. */
function accessOf(
  { file, ofHome, target }: StagedFile,
  inventory: Inventory,
  world: World,
): { mode: number; owner?: FileOwner } {
  const { mode, successorOf } = file;
  const given = ofHome ? undefined : givenAccess(successorOf ?? target.path, inventory, world);
  return {
    mode: successorOf === undefined ? mode : (given?.mode ?? mode),
    ...(given?.owner === undefined ? {} : { owner: given.owner }),
  };
}

function place(staged: readonly StagedFile[], world: World): void {
  const left = [...staged];
  try {
    for (const { target } of staged) requireUnchanged(target, world);
    for (const { target, temporaryPath } of staged) {
      world.files.rename(temporaryPath, target.path);
      left.shift();
    }
    syncFolders(staged, world);
  } catch (cause) {
    if (left.length === 0) throw cause;
    const detail = cause instanceof Error ? cause.message : String(cause);
    const files = left.map(({ target, temporaryPath }) => ({ path: target.path, temporary: temporaryPath }));
    throw new DevcaError('DEVCA_DELIVERY_INCOMPLETE', { files, detail }, { cause });
  }
}

/** Notes that all is in place. Failing at that changes nothing for the user: `recover` finds the files and notes it. */
function finish(staged: readonly StagedFile[], inventory: Inventory, world: World): void {
  const { deliveries } = inventory;
  try {
    const stale = staged.flatMap(({ id, target }) =>
      deliveries.unfinishedAt(target.path).filter((delivery) => delivery.id < id),
    );
    for (const { temporaryPath } of stale) world.files.remove(temporaryPath);
    inventory.transaction(() => {
      for (const { id } of stale) deliveries.setState(id, 'superseded');
      deliveries.markDelivered(staged.map(({ id }) => id));
    });
  } catch (error) {
    if (!(error instanceof DevcaError)) throw error;
  }
}

function requireUnchanged(target: Target, world: World): void {
  if (sameStanding(standingAt(target.path, world), target.previous)) return;
  const targets = [{ path: target.path, reason: 'changed a moment ago' }];
  throw new DevcaError('DEVCA_DELIVERY_TARGET', { targets });
}

function syncFolders(staged: readonly StagedFile[], world: World): void {
  for (const folder of new Set(staged.flatMap(({ target }) => foldersToSync(target))))
    world.files.syncFolder(folder);
}

/** Leaves no file and no row. What cannot be undone now (the disk is full or gone) is left for `recover`. */
function undo(staged: readonly StagedFile[], error: unknown, inventory: Inventory, world: World): void {
  const { deliveries } = inventory;
  try {
    // A commit whose sync failed may yet be on the disk. Only once the rows are pending beyond doubt may files go.
    if (isDevcaError(error, 'DEVCA_FILE_IO'))
      inventory.transaction(() => {
        for (const { id } of staged) deliveries.setState(id, 'pending');
      });
    for (const { temporaryPath } of staged) world.files.remove(temporaryPath);
    for (const { target } of staged) removeNewFolders(target, world);
    const folders = new Set(staged.map(({ target }) => dirname(target.newFolder ?? target.path)));
    for (const folder of folders) world.files.syncFolder(folder);
    inventory.transaction(() => deliveries.removePending(staged.map(({ id }) => id)));
  } catch {
    // The error that led here is the one to report.
  }
}
