import { dirname, join } from 'node:path';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { FileStatus } from '../platform/files.ts';
import { ownerName } from '../platform/password-file.ts';
import type { World } from '../platform/world.ts';
import { type AuthorityTable, authorityTable } from './authorities.ts';
import { type CertificateTable, certificateTable } from './certificates.ts';
import { type CrlTable, crlTable } from './crls.ts';
import { type DeliveryTable, deliveryTable } from './deliveries.ts';
import { type EventTable, eventTable } from './events.ts';
import { type JournalMode, journalModeFor } from './journal-mode.ts';
import { openCopy } from './read-only-copy.ts';
import { type RevocationTable, revocationTable } from './revocations.ts';
import { foreignProgramsIn, migrate, migratedCopy, schemaVersion } from './schema.ts';
import { columnsOf, type Sql } from './sql.ts';
import { openSqlite } from './sqlite.ts';
import { requireWritable } from './writable.ts';

/** Everything that an authority has signed and delivered: one file, one row for each signature. */
export interface Inventory {
  readonly path: string;
  readonly readOnly: boolean;
  readonly authorities: AuthorityTable;
  readonly certificates: CertificateTable;
  readonly deliveries: DeliveryTable;
  readonly revocations: RevocationTable;
  readonly crls: CrlTable;
  readonly events: EventTable;
  /** All of it or none of it; synchronous. Inside another transaction it is part of that one. */
  transaction<T>(work: () => T): T;
  /** What is wrong with the file itself, in words; empty where all is well. Reads all of it. */
  check(): readonly string[];
  /** All of it as the bytes of a database file, as of now. */
  snapshot(): Uint8Array;
  close(): void;
}

export interface InventoryOptions {
  /** For commands that change nothing, and for dry runs: works in a home that cannot be written. */
  readonly readOnly?: boolean;
  /** Makes the file where there is none. Otherwise that is DEVCA_INVENTORY_MISSING. */
  readonly create?: boolean;
  /** Default: `rollback` on a network file system, else `wal`. */
  readonly journal?: JournalMode;
  readonly busyTimeoutMs?: number;
}

/** Where the inventory of a home is. */
export const inventoryPath = (home: string): string => join(home, 'devca.db');

/** Opens the inventory and brings it to this program's version; close it when done. */
export function openInventory(path: string, world: World, options: InventoryOptions = {}): Inventory {
  const readOnly = options.readOnly ?? false;
  const sql = readOnly ? openForReading(path, world, options) : openForWriting(path, world, options);
  return {
    path,
    readOnly,
    authorities: authorityTable(sql),
    certificates: certificateTable(sql),
    deliveries: deliveryTable(sql),
    revocations: revocationTable(sql),
    crls: crlTable(sql),
    events: eventTable(sql),
    transaction: (work) => sql.transaction(work),
    check: () => check(sql),
    snapshot: () => sql.snapshot(),
    close: () => sql.close(),
  };
}

/** Closes an inventory and removes its file. */
export function removeInventory(inventory: Inventory, world: World): void {
  inventory.close();
  removeInventoryFiles(inventory.path, world);
}

/** Removes the file of an inventory that is not open, and those that SQLite puts beside it. */
export function removeInventoryFiles(path: string, world: World): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) world.files.remove(path + suffix);
}

/**
 * A write-ahead log that is opened again runs with NORMAL unless told: then a power cut may lose a commit.
 * On macOS a plain sync leaves data in the drive's own memory; the second line does nothing elsewhere.
 */
const DURABLE = `
  PRAGMA synchronous = FULL;
  PRAGMA fullfsync = ON;
  PRAGMA foreign_keys = ON;
`;

