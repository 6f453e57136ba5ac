import Database from 'better-sqlite3';
import { DevcaError } from '../errors/devca-error.ts';
import type { Sql, SqlRow, SqlValue } from './sql.ts';

export interface ConnectionOptions {
  /** How long a statement waits for another process. Default 10,000. */
  readonly busyTimeoutMs?: number;
}

type Statement = Database.Statement<SqlValue[], SqlRow>;

/**
 * Opens an existing database file, or one in memory from the bytes of a file.
 * The only place that knows the driver.
 */
export function openSqlite(path: string, options: ConnectionOptions = {}, image?: Uint8Array): Sql {
  const { busyTimeoutMs = 10_000 } = options;
  const attempt = <T>(action: () => T): T => {
    try {
      return action();
    } catch (cause) {
      throw translated(cause, path, busyTimeoutMs);
    }
  };
  const database = attempt(
    () =>
      new Database(image === undefined ? path : withoutWal(image), {
        fileMustExist: image === undefined,
        timeout: busyTimeoutMs,
      }),
  );
  const statements = new Map<string, Statement>();
  const prepared = (text: string): Statement => {
    const known = statements.get(text);
    if (known !== undefined) return known;
    const statement = database.prepare<SqlValue[], SqlRow>(text);
    statements.set(text, statement);
    return statement;
  };
  return {
    path,
    run: (text, ...values) =>
      attempt(() => {
        const { changes, lastInsertRowid } = prepared(text).run(...values);
        return { changes, lastId: Number(lastInsertRowid) };
      }),
    row: (text, ...values) => attempt(() => prepared(text).get(...values)),
    rows: (text, ...values) => attempt(() => prepared(text).all(...values)),
    *stream(text, ...values) {
      const rows = attempt(() => prepared(text).iterate(...values));
      try {
        for (let next = attempt(() => rows.next()); next.done !== true; next = attempt(() => rows.next()))
          yield next.value;
      } finally {
        rows.return?.();
      }
    },
    script: (text) => {
      attempt(() => database.exec(text));
    },
    transaction: (work) => {
      if (database.inTransaction) return work();
      attempt(() => database.exec('BEGIN IMMEDIATE'));
      try {
        const result = work();
        attempt(() => database.exec('COMMIT'));
        return result;
      } catch (error) {
        // SQLite has rolled back by itself after some failures, such as a full disk.
        if (database.inTransaction) attempt(() => database.exec('ROLLBACK'));
        throw error;
      }
    },
    snapshot: () => attempt(() => database.serialize()),
    close: () => {
      attempt(() => database.close());
    },
  };
}

/** A database in memory can have no write-ahead log, so the file's two format bytes must not ask for one. */
function withoutWal(image: Uint8Array): Buffer {
  const copy = Buffer.from(image);
  copy.fill(1, 18, 20);
  return copy;
}

/** Turns the driver's error into one from the catalogue; anything that is not the driver's passes unchanged. */
function translated(cause: unknown, path: string, busyTimeoutMs: number): unknown {
  if (!isSqliteError(cause)) return cause;
  const options = { cause };
  const detail = cause.message;
  // The volume is full: https://www.sqlite.org/rescode.html#ioerr_shmsize
  if (cause.code === 'SQLITE_IOERR_SHMSIZE') return diskFull(path, cause);
  switch (primaryCode(cause.code)) {
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return new DevcaError('DEVCA_INVENTORY_CORRUPT', { path, detail }, options);
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return new DevcaError('DEVCA_INVENTORY_BUSY', { path, seconds: busyTimeoutMs / 1000 }, options);
    case 'SQLITE_FULL':
      return diskFull(path, cause);
    case 'SQLITE_READONLY':
      return new DevcaError('DEVCA_FILE_READ_ONLY', { path, action: 'write to' }, options);
    case 'SQLITE_PERM':
    case 'SQLITE_AUTH':
      return new DevcaError('DEVCA_FILE_PERMISSION', { path, action: 'open' }, options);
    case 'SQLITE_CANTOPEN':
    case 'SQLITE_IOERR':
    case 'SQLITE_NOLFS':
      return new DevcaError(
        'DEVCA_FILE_IO',
        { path, action: 'use', detail: `${detail} (${cause.code})` },
        options,
      );
    case 'SQLITE_CONSTRAINT': {
      const column = /^UNIQUE constraint failed: ([^,]+)/.exec(detail)?.[1];
      if (column === undefined) return new DevcaError('DEVCA_INTERNAL', { detail }, options);
      return new DevcaError('DEVCA_INVENTORY_DUPLICATE', { column }, options);
    }
    default:
      return new DevcaError('DEVCA_INTERNAL', { detail: `${detail} (${cause.code})` }, options);
  }
}

function diskFull(path: string, cause: unknown): DevcaError {
  return new DevcaError('DEVCA_FILE_DISK_FULL', { path, action: 'write to' }, { cause });
}

/** By its shape: the native part of the driver throws the class of whoever loaded it first in this process. */
function isSqliteError(error: unknown): error is { message: string; code: string } {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'SqliteError';
}

/** `SQLITE_IOERR_FSYNC` and its kin are `SQLITE_IOERR`. */
function primaryCode(code: string): string {
  return code.split('_', 2).join('_');
}
