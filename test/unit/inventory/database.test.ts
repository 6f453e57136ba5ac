import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { openSqlite } from '../../../src/inventory/sqlite.ts';
import { addAuthority, addCertificate, anAuthority } from '../../support/inventory-rows.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const world = testWorld({ home: scratchFolder() });
const code = (name: string) => expect.objectContaining({ code: name });

function newInventoryPath(): string {
  const path = inventoryPath(scratchFolder());
  openInventory(path, world, { create: true }).close();
  return path;
}

describe('an inventory file', () => {
  it('is readable by its owner alone from the start, with the files that SQLite puts beside it', () => {
    const home = scratchFolder();
    const inventory = openInventory(inventoryPath(home), world, { create: true });
    addAuthority(inventory);
    const modes = readdirSync(home).map((name) => [name, statSync(join(home, name)).mode & 0o777]);
    inventory.close();
    expect(Object.fromEntries(modes)).toEqual({
      'devca.db': 0o600,
      'devca.db-wal': 0o600,
      'devca.db-shm': 0o600,
    });
    expect(readdirSync(home)).toEqual(['devca.db']);
  });

  it("is not even read by root where it is a user's, since that leaves files: DEVCA_HOME_UNSAFE", () => {
    const path = newInventoryPath();
    const status = world.files.statusOfTarget(path);
    const files = { ...world.files, statusOfTarget: () => status && { ...status, uid: 1000 } };
    const asRoot = { ...world, files, system: { ...world.system, uid: 0 } };
    for (const readOnly of [true, false])
      expect(() => openInventory(path, asRoot, { readOnly })).toThrow(code('DEVCA_HOME_UNSAFE'));
  });

  it('is made readable by its owner alone again where a copy has widened it', () => {
    const path = newInventoryPath();
    chmodSync(path, 0o644);
    openInventory(path, world).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('keeps what was committed', () => {
    const path = newInventoryPath();
    const first = openInventory(path, world);
    const id = addAuthority(first);
    first.close();
    const second = openInventory(path, world);
    expect(second.authorities.byId(id)).toEqual({
      ...anAuthority(),
      id,
      state: 'delivered',
      retiredAt: undefined,
      isDefault: false,
    });
    second.close();
  });

  it('forgets all of a transaction that fails, also of one inside another', () => {
    const inventory = openInventory(newInventoryPath(), world);
    const failing = () =>
      inventory.transaction(() => {
        inventory.transaction(() => addAuthority(inventory));
        throw new Error('stop');
      });
    expect(failing).toThrow('stop');
    expect(inventory.authorities.all()).toEqual([]);
    addAuthority(inventory);
    expect(inventory.authorities.all()).toHaveLength(1);
    inventory.close();
  });

  it('can use a rollback journal, also after it had a write-ahead log', () => {
    const path = newInventoryPath();
    const inventory = openInventory(path, world, { journal: 'rollback' });
    addAuthority(inventory);
    expect(readdirSync(join(path, '..'))).toEqual(['devca.db']);
    inventory.close();
    expect([...readFileSync(path).subarray(18, 20)]).toEqual([1, 1]);
    const reader = openInventory(path, world, { journal: 'rollback', readOnly: true });
    expect(reader.authorities.all()).toHaveLength(1);
    reader.close();
  });

  it('has nothing wrong with it when it was just made', () => {
    const inventory = openInventory(newInventoryPath(), world);
    addCertificate(inventory, addAuthority(inventory));
    expect(inventory.check()).toEqual([]);
    inventory.close();
  });

  it('is not made where something cannot be a database', () => {
    const home = scratchFolder();
    symlinkSync('/dev/null', inventoryPath(home));
    expect(() => openInventory(inventoryPath(home), world, { create: true })).toThrow(
      code('DEVCA_FILE_NOT_A_FILE'),
    );
  });
});

describe('an inventory that is opened for reading', () => {
  it('answers and refuses every change', () => {
    const path = newInventoryPath();
    const writer = openInventory(path, world);
    addAuthority(writer);
    writer.close();
    const reader = openInventory(path, world, { readOnly: true });
    expect(reader.authorities.all()).toHaveLength(1);
    expect(() => addAuthority(reader, { generation: 2 })).toThrow(code('DEVCA_FILE_READ_ONLY'));
    reader.close();
    expect(readdirSync(join(path, '..'))).toEqual(['devca.db']);
  });

  it('sees what another connection commits meanwhile', () => {
    const path = newInventoryPath();
    const reader = openInventory(path, world, { readOnly: true });
    const writer = openInventory(path, world);
    addAuthority(writer);
    expect(reader.authorities.all()).toHaveLength(1);
    reader.close();
    writer.close();
  });
});

describe('a file that is no inventory of ours', () => {
  it('is missing where there is none, and nothing is made', () => {
    const home = scratchFolder();
    for (const readOnly of [true, false])
      expect(() => openInventory(inventoryPath(home), world, { readOnly })).toThrow(
        code('DEVCA_INVENTORY_MISSING'),
      );
    expect(readdirSync(home)).toEqual([]);
  });

  it('is missing where an interrupted first run left an empty file', () => {
    const path = inventoryPath(scratchFolder());
    writeFileSync(path, '', { mode: 0o600 });
    for (const readOnly of [true, false])
      expect(() => openInventory(path, world, { readOnly })).toThrow(code('DEVCA_INVENTORY_MISSING'));
    openInventory(path, world, { create: true }).close();
    openInventory(path, world).close();
  });

  it('is foreign where another program made it, and stays as it was', () => {
    const path = inventoryPath(scratchFolder());
    writeFileSync(path, '');
    const other = openSqlite(path);
    other.script('CREATE TABLE theirs (x)');
    other.close();
    const before = readFileSync(path);
    for (const options of [{ readOnly: true }, {}, { create: true }])
      expect(() => openInventory(path, world, options)).toThrow(code('DEVCA_INVENTORY_FOREIGN'));
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('is newer where a newer program made it, and stays as it was', () => {
    const path = newInventoryPath();
    const newer = openSqlite(path);
    newer.script('PRAGMA user_version = 99');
    newer.close();
    const before = readFileSync(path);
    for (const readOnly of [true, false])
      expect(() => openInventory(path, world, { readOnly })).toThrow(code('DEVCA_INVENTORY_NEWER'));
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('is damaged where its beginning is not that of a database', () => {
    const path = inventoryPath(scratchFolder());
    writeFileSync(path, 'not a database at all, but long enough to be taken for one'.repeat(100));
    for (const options of [{ readOnly: true }, {}, { create: true }])
      expect(() => openInventory(path, world, options)).toThrow(code('DEVCA_INVENTORY_CORRUPT'));
  });

  it('is damaged where its version makes no sense', () => {
    const path = newInventoryPath();
    const sql = openSqlite(path);
    sql.script('PRAGMA user_version = 0');
    sql.close();
    expect(() => openInventory(path, world)).toThrow(code('DEVCA_INVENTORY_CORRUPT'));
  });

  it('is damaged where its pages are overwritten, which the first use or the check tells', () => {
    const path = newInventoryPath();
    const inventory = openInventory(path, world);
    const authority = addAuthority(inventory);
    for (let i = 0; i < 50; i += 1) addCertificate(inventory, authority);
    inventory.close();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xa5, 4096));
    const use = () => {
      const damaged = openInventory(path, world);
      try {
        damaged.certificates.list({ at: new Date() });
      } finally {
        damaged.close();
      }
    };
    expect(use).toThrow(code('DEVCA_INVENTORY_CORRUPT'));
  });

  it('is busy where another process holds it too long', () => {
    const path = newInventoryPath();
    const holder = openSqlite(path);
    holder.script('BEGIN IMMEDIATE');
    const inventory = openInventory(path, world, { busyTimeoutMs: 20 });
    expect(() => addAuthority(inventory)).toThrow(code('DEVCA_INVENTORY_BUSY'));
    holder.close();
    inventory.close();
  });
});
