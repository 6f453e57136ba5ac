import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { recover } from '../../../src/authority/recovery.ts';
import { type Inventory, inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import type { World } from '../../../src/platform/world.ts';
import { certAndKey, deliverSome, discrepancies } from '../../support/delivery-lab.ts';
import { faultyFiles } from '../../support/faulty-files.ts';
import { addAuthority } from '../../support/inventory-rows.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

/** The operations of a delivery of a certificate and its key, counted as `faultyFiles` does. */
const SECOND_TEMPORARY = 2;
const FIRST_RENAME = 4;
const SECOND_RENAME = 5;

interface Lab {
  readonly out: string;
  readonly cert: string;
  readonly key: string;
  readonly world: World;
  readonly inventory: Inventory;
}

function withLab(use: (lab: Lab) => void): void {
  const home = scratchFolder();
  const out = scratchFolder();
  const world = testWorld({ home });
  const inventory = openInventory(inventoryPath(home), world, { create: true });
  addAuthority(inventory);
  try {
    use({ out, cert: join(out, 'localhost.pem'), key: join(out, 'localhost-key.pem'), world, inventory });
  } finally {
    inventory.close();
  }
}

/** Uses what a delivery left that came to its end at some operation, where everything after that failed too. */
function afterEndAt(operation: number, use: (lab: Lab) => void, before: (lab: Lab) => void = () => {}): void {
  withLab((lab) => {
    before(lab);
    const { files } = faultyFiles(lab.world.files, operation, true);
    expect(() => deliver(lab, { ...lab.world, files })).toThrow();
    use(lab);
  });
}

const deliver = ({ out, inventory }: Lab, world: World, folder = out) =>
  deliverSome(out, inventory, world, { files: () => certAndKey(folder) });

const temporaries = (out: string) => readdirSync(out).filter((name) => name.endsWith('.tmp'));
const codes = (recovery: { problems: readonly { code: string }[] }) =>
  recovery.problems.map(({ code }) => code);
const count = (inventory: Inventory) => inventory.certificates.count({ at: new Date() });

describe('a delivery that was only intended', () => {
  it('removes nothing that the inventory calls a temporary file and that is none', () => {
    afterEndAt(SECOND_TEMPORARY, ({ out, world, inventory }) => {
      const mine = join(out, 'mine');
      const elsewhere = join(scratchFolder(), '.devca-0123456789abcdef.tmp');
      for (const path of [mine, elsewhere]) {
        writeFileSync(path, 'text');
        const database = new Database(inventory.path);
        database.prepare('UPDATE deliveries SET temporary_path = ?').run(path);
        database.close();
        expect(() => recover(inventory, world)).toThrow(/is no temporary file of devca/);
        expect(readFileSync(path, 'utf8')).toBe('text');
      }
    });
  });

  it('is undone, files and rows', () => {
    afterEndAt(SECOND_TEMPORARY, ({ out, cert, key, world, inventory }) => {
      expect(temporaries(out)).toHaveLength(2);
      expect(count(inventory)).toBe(0);
      expect(recover(inventory, world)).toEqual({ undone: [cert, key], completed: [], problems: [] });
      expect(readdirSync(out)).toEqual([]);
      expect(discrepancies(out, inventory)).toEqual([]);
      expect(inventory.events.latest(1)[0]).toMatchObject({
        kind: 'delivery-undone',
        details: { paths: [cert, key] },
      });
      expect(recover(inventory, world)).toEqual({ undone: [], completed: [], problems: [] });
    });
  });

  it('is undone also where its folder is gone, or is something else by now', () => {
    for (const after of [() => {}, (path: string) => writeFileSync(path, 'a file')]) {
      afterEndAt(SECOND_TEMPORARY, ({ out, world, inventory }) => {
        rmSync(out, { recursive: true });
        after(out);
        expect(codes(recover(inventory, world))).toEqual([]);
        expect(inventory.deliveries.hasUnfinished()).toBe(false);
      });
    }
  });

  it('removes no folder that somebody else uses', () => {
    withLab((lab) => {
      const { files } = faultyFiles(lab.world.files, SECOND_TEMPORARY + 1, true);
      expect(() => deliver(lab, { ...lab.world, files }, join(lab.out, 'a', 'b'))).toThrow();
      writeFileSync(join(lab.out, 'a', 'notes'), '');
      recover(lab.inventory, lab.world);
      expect(readdirSync(join(lab.out, 'a'))).toEqual(['notes']);
    });
  });

  it('stays for the next time where its files cannot be removed, and that is reported', () => {
    afterEndAt(SECOND_TEMPORARY, ({ out, world, inventory }) => {
      const { files } = faultyFiles(world.files, 1, true);
      const stuck = recover(inventory, { ...world, files });
      expect(codes(stuck)).toEqual(['DEVCA_FILE_DISK_FULL', 'DEVCA_FILE_DISK_FULL']);
      expect(inventory.deliveries.unfinished('pending')).toHaveLength(2);
      expect(codes(recover(inventory, world))).toEqual([]);
      expect(discrepancies(out, inventory)).toEqual([]);
    });
  });

  it('is left alone by a user who does not own the inventory', () => {
    afterEndAt(SECOND_TEMPORARY, ({ out, world, inventory }) => {
      const other = { ...world, system: { ...world.system, uid: 54_321 } };
      expect(recover(inventory, other)).toEqual({ undone: [], completed: [], problems: [] });
      expect(temporaries(out)).toHaveLength(2);
    });
  });
});

describe('a delivery that was recorded', () => {
  it.each([FIRST_RENAME, SECOND_RENAME, SECOND_RENAME + 1])(
    'is completed after an end at operation %i',
    (operation) => {
      afterEndAt(operation, ({ out, cert, key, world, inventory }) => {
        expect(count(inventory)).toBe(1);
        expect(recover(inventory, world)).toEqual({ undone: [], completed: [cert, key], problems: [] });
        expect(discrepancies(out, inventory)).toEqual([]);
        expect(statSync(key).mode & 0o777).toBe(0o600);
      });
    },
  );

  it('is completed over own files as they were', () => {
    const first = (lab: Lab) => deliver(lab, lab.world);
    const use = ({ out, world, inventory }: Lab) => {
      expect(codes(recover(inventory, world))).toEqual([]);
      expect(discrepancies(out, inventory)).toEqual([]);
    };
    for (const operation of [FIRST_RENAME, SECOND_RENAME]) afterEndAt(operation, use, first);
  });

  it('is reported and tried again where the disk will not move it, and stops nothing else', () => {
    for (const nth of [1, 2, 3]) {
      afterEndAt(FIRST_RENAME, ({ out, world, inventory }) => {
        const { files } = faultyFiles(world.files, nth, true);
        expect(recover(inventory, { ...world, files })).toMatchObject({
          completed: [],
          problems: [{ code: 'DEVCA_FILE_DISK_FULL' }],
        });
        expect(recover(inventory, world).completed).toHaveLength(2);
        expect(discrepancies(out, inventory)).toEqual([]);
      });
    }
  });

  it('is kept whole where one of its places has changed, and completed once that is settled', () => {
    afterEndAt(FIRST_RENAME, ({ out, cert, key, world, inventory }) => {
      writeFileSync(key, 'of the user');
      const names = temporaries(out);
      for (let round = 0; round < 2; round += 1) {
        const recovery = recover(inventory, world);
        expect(codes(recovery)).toEqual(['DEVCA_DELIVERY_KEPT']);
        expect(recovery.completed).toEqual([]);
        expect(temporaries(out)).toEqual(names);
        expect(readFileSync(key, 'utf8')).toBe('of the user');
      }
      rmSync(key);
      expect(recover(inventory, world).completed).toEqual([cert, key]);
      expect(discrepancies(out, inventory)).toEqual([]);
    });
  });

  it.each(['link', 'folder'])('is kept where its place is a %s by now', (kind) => {
    afterEndAt(FIRST_RENAME, ({ cert, world, inventory }) => {
      if (kind === 'link') symlinkSync('/etc/hostname', cert);
      else mkdirSync(cert);
      expect(codes(recover(inventory, world))).toEqual(['DEVCA_DELIVERY_KEPT']);
    });
  });

  it('is kept where its temporary file has changed', () => {
    afterEndAt(FIRST_RENAME, ({ out, world, inventory }) => {
      const [name = ''] = temporaries(out);
      writeFileSync(join(out, name), 'changed');
      const { problems } = recover(inventory, world);
      expect(problems).toMatchObject([
        { code: 'DEVCA_DELIVERY_KEPT', context: { temporary: join(out, name) } },
      ]);
      expect(readFileSync(join(out, name), 'utf8')).toBe('changed');
    });
  });

  it('is done where somebody copied the temporary file into place', () => {
    afterEndAt(FIRST_RENAME, ({ out, world, inventory }) => {
      for (const { path, temporaryPath } of inventory.deliveries.unfinished('written'))
        copyFileSync(temporaryPath, path);
      expect(recover(inventory, world).completed).toHaveLength(2);
      expect(temporaries(out)).toEqual([]);
    });
  });

  it('is reported once as lost where neither file is as written', () => {
    afterEndAt(FIRST_RENAME, ({ out, world, inventory }) => {
      const [name = ''] = temporaries(out);
      rmSync(join(out, name));
      const recovery = recover(inventory, world);
      expect(codes(recovery)).toEqual(['DEVCA_DELIVERY_LOST']);
      expect(recovery.completed).toHaveLength(1);
      expect(codes(recover(inventory, world))).toEqual([]);
      expect(inventory.deliveries.hasUnfinished()).toBe(false);
      expect(count(inventory)).toBe(1);
    });
  });

  it('is lost where its folder is gone', () => {
    afterEndAt(FIRST_RENAME, ({ out, world, inventory }) => {
      rmSync(out, { recursive: true });
      expect(codes(recover(inventory, world))).toEqual(['DEVCA_DELIVERY_LOST', 'DEVCA_DELIVERY_LOST']);
    });
  });

  it('gives way to a later delivery that took its place by force, temporary files and all', () => {
    afterEndAt(FIRST_RENAME, ({ out, key, world, inventory }) => {
      writeFileSync(key, 'of the user');
      deliverSome(out, inventory, world, { force: true, files: () => certAndKey(out) });
      expect(temporaries(out)).toEqual([]);
      expect(codes(recover(inventory, world))).toEqual([]);
      expect(discrepancies(out, inventory)).toEqual([]);
      expect(count(inventory)).toBe(2);
    });
  });

  it('gives way to a later delivery that was interrupted too', () => {
    afterEndAt(FIRST_RENAME, (lab) => {
      const { out, world, inventory } = lab;
      const { files } = faultyFiles(world.files, FIRST_RENAME, true);
      expect(() => deliver(lab, { ...world, files })).toThrow();
      expect(temporaries(out)).toHaveLength(4);
      expect(codes(recover(inventory, world))).toEqual([]);
      expect(temporaries(out)).toEqual([]);
      expect(discrepancies(out, inventory)).toEqual([]);
    });
  });

  it('is not confused by a folder that was moved', () => {
    afterEndAt(FIRST_RENAME, ({ out, world, inventory }) => {
      const moved = `${out}-moved`;
      renameSync(out, moved);
      expect(codes(recover(inventory, world))).toEqual(['DEVCA_DELIVERY_LOST', 'DEVCA_DELIVERY_LOST']);
      expect(temporaries(moved)).toHaveLength(2);
      rmSync(moved, { recursive: true });
    });
  });
});
