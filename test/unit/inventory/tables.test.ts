import { describe, expect, it } from '@jest/globals';
import { type Inventory, inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { columnsOf } from '../../../src/inventory/sql.ts';
import { openSqlite } from '../../../src/inventory/sqlite.ts';
import { aDelivery, addAuthority, addCertificate, anAuthority } from '../../support/inventory-rows.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const world = testWorld({ home: '/nowhere' });
const code = (name: string) => expect.objectContaining({ code: name });
const date = (day: number) => new Date(Date.UTC(2026, 0, day));

function newInventory(): Inventory {
  return openInventory(inventoryPath(scratchFolder()), world, { create: true });
}

describe('authorities', () => {
  it('have a latest generation for each name, and one default name', () => {
    const inventory = newInventory();
    const { authorities } = inventory;
    expect(authorities.latest()).toBeUndefined();
    addAuthority(inventory);
    const second = addAuthority(inventory, { generation: 2, permitted: undefined });
    const other = addAuthority(inventory, { name: 'lab' });
    expect(authorities.latest('default')).toMatchObject({ id: second, permitted: undefined });
    authorities.setDefault('lab');
    expect(authorities.latest()).toMatchObject({ id: other, isDefault: true });
    expect(authorities.all().map(({ name, generation }) => [name, generation])).toEqual([
      ['default', 2],
      ['default', 1],
      ['lab', 1],
    ]);
    expect(() => addAuthority(inventory)).toThrow(code('DEVCA_INVENTORY_DUPLICATE'));
    inventory.close();
  });

  it('do not exist while they are pending', () => {
    const inventory = newInventory();
    inventory.authorities.insert(anAuthority());
    expect(inventory.authorities.latest()).toBeUndefined();
    expect(inventory.authorities.all()).toEqual([]);
    inventory.close();
  });

  it('can be retired, and their keys moved', () => {
    const inventory = newInventory();
    const id = addAuthority(inventory);
    inventory.authorities.retire(id, date(2));
    inventory.authorities.setKey(id, 'root', { keystore: 'passphrase', id: 'root-1', check: undefined });
    expect(inventory.authorities.byId(id)).toMatchObject({
      retiredAt: date(2),
      rootKey: { keystore: 'passphrase', id: 'root-1', check: undefined },
      intermediateKey: anAuthority().intermediateKey,
    });
    inventory.close();
  });
});

describe('revocations', () => {
  it('are counted once for each certificate and listed in their order for each issuer', () => {
    const inventory = newInventory();
    const authority = addAuthority(inventory);
    const ids = [1, 2].map(() => addCertificate(inventory, authority));
    const stranger = addCertificate(inventory, addAuthority(inventory, { generation: 2 }));
    const elsewhere = addCertificate(inventory, authority, { issuerKey: 2 });
    const [first = 0, second = 0] = ids;
    inventory.revocations.insert(elsewhere, 'superseded', date(2));
    inventory.revocations.insert(second, 'keyCompromise', date(3));
    inventory.revocations.insert(first, 'superseded', date(4));
    inventory.revocations.insert(stranger, 'superseded', date(1));
    expect(() => inventory.revocations.insert(first, 'keyCompromise', date(5))).toThrow(
      code('DEVCA_INVENTORY_DUPLICATE'),
    );
    const listed = (issuerKey: number) =>
      inventory.revocations.byIssuer(authority, issuerKey).map(({ certificateId }) => certificateId);
    expect([listed(1), listed(2)]).toEqual([[second, first], [elsewhere]]);
    expect(inventory.revocations.byCertificate(first)).toMatchObject({ reason: 'superseded', at: date(4) });
    expect(inventory.certificates.byId(first)?.revokedAt).toEqual(date(4));
    inventory.close();
  });
});

describe('revocation lists', () => {
  const crl = {
    thisUpdate: date(1),
    nextUpdate: date(8),
    createdAt: date(1),
    der: new Uint8Array([0x30, 0]),
  };

  it('have each number once for each issuer, and know the last, pending or not', () => {
    const inventory = newInventory();
    const issuerId = addCertificate(inventory, addAuthority(inventory), { profile: 'intermediate' });
    expect(inventory.crls.lastNumber(issuerId)).toBe(0);
    const id = inventory.crls.insert({ ...crl, issuerId, number: 7 });
    expect(inventory.crls.latest(issuerId)).toBeUndefined();
    expect(inventory.crls.lastNumber(issuerId)).toBe(7);
    inventory.deliveries.markWritten([{ table: 'crls', id }], []);
    inventory.deliveries.markDelivered([]);
    const { der, ...rest } = crl;
    expect(inventory.crls.latest(issuerId)).toMatchObject({ ...rest, id, number: 7, state: 'delivered' });
    expect([...(inventory.crls.latest(issuerId)?.der ?? [])]).toEqual([...der]);
    expect(() => inventory.crls.insert({ ...crl, issuerId, number: 7 })).toThrow(
      code('DEVCA_INVENTORY_DUPLICATE'),
    );
    inventory.close();
  });
});

describe('deliveries', () => {
  it('know the owner and the content of a path, and what was there before', () => {
    const inventory = newInventory();
    const { deliveries } = inventory;
    const certificate = addCertificate(inventory, addAuthority(inventory));
    const previous = { kind: 'link', sha256: 'aa' } as const;
    const row = aDelivery(certificate, { previous, newFolder: '/srv' });
    const id = deliveries.insert(row);
    expect(deliveries.isOwn(row.path, row.sha256)).toBe(false);
    expect(deliveries.unfinished('pending')).toEqual([{ ...row, id, state: 'pending' }]);
    deliveries.markWritten([], [id]);
    deliveries.markDelivered([id]);
    expect(deliveries.hasUnfinished()).toBe(false);
    expect(deliveries.isOwn(row.path, row.sha256)).toBe(true);
    expect(deliveries.isOwn(row.path, 'other')).toBe(false);
    expect(deliveries.current(row.owner)).toEqual([{ ...row, id, state: 'delivered' }]);
    expect(deliveries.latestAt(row.path)?.id).toBe(id);
    inventory.close();
  });

  it('belong to exactly one owner that is there', () => {
    const inventory = newInventory();
    expect(() => inventory.deliveries.insert(aDelivery(99))).toThrow('FOREIGN KEY');
    inventory.close();
  });

  it('give way to later ones for the same path', () => {
    const inventory = newInventory();
    const { deliveries } = inventory;
    const authority = addAuthority(inventory);
    const [older = 0, newer = 0] = [1, 2].map(() => {
      const id = deliveries.insert(aDelivery(addCertificate(inventory, authority)));
      deliveries.markWritten([], [id]);
      deliveries.markDelivered([id]);
      return id;
    });
    deliveries.supersede(aDelivery(1).path, newer);
    const [left] = deliveries.current({ table: 'certificates', id: 1 });
    expect(left).toBeUndefined();
    expect(deliveries.latestAt(aDelivery(1).path)?.id).toBe(newer);
    expect(older).toBeLessThan(newer);
    inventory.close();
  });

  it('let pending rows go only when nothing refers to them any more', () => {
    const inventory = newInventory();
    const { deliveries, authorities } = inventory;
    const authority = authorities.insert(anAuthority());
    const own = deliveries.insert(aDelivery(0, { owner: { table: 'authorities', id: authority } }));
    deliveries.removePending([]);
    expect(deliveries.hasUnfinished()).toBe(true);
    deliveries.removePending([own]);
    expect(deliveries.hasUnfinished()).toBe(false);
    expect(authorities.byId(authority)).toBeUndefined();
    inventory.close();
  });
});

describe('a column that holds what it cannot hold', () => {
  it.each([
    ['text', 1],
    ['integer', 'one'],
    ['bytes', 'text'],
    ['time', 'noon'],
    ['texts', '[1]'],
    ['texts', '{'],
    ['object', '"text"'],
  ] as const)('is damage, not a value: %s from %p', (kind, value) => {
    const inventory = newInventory();
    inventory.close();
    const sql = openSqlite(inventory.path);
    const columns = columnsOf({ x: value }, sql);
    expect(() => columns[kind]('x')).toThrow(code('DEVCA_INVENTORY_CORRUPT'));
    expect(() => columns.word('x', ['a', 'b'])).toThrow(code('DEVCA_INVENTORY_CORRUPT'));
    sql.close();
  });
});
