import { randomBytes } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { BATCH_LIMIT } from '../../../src/authority/delivery.ts';
import { changeInventory, recover } from '../../../src/authority/recovery.ts';
import { type Inventory, inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import type { FileOwner } from '../../../src/platform/files.ts';
import type { World } from '../../../src/platform/world.ts';
import { certAndKey, deliverSome, discrepancies, filesUnder } from '../../support/delivery-lab.ts';
import { faultyFiles } from '../../support/faulty-files.ts';
import { addAuthority } from '../../support/inventory-rows.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const code = (name: string) => expect.objectContaining({ code: name });

interface Lab {
  readonly home: string;
  readonly out: string;
  readonly world: World;
  readonly inventory: Inventory;
}

function withLab<T>(use: (lab: Lab) => T): T {
  const home = scratchFolder();
  const world = testWorld({ home });
  const inventory = openInventory(inventoryPath(home), world, { create: true });
  addAuthority(inventory);
  try {
    return use({ home, out: scratchFolder(), world, inventory });
  } finally {
    inventory.close();
  }
}

const rows = (inventory: Inventory) => inventory.certificates.count({ at: new Date() });

describe('a delivery', () => {
  it('puts files with their modes beside rows, and leaves nothing else', () => {
    withLab(({ out, world, inventory }) => {
      const before = process.umask(0o077);
      const delivered = deliverSome(out, inventory, world, { count: 2 });
      process.umask(before);
      expect(delivered.map(({ path }) => path).sort()).toEqual(filesUnder(out));
      expect(statSync(join(out, 'host-0.pem')).mode & 0o777).toBe(0o644);
      expect(statSync(join(out, 'host-0-key.pem')).mode & 0o777).toBe(0o600);
      expect(discrepancies(out, inventory)).toEqual([]);
      expect(rows(inventory)).toBe(2);
    });
  });

  it('makes the folders that are missing, and knows a folder by its real path', () => {
    withLab(({ out, world, inventory }) => {
      mkdirSync(join(out, 'real'));
      symlinkSync('real', join(out, 'link'));
      const files = () => certAndKey(join(out, 'link', 'a', 'b'));
      const [first] = deliverSome(out, inventory, world, { files });
      expect(first?.path).toBe(join(out, 'real', 'a', 'b', 'localhost.pem'));
      expect(statSync(join(out, 'real', 'a')).mode & 0o777).toBe(0o755);
      const again = deliverSome(out, inventory, world, {
        files: () => certAndKey(join(out, 'real', 'a', 'b')),
      });
      expect(again[0]?.replaces).toEqual(first?.owner);
    });
  });

  it('takes a relative path from the working folder', () => {
    withLab(({ out, world, inventory }) => {
      const here = { ...world, system: { ...world.system, workingFolder: out } };
      const [cert] = deliverSome(out, inventory, here, { files: () => certAndKey('certs') });
      expect(cert?.path).toBe(join(out, 'certs', 'localhost.pem'));
    });
  });

  it('may replace its own files as long as nobody changed them, and then the old row is replaced', () => {
    withLab(({ out, world, inventory }) => {
      const [first] = deliverSome(out, inventory, world);
      const [second] = deliverSome(out, inventory, world);
      expect(inventory.certificates.byId(first?.owner.id ?? 0)?.replacedBy).toBe(second?.owner.id);
      expect(second?.previous.kind).toBe('file');
      expect(discrepancies(out, inventory)).toEqual([]);
    });
  });

  it('of root gives a file the owner of the file of its own that it replaces, but none of the home', () => {
    withLab(({ out, world, inventory }) => {
      const made: (FileOwner | undefined)[] = [];
      const files: World['files'] = {
        ...world.files,
        readWithStatus: (path) => {
          const { bytes, status } = world.files.readWithStatus(path);
          return { bytes, status: { ...status, uid: 114, gid: 120 } };
        },
        createExclusive: (path, bytes, mode, owner) => {
          made.push(owner);
          world.files.createExclusive(path, bytes, mode);
        },
      };
      const as = (uid: number) => ({ ...world, files, system: { ...world.system, uid } });
      const key = (ofHome: boolean) => {
        return [{ path: join(out, 'a.key'), format: 'key', mode: 0o600, bytes: randomBytes(9), ofHome }];
      };
      const owners = (uid: number, ofHome = false, force = false) => {
        deliverSome(out, inventory, as(uid), { files: () => key(ofHome), force });
        return made.splice(0);
      };
      expect(owners(0)).toEqual([undefined]);
      expect(owners(0)).toEqual([{ uid: 114, gid: 120 }]);
      expect(owners(1000)).toEqual([undefined]);
      expect(owners(0, true)).toEqual([undefined]);
      writeFileSync(join(out, 'a.key'), 'of somebody who wants the next key');
      expect(owners(0, false, true)).toEqual([undefined]);
    });
  });

  it('has room for rows without files and for files of a row that is delivered already', () => {
    withLab(({ out, world, inventory }) => {
      deliverSome(out, inventory, world, { files: () => [] });
      expect(discrepancies(out, inventory)).toEqual([]);
      expect(rows(inventory)).toBe(1);
    });
  });

  it('is refused above the size of a batch', () => {
    withLab(({ out, world, inventory }) => {
      const tooMany = () => deliverSome(out, inventory, world, { count: BATCH_LIMIT + 1, files: () => [] });
      expect(tooMany).toThrow(code('DEVCA_INTERNAL'));
      expect(rows(inventory)).toBe(0);
    });
  });
});

describe('a place where something else stands', () => {
  it('is not touched, and all such places are named at once', () => {
    withLab(({ out, world, inventory }) => {
      deliverSome(out, inventory, world);
      writeFileSync(join(out, 'host-0.pem'), 'edited');
      writeFileSync(join(out, 'host-1.pem'), 'of the user');
      symlinkSync('/etc/hostname', join(out, 'host-1-key.pem'));
      const before = filesUnder(out).map((path) => [path, lstatSync(path).ino]);
      const second = () => deliverSome(out, inventory, world, { count: 2 });
      expect(second).toThrow(
        expect.objectContaining({
          code: 'DEVCA_DELIVERY_TARGET',
          context: {
            targets: [
              { path: join(out, 'host-0.pem'), reason: 'changed since devca wrote it' },
              { path: join(out, 'host-1.pem'), reason: 'not written by devca' },
              { path: join(out, 'host-1-key.pem'), reason: 'a link' },
            ],
          },
        }),
      );
      expect(filesUnder(out).map((path) => [path, lstatSync(path).ino])).toEqual(before);
      expect(rows(inventory)).toBe(1);
      expect(inventory.deliveries.hasUnfinished()).toBe(false);
    });
  });

  it('is taken by force, on record, and a link is replaced rather than followed', () => {
    withLab(({ out, world, inventory }) => {
      const elsewhere = join(scratchFolder(), 'precious');
      writeFileSync(elsewhere, 'precious');
      writeFileSync(join(out, 'host-0.pem'), 'of the user');
      symlinkSync(elsewhere, join(out, 'host-0-key.pem'));
      const delivered = deliverSome(out, inventory, world, { force: true });
      expect(delivered.map(({ previous }) => previous.kind)).toEqual(['file', 'link']);
      expect(readFileSync(elsewhere, 'utf8')).toBe('precious');
      expect(discrepancies(out, inventory)).toEqual([]);
    });
  });

  it('is never taken where it is a folder or the path goes through a file', () => {
    withLab(({ out, world, inventory }) => {
      mkdirSync(join(out, 'host-0.pem'));
      expect(() => deliverSome(out, inventory, world, { force: true })).toThrow(
        code('DEVCA_FILE_NOT_A_FILE'),
      );
      writeFileSync(join(out, 'plain'), '');
      const through = () =>
        deliverSome(out, inventory, world, { files: () => certAndKey(join(out, 'plain', 'x')) });
      expect(through).toThrow(code('DEVCA_FILE_NOT_A_FOLDER'));
      expect(rows(inventory)).toBe(0);
    });
  });

  it('may not be the place of another file of the same call', () => {
    withLab(({ out, world, inventory }) => {
      const twice = () => deliverSome(out, inventory, world, { count: 2, files: () => certAndKey(out) });
      expect(twice).toThrow(code('DEVCA_DELIVERY_SAME_PATH'));
      expect(rows(inventory)).toBe(0);
    });
  });

  it('stops the move where it came at the last moment; the next run completes or keeps both', () => {
    withLab(({ out, world, inventory }) => {
      const target = join(out, 'host-0.pem');
      let created = 0;
      const files = {
        ...world.files,
        createExclusive: (...args: Parameters<typeof world.files.createExclusive>) => {
          world.files.createExclusive(...args);
          created += 1;
          if (created === 2) writeFileSync(target, 'just now');
        },
      };
      const act = () => deliverSome(out, inventory, { ...world, files });
      expect(act).toThrow(code('DEVCA_DELIVERY_INCOMPLETE'));
      expect(readFileSync(target, 'utf8')).toBe('just now');
      expect(readdirSync(out).filter((name) => name.endsWith('.tmp'))).toHaveLength(2);
      const kept = recover(inventory, world);
      expect(kept.problems.map((problem) => problem.code)).toEqual(['DEVCA_DELIVERY_KEPT']);
      expect(readFileSync(target, 'utf8')).toBe('just now');
      renameSync(target, join(out, 'mine'));
      expect(recover(inventory, world)).toMatchObject({
        completed: [target, join(out, 'host-0-key.pem')],
        problems: [],
      });
      expect(discrepancies(out, inventory, [join(out, 'mine')])).toEqual([]);
    });
  });
});

describe('a delivery whose disk fails', () => {
  const operations = withLab(({ out, world, inventory }) => {
    const { files, count } = faultyFiles(world.files, 0, false);
    deliverSome(out, inventory, { ...world, files }, { files: () => certAndKey(join(out, 'new', 'folder')) });
    return count();
  });
  const cases = Array.from({ length: operations }, (_, index) => [index + 1]);

  it.each(cases)('at operation %i leaves all of it or none of it', (nth) => {
    for (const forever of [false, true]) {
      withLab(({ out, world, inventory }) => {
        const options = { files: () => certAndKey(join(out, 'new', 'folder')) };
        const { files } = faultyFiles(world.files, nth, forever);
        const act = () => deliverSome(out, inventory, { ...world, files }, options);
        expect(act).toThrow(/disk is full/);
        const before = rows(inventory);
        // Without a fault that lasts, what was not recorded is gone before the error is reported.
        if (!forever && before === 0) expect(readdirSync(out)).toEqual([]);
        const { problems } = recover(inventory, world);
        expect(problems).toEqual([]);
        expect(discrepancies(out, inventory)).toEqual([]);
        expect(rows(inventory)).toBe(before);
        if (before === 0) expect(readdirSync(out)).toEqual([]);
        if (before === 1) expect(filesUnder(out)).toHaveLength(2);
      });
    }
  });

  it('reports the failure of the work that confirms it, and leaves nothing', () => {
    withLab(({ out, world, inventory }) => {
      const stop = { ...world.clock, now: () => new Date(Number.NaN) };
      expect(() => deliverSome(out, inventory, { ...world, clock: stop })).toThrow();
      expect(readdirSync(out)).toEqual([]);
      expect(inventory.deliveries.hasUnfinished()).toBe(false);
      expect(rows(inventory)).toBe(0);
    });
  });
});

describe('changing a home', () => {
  it('needs an inventory, and makes nothing where there is none', () => {
    const home = scratchFolder();
    const world = testWorld({ home });
    expect(() => changeInventory(home, world, () => 0)).toThrow(code('DEVCA_INVENTORY_MISSING'));
    expect(readdirSync(home)).toEqual([]);
  });

  it('lets go of the lock and the file when the work fails', () => {
    const home = scratchFolder();
    const world = testWorld({ home });
    const fail = () =>
      changeInventory(
        home,
        world,
        () => {
          throw new Error('stop');
        },
        { create: true },
      );
    // A first run that fails leaves no inventory.
    expect(fail).toThrow('stop');
    expect(readdirSync(home)).toEqual(['devca.lock']);
    changeInventory(home, world, (inventory) => addAuthority(inventory), { create: true });
    expect(fail).toThrow('stop');
    expect(changeInventory(home, world, (inventory) => inventory.authorities.all().length)).toBe(1);
    expect(readdirSync(home)).toEqual(['devca.db', 'devca.lock']);
  });
});