function openForWriting(path: string, world: World, options: InventoryOptions): Sql {
  const isNew = options.create === true && createEmpty(path, world);
  let sql: Sql | undefined;
  try {
    const status = requirePresent(path, world);
    requireWritable(path);
    // A copy or a restored backup may have the mode of any other file.
    if (!isNew && (status.mode & 0o077) !== 0 && world.system.platform !== 'win32')
      world.files.setMode(path, 0o600);
    sql = openSqlite(path, options);
    const version = schemaVersion(sql);
    if (version === 'empty' && options.create !== true)
      throw new DevcaError('DEVCA_INVENTORY_MISSING', { path });
    useJournal(options.journal ?? journalModeFor(path, world.system), sql);
    sql.script(DURABLE);
    migrate(sql, world);
    return sql;
  } catch (error) {
    sql?.close();
    if (isNew) removeInventoryFiles(path, world);
    throw error;
  }
}

/**
 * A connection that may write keeps the log tidy, so it is preferred, with changes refused. Where SQLite cannot have
 * that (a read-only home), or the file is of an older version, a copy in memory is read instead.
 */
function openForReading(path: string, world: World, options: InventoryOptions): Sql {
  requirePresent(path, world);
  let sql = openDirectly(path, options) ?? openCopy(path, world);
  try {
    if (schemaVersion(sql) === 'empty') throw new DevcaError('DEVCA_INVENTORY_MISSING', { path });
    sql = migratedCopy(sql);
    sql.script('PRAGMA query_only = ON');
    return sql;
  } catch (error) {
    sql.close();
    throw error;
  }
}

/** What SQLite says where it cannot make the files that it shares: no permission, a read-only mount, a full disk. */
const CANNOT_SHARE: readonly string[] = ['DEVCA_FILE_IO', 'DEVCA_FILE_READ_ONLY', 'DEVCA_FILE_DISK_FULL'];

/** `undefined` where SQLite cannot read the file in its place. */
function openDirectly(path: string, options: InventoryOptions): Sql | undefined {
  let sql: Sql | undefined;
  try {
    sql = openSqlite(path, options);
    sql.row('SELECT count(*) FROM sqlite_schema');
    return sql;
  } catch (error) {
    sql?.close();
    if (error instanceof DevcaError && CANNOT_SHARE.includes(error.code)) return undefined;
    throw error;
  }
}

/** Made by us with its final mode: the files that SQLite puts beside it take over that mode. */
function createEmpty(path: string, world: World): boolean {
  try {
    world.files.createExclusive(path, new Uint8Array(), 0o600);
    return true;
  } catch (error) {
    if (isDevcaError(error, 'DEVCA_FILE_EXISTS')) return false;
    throw error;
  }
}

function requirePresent(path: string, world: World): FileStatus {
  const status = world.files.statusOfTarget(path);
  if (status === undefined) throw new DevcaError('DEVCA_INVENTORY_MISSING', { path });
  if (status.kind !== 'file') throw new DevcaError('DEVCA_FILE_NOT_A_FILE', { path, kind: status.kind });
  // Even reading makes files beside it, and root leaves nothing in the folder of a user.
  if (world.system.uid === 0 && status.uid !== 0) {
    const owner = ownerName(status.uid, world);
    const reason = `it belongs to ${owner}, and root runs devca here`;
    throw new DevcaError('DEVCA_HOME_UNSAFE', { home: dirname(path), reason, owner });
  }
  return status;
}

function useJournal(mode: JournalMode, sql: Sql): void {
  if (mode === 'wal') {
    sql.row('PRAGMA journal_mode = WAL');
    return;
  }
  // A file that has a write-ahead log (it was moved here) is first opened without shared memory.
  sql.script('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL;');
  sql.row('SELECT count(*) FROM sqlite_schema');
}

function check(sql: Sql): readonly string[] {
  const damage = sql
    .rows('PRAGMA integrity_check')
    .map((row) => columnsOf(row, sql).text('integrity_check'))
    .filter((line) => line !== 'ok');
  const strays = sql
    .rows('PRAGMA foreign_key_check')
    .map((row) => `a row of "${row['table']}" refers to a row of "${row['parent']}" that is not there`);
  const foreign = foreignProgramsIn(sql).map(
    (name) => `"${name}" in it is not devca's, and changes its rows`,
  );
  const broken = eventTable(sql).check();
  return [
    ...damage,
    ...foreign,
    ...strays,
    ...(broken === undefined ? [] : [`the chain of events breaks at event ${broken.id}: ${broken.reason}`]),
  ];
}
