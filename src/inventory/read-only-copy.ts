import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sql } from './sql.ts';
import { openSqlite } from './sqlite.ts';

/**
 * The database as it is now, in memory: for a home where SQLite cannot put the two files that it shares with other
 * readers. Changes to it are forgotten.
 */
export function openCopy(path: string): Sql {
  return openSqlite(path, {}, sizeOf(`${path}-wal`) > 0 ? merged(path) : readFileSync(path));
}

/** The bytes of the database with what its write-ahead log holds, merged in a private folder that is then removed. */
function merged(path: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'devca-'));
  try {
    const copy = join(folder, 'devca.db');
    copyFileSync(path, copy);
    copyFileSync(`${path}-wal`, `${copy}-wal`);
    const sql = openSqlite(copy);
    try {
      return sql.snapshot();
    } finally {
      sql.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
