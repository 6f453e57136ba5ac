import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { run } from '../../support/crash.ts';
import { deliverSome } from '../../support/delivery-lab.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { describeWith } from '../../support/tools.ts';
import { type Lab, usedLab } from './lab.ts';

const CHILD = join(import.meta.dirname, 'read-child.ts');
const world = realWorld();
const command = ({ home, out }: Lab) => [process.execPath, '--no-warnings', CHILD, home, out];

/** A copy of a home with four certificates, two of which are still in its write-ahead log. */
function withLog(files: readonly string[]): Lab {
  const source = usedLab();
  const folder = scratchFolder();
  const lab = { home: join(folder, 'home'), out: join(folder, 'out') };
  for (const path of [lab.home, lab.out]) mkdirSync(path);
  const inventory = openInventory(inventoryPath(source.home), world);
  deliverSome(lab.out, inventory, world, { count: 2 });
  for (const name of files) cpSync(join(source.home, name), join(lab.home, name));
  inventory.close();
  return lab;
}

describeWith(['unshare'], 'a home on a read-only mount', () => {
  const mount = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"';
  const readOnly = (lab: Lab) => run(['unshare', '-rm', 'sh', '-c', mount, lab.home, ...command(lab)]);

  it.each([
    ['is tidy', ['devca.db'], 2],
    ['has a write-ahead log', ['devca.db', 'devca.db-wal'], 4],
    ['has a write-ahead log and its index', ['devca.db', 'devca.db-wal', 'devca.db-shm'], 4],
  ])('can be read where it %s, and says that it cannot be changed', async (_how, files, count) => {
    const lab = withLog(files);
    expect(await readOnly(lab)).toMatchObject({
      stdout: `${count} certificates\nDEVCA_FILE_READ_ONLY\n`,
      stderr: '',
      status: 0,
    });
    expect(readdirSync(lab.home).sort()).toEqual([...files].sort());
  });
});

describe('a home that belongs to another user', () => {
  /** The child runs as a user without rights where this process has them. */
  const asNobody = (lab: Lab) =>
    run(command(lab), {}, undefined, process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {});

  it('says that there is no permission to read it or to change it', async () => {
    const lab = usedLab();
    chmodSync(dirname(lab.home), 0o755);
    chmodSync(join(lab.home, 'devca.db'), process.getuid?.() === 0 ? 0o600 : 0o000);
    expect((await asNobody(lab)).stdout).toBe('DEVCA_FILE_PERMISSION\nDEVCA_FILE_PERMISSION\n');
  });

  it('can be read where its files can, though nothing may be put beside them', async () => {
    const lab = usedLab();
    chmodSync(dirname(lab.home), 0o755);
    chmodSync(join(lab.home, 'devca.db'), 0o444);
    chmodSync(lab.home, 0o555);
    if (process.getuid?.() === 0) chownSync(lab.home, 0, 0);
    const { stdout } = await asNobody(lab);
    chmodSync(lab.home, 0o755);
    expect(stdout).toBe('2 certificates\nDEVCA_FILE_PERMISSION\n');
  });
});
