import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { readSqliteTable } from '../../../../src/truststore/nss/sqlite-table.ts';
import { scratchFolder } from '../../../support/scratch.ts';

type Row = readonly [label: string | null, value: Uint8Array | null];

/** What SQLite itself makes of the rows, in the way in which NSS declares its tables. */
function fileWith(rows: readonly Row[], pageSize = 4096): Buffer {
  const path = join(scratchFolder(), 'test.db');
  const database = new Database(path);
  database.pragma(`page_size = ${pageSize}`);
  database.exec(
    'CREATE TABLE other (x); CREATE TABLE nssPublic (id PRIMARY KEY UNIQUE ON CONFLICT ABORT, a3)',
  );
  database.exec('ALTER TABLE nssPublic ADD COLUMN a11');
  const insert = database.prepare('INSERT INTO nssPublic (id, a3, a11) VALUES (?, ?, ?)');
  database.transaction(() => {
    for (const [index, [label, value]] of rows.entries()) insert.run(index, label, value);
  })();
  database.close();
  return readFileSync(path);
}

const read = (bytes: Uint8Array): unknown =>
  readSqliteTable(bytes, 'nssPublic')?.map((row) => [
    row.get('a3') === undefined ? null : Buffer.from(row.get('a3') ?? []).toString(),
    row.get('a11') === undefined ? null : Buffer.from(row.get('a11') ?? []).toString('hex'),
  ]);

describe('the table of an SQLite file', () => {
  it('is read as SQLite wrote it, also over many pages, and what is longer than a page', () => {
    const row = fc.tuple(
      fc.option(
        fc.string({ maxLength: 40 }).map((text) => text.replaceAll('\0', '')),
        { nil: null },
      ),
      fc.option(fc.uint8Array({ maxLength: 9_000 }), { nil: null }),
    );
    const pageSize = fc.constantFrom(512, 1024, 4096, 32_768, 65_536);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), pageSize, (rows, size) => {
        expect(read(fileWith(rows, size))).toEqual(
          rows.map(([label, value]) => [label, value === null ? null : Buffer.from(value).toString('hex')]),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('is nothing where the file is none of SQLite, or has no such table', () => {
    expect(readSqliteTable(new Uint8Array(0), 'nssPublic')).toBeUndefined();
    expect(readSqliteTable(Buffer.from('garbage'.repeat(1000)), 'nssPublic')).toBeUndefined();
    expect(readSqliteTable(fileWith([]), 'nssPrivate')).toBeUndefined();
  });

  it('of a damaged file is nothing, or other rows, and never a crash or a hang', () => {
    const rows = Array.from({ length: 40 }, (_, index): Row => [`row ${index}`, Buffer.alloc(900, index)]);
    const whole = fileWith(rows, 1024);
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(damage, fc.nat(whole.length), (changes, length) => {
        const bytes = Uint8Array.from(whole);
        for (const [position, value] of changes) bytes[position] = value;
        readSqliteTable(bytes, 'nssPublic');
        readSqliteTable(bytes.subarray(0, length), 'nssPublic');
      }),
      { numRuns: 300 },
    );
  });
});
