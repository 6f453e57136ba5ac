import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { MIGRATIONS } from '../../../src/inventory/migrations.ts';
import { backupPath, migrate, migratedCopy, schemaVersion } from '../../../src/inventory/schema.ts';
import type { Sql } from '../../../src/inventory/sql.ts';
import { openSqlite } from '../../../src/inventory/sqlite.ts';
import { addAuthority } from '../../support/inventory-rows.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const world = testWorld({ home: scratchFolder() });
const NEXT = [
  ...MIGRATIONS,
  'ALTER TABLE authorities ADD COLUMN colour TEXT; CREATE TABLE notes (text TEXT);',
];
const BROKEN = [...MIGRATIONS, 'CREATE TABLE notes (text TEXT); ALTER TABLE nowhere ADD COLUMN colour TEXT;'];

function oneAuthority(): Sql {
  const path = inventoryPath(scratchFolder());
  const inventory = openInventory(path, world, { create: true });
  addAuthority(inventory);
  inventory.close();
  return openSqlite(path);
}

const authorities = (sql: Sql) => sql.row('SELECT count(*) AS n FROM authorities')?.['n'];

describe('a migration', () => {
  it('brings an older inventory forward, rows and all, and saves the older file first', () => {
    const sql = oneAuthority();
    migrate(sql, world, NEXT);
    expect(schemaVersion(sql, NEXT)).toBe(NEXT.length);
    expect(sql.rows('SELECT name, colour FROM authorities')).toEqual([{ name: 'default', colour: null }]);
    sql.close();
    const saved = backupPath(sql.path, MIGRATIONS.length);
    expect(statSync(saved).mode & 0o777).toBe(0o600);
    const old = openSqlite(saved);
    expect(schemaVersion(old)).toBe(MIGRATIONS.length);
    expect(authorities(old)).toBe(1);
    old.close();
    expect(readdirSync(dirname(sql.path)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('replaces the backup that an interrupted attempt left', () => {
    const sql = oneAuthority();
    const saved = backupPath(sql.path, MIGRATIONS.length);
    writeFileSync(saved, 'half');
    writeFileSync(`${saved}.tmp`, 'a quarter');
    migrate(sql, world, NEXT);
    sql.close();
    const old = openSqlite(saved);
    expect(authorities(old)).toBe(1);
    old.close();
  });

  it('leaves the inventory as it was when one of its statements fails', () => {
    const sql = oneAuthority();
    expect(() => migrate(sql, world, BROKEN)).toThrow('no such table');
    expect(schemaVersion(sql)).toBe(MIGRATIONS.length);
    expect(sql.rows(`SELECT name FROM sqlite_schema WHERE name = 'notes'`)).toEqual([]);
    expect(authorities(sql)).toBe(1);
    sql.close();
  });

  it('does not begin when the backup cannot be made', () => {
    const sql = oneAuthority();
    const files = {
      ...world.files,
      rename: () => {
        throw new Error('no rename');
      },
    };
    expect(() => migrate(sql, { ...world, files }, NEXT)).toThrow('no rename');
    expect(schemaVersion(sql)).toBe(MIGRATIONS.length);
    expect(existsSync(`${backupPath(sql.path, MIGRATIONS.length)}.tmp`)).toBe(false);
    sql.close();
  });

  it('is done in memory for a reader, and the file stays as it was', () => {
    const sql = oneAuthority();
    const before = readFileSync(sql.path);
    const copy = migratedCopy(sql, NEXT);
    expect(copy.rows('SELECT name, colour FROM authorities')).toEqual([{ name: 'default', colour: null }]);
    copy.close();
    expect(readFileSync(sql.path).equals(before)).toBe(true);
    expect(readdirSync(dirname(sql.path))).toEqual(['devca.db']);
  });

  it('does nothing, and saves nothing, where the version is current', () => {
    const sql = oneAuthority();
    migrate(sql, world);
    sql.close();
    expect(existsSync(backupPath(sql.path, MIGRATIONS.length))).toBe(false);
  });
});
