import { describe, expect, it } from '@jest/globals';
import { inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { openSqlite } from '../../../src/inventory/sqlite.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const world = testWorld({ home: '/nowhere' });

/** An inventory with events 1 to 5, and then whatever some statements do to it behind its back. */
function afterTampering(statements: string) {
  const path = inventoryPath(scratchFolder());
  const inventory = openInventory(path, world, { create: true });
  for (const number of [1, 2, 3, 4, 5])
    inventory.events.append({ kind: 'tested', at: new Date(Date.UTC(2026, 0, number)), details: { number } });
  inventory.close();
  const sql = openSqlite(path);
  sql.script('DROP TRIGGER events_are_not_changed; DROP TRIGGER events_are_not_deleted;');
  sql.script(statements);
  sql.close();
  const tampered = openInventory(path, world);
  const broken = tampered.events.check();
  const findings = tampered.check();
  tampered.close();
  return { broken, findings };
}

describe('the chain of events', () => {
  it('holds where nobody touched it', () => {
    expect(afterTampering('')).toEqual({ broken: undefined, findings: [] });
  });

  it.each([
    ['a changed detail', `UPDATE events SET details = '{"number":33}' WHERE id = 3`, 3],
    ['a changed time', 'UPDATE events SET at = at + 1 WHERE id = 2', 2],
    ['a changed kind', `UPDATE events SET kind = 'other' WHERE id = 5`, 5],
    ['a removed event', 'DELETE FROM events WHERE id = 3', 3],
    ['a removed first event', 'DELETE FROM events WHERE id = 1', 1],
    ['a removed last event', 'DELETE FROM events WHERE id = 5', 5],
    ['all events removed', 'DELETE FROM events', 1],
    [
      'an inserted event',
      `INSERT INTO events SELECT 6, at, kind, details, previous_hash, hash FROM events WHERE id = 5`,
      6,
    ],
    [
      'two events exchanged',
      'UPDATE events SET id = 99 WHERE id = 2; UPDATE events SET id = 2 WHERE id = 3; UPDATE events SET id = 3 WHERE id = 99',
      2,
    ],
  ])('breaks at %s', (_what, statements, id) => {
    const { broken, findings } = afterTampering(statements);
    expect(broken?.id).toBe(id);
    expect(findings).toEqual([expect.stringContaining(`breaks at event ${id}`)]);
  });

  it('cannot be changed or shortened through the database', () => {
    const path = inventoryPath(scratchFolder());
    const inventory = openInventory(path, world, { create: true });
    inventory.events.append({ kind: 'tested', at: new Date(0), details: {} });
    inventory.close();
    const sql = openSqlite(path);
    for (const statement of [`UPDATE events SET kind = 'x'`, 'DELETE FROM events'])
      expect(() => sql.script(statement)).toThrow('append-only');
    sql.close();
  });

  it('gives the newest first, details and all', () => {
    const inventory = openInventory(inventoryPath(scratchFolder()), world, { create: true });
    const at = new Date(Date.UTC(2026, 0, 1));
    for (const names of [['a'], ['b'], ['c']])
      inventory.events.append({ kind: 'issued', at, details: { names } });
    const latest = inventory.events.latest(2);
    expect(latest.map(({ id, kind, details }) => ({ id, kind, details }))).toEqual([
      { id: 3, kind: 'issued', details: { names: ['c'] } },
      { id: 2, kind: 'issued', details: { names: ['b'] } },
    ]);
    expect(latest[0]?.at).toEqual(at);
    inventory.close();
  });

  it('takes no event of a transaction that fails', () => {
    const inventory = openInventory(inventoryPath(scratchFolder()), world, { create: true });
    const append = () => inventory.events.append({ kind: 'tested', at: new Date(0), details: {} });
    append();
    expect(() =>
      inventory.transaction(() => {
        append();
        throw new Error('stop');
      }),
    ).toThrow('stop');
    append();
    expect(inventory.events.latest(10)).toHaveLength(2);
    expect(inventory.events.check()).toBeUndefined();
    inventory.close();
  });
});
