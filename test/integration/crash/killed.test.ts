import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from '@jest/globals';
import { changeInventory } from '../../../src/authority/recovery.ts';
import { type Inventory, inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { type Crash, crashEverywhere, killAtRandom, PAGE_WRITES } from '../../support/crash.ts';
import { certAndKey, deliverSome, discrepancies, filesUnder } from '../../support/delivery-lab.ts';
import { faultyFiles } from '../../support/faulty-files.ts';
import { describeWith } from '../../support/tools.ts';
import { deliverCommand, emptyLab, type Lab, recovered, usedLab } from './lab.ts';

const TIMEOUT_MS = 120_000;
const world = realWorld();

/** The runtime makes a few calls more or less from run to run, so the last ones of a kind may not be reached. */
function expectKilled({ signal, status, stderr }: Crash): void {
  expect([signal, status, stderr]).toEqual(signal === null ? [null, 0, ''] : ['SIGKILL', null, '']);
}

/** A used lab in which one delivery ended when it was recorded, and another when it was only intended. */
function interruptedLab(): Lab {
  const lab = usedLab();
  const inventory = openInventory(inventoryPath(lab.home), world);
  const endAt = (operation: number, name: string) => {
    const { files } = faultyFiles(world.files, operation, true);
    const act = () =>
      deliverSome(lab.out, inventory, { ...world, files }, { files: () => certAndKey(lab.out, name) });
    expect(act).toThrow();
  };
  // Two temporary files and the sync of their folder come before the first move.
  endAt(4, 'recorded');
  endAt(2, 'intended');
  inventory.close();
  return lab;
}

describeWith(['strace'], 'a delivery that is killed', () => {
  it(
    'over earlier files, at any change of a file, is all there or not at all after the next command',
    async () => {
      const totals = new Set<number>();
      const check = (lab: Lab, crash: Crash) => {
        expectKilled(crash);
        totals.add(recovered(lab));
      };
      const plan = { prepare: () => usedLab(), command: (lab: Lab) => deliverCommand(lab), check };
      const places = await crashEverywhere(plan, { kind: 'kill' });
      await crashEverywhere(plan, { kind: 'kill' }, PAGE_WRITES, 5);
      // Both certificates or neither, and each of these came about.
      expect([...totals].sort()).toEqual([2, 4]);
      expect(places.filter((place) => place.startsWith('rename'))).toHaveLength(4);
      expect(places.filter((place) => place.startsWith('fsync')).length).toBeGreaterThan(10);
    },
    TIMEOUT_MS,
  );

  it(
    'as the first of a new home, at any change of a file, is all there or not at all after the next command',
    async () => {
      const check = (lab: Lab, crash: Crash) => {
        expectKilled(crash);
        if (!existsSync(join(lab.home, 'devca.db'))) return expect(filesUnder(lab.out)).toEqual([]);
        const look = (inventory: Inventory) => {
          const authority = inventory.authorities.latest();
          if (authority === undefined) return expect(existsSync(join(lab.home, 'ca'))).toBe(false);
          const owner = { table: 'authorities', id: authority.id } as const;
          const paths = inventory.deliveries.current(owner).map(({ path }) => path);
          expect(paths.sort()).toEqual(filesUnder(join(lab.home, 'ca')));
          expect([0, 2]).toContain(inventory.certificates.count({ at: new Date() }));
          expect(discrepancies(lab.out, inventory)).toEqual([]);
        };
        changeInventory(lab.home, world, look, { create: true });
      };
      const plan = { prepare: () => emptyLab(), command: (lab: Lab) => deliverCommand(lab), check };
      await crashEverywhere(plan, { kind: 'kill' });
      await crashEverywhere(plan, { kind: 'kill' }, PAGE_WRITES, 10);
    },
    TIMEOUT_MS,
  );

  it(
    'while it recovers what two earlier runs left, leaves that to the next command',
    async () => {
      const check = (lab: Lab, crash: Crash) => {
        expectKilled(crash);
        expect([3, 5]).toContain(recovered(lab));
        // The one that was recorded is in place, the one that was only intended is gone.
        const names = filesUnder(lab.out).map((path) => basename(path));
        expect(names).toEqual(expect.arrayContaining(['recorded.pem', 'recorded-key.pem']));
        expect(names).not.toEqual(expect.arrayContaining(['intended.pem']));
      };
      const plan = { prepare: interruptedLab, command: (lab: Lab) => deliverCommand(lab), check };
      await crashEverywhere(plan, { kind: 'kill' }, ['rename', 'fsync', 'fdatasync', 'unlink']);
    },
    TIMEOUT_MS,
  );

  it(
    'at random moments, many times over in one home, loses and invents nothing',
    async () => {
      const check = (lab: Lab) => {
        expect([2, 4]).toContain(recovered(lab));
      };
      const killed = await killAtRandom(
        { prepare: () => usedLab(), command: (lab) => deliverCommand(lab), check },
        20,
      );
      expect(killed).toBeGreaterThan(5);
    },
    TIMEOUT_MS,
  );
});
