import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { World } from '../platform/world.ts';
import type { Sql } from './sql.ts';
import { openSqlite } from './sqlite.ts';

/**
 * The database as it is now, in memory: for a home where SQLite cannot put the two files that it shares with other
 * readers. Changes to it are forgotten.
 */
export function openCopy(path: string, world: World): Sql {
  const image = world.files.read(path, Number.MAX_SAFE_INTEGER);
  const log = world.files.readIfPresent(`${path}-wal`, Number.MAX_SAFE_INTEGER);
  return openSqlite(path, {}, log === undefined || log.length === 0 ? image : merged(image, log));
}

/** The bytes of a database with what its write-ahead log holds, merged in a private folder that is then removed. */
function merged(image: Uint8Array, log: Uint8Array): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'devca-'));
  try {
    const copy = join(folder, 'devca.db');
    writeFileSync(copy, image, { mode: 0o600 });
    writeFileSync(`${copy}-wal`, log, { mode: 0o600 });
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
