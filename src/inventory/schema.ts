import { DevcaError } from '../errors/devca-error.ts';
import type { World } from '../platform/world.ts';
import { MIGRATIONS } from './migrations.ts';
import { columnsOf, type Sql } from './sql.ts';
import { openSqlite } from './sqlite.ts';

/** `dvca` in ASCII: marks the file as an inventory. https://www.sqlite.org/pragma.html#pragma_application_id */
export const APPLICATION_ID = 0x64766361;

/** What a database file is to this program: nothing yet, or an inventory of some version up to the known one. */
export function schemaVersion(sql: Sql, migrations: readonly string[] = MIGRATIONS): number | 'empty' {
  const { path } = sql;
  const application = pragma('application_id', sql);
  const version = pragma('user_version', sql);
  if (application === 0 && version === 0) {
    const objects = sql.row('SELECT count(*) AS objects FROM sqlite_schema');
    if (objects !== undefined && columnsOf(objects, sql).integer('objects') === 0) return 'empty';
  }
  if (application !== APPLICATION_ID) throw new DevcaError('DEVCA_INVENTORY_FOREIGN', { path });
  if (version > migrations.length)
    throw new DevcaError('DEVCA_INVENTORY_NEWER', { path, version, known: migrations.length });
  if (version < 1)
    throw new DevcaError('DEVCA_INVENTORY_CORRUPT', { path, detail: `it has version ${version}` });
  return version;
}

/**
 * Brings an inventory to the known version, all in one transaction; an empty database becomes one.
 * What was there before is saved first, as `devca.db.v1.bak` and so on.
 */
export function migrate(sql: Sql, world: World, migrations: readonly string[] = MIGRATIONS): void {
  bringForward(sql, migrations, (version) => backUp(sql, version, world));
}

/** For a file that must not change: a copy in memory at the known version, or the same where it has that. */
export function migratedCopy(sql: Sql, migrations: readonly string[] = MIGRATIONS): Sql {
  if (schemaVersion(sql, migrations) === migrations.length) return sql;
  const copy = openSqlite(sql.path, {}, sql.snapshot());
  sql.close();
  bringForward(copy, migrations, () => {});
  return copy;
}

/** What somebody else has put into the file, and SQLite would run: triggers, and views in the place of tables. */
export function foreignProgramsIn(sql: Sql, migrations: readonly string[] = MIGRATIONS): readonly string[] {
  return sql
    .rows("SELECT name, sql FROM sqlite_schema WHERE type IN ('trigger', 'view')")
    .map((row) => columnsOf(row, sql))
    .filter((columns) => !migrations.some((step) => step.includes(`${columns.text('sql')};`)))
    .map((columns) => columns.text('name'));
}

export function backupPath(path: string, version: number): string {
  return `${path}.v${version}.bak`;
}

function bringForward(sql: Sql, migrations: readonly string[], save: (version: number) => void): void {
  if (schemaVersion(sql, migrations) === migrations.length) return;
  sql.transaction(() => {
    // Asked again under the write lock: another process may have done it meanwhile.
    const version = schemaVersion(sql, migrations);
    if (version === migrations.length) return;
    if (version !== 'empty') save(version);
    for (const step of migrations.slice(version === 'empty' ? 0 : version)) sql.script(step);
    sql.script(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length};`);
  });
}

function backUp(sql: Sql, version: number, world: World): void {
  const target = backupPath(sql.path, version);
  const temporary = `${target}.tmp`;
  world.files.remove(temporary);
  try {
    world.files.createExclusive(temporary, sql.snapshot(), 0o600);
    world.files.rename(temporary, target);
  } catch (error) {
    world.files.remove(temporary);
    throw error;
  }
}

function pragma(name: 'application_id' | 'user_version', sql: Sql): number {
  const row = sql.row(`PRAGMA ${name}`);
  return row === undefined ? 0 : columnsOf(row, sql).integer(name);
}
