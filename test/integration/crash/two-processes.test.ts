import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openInventory } from '../../../src/inventory/database.ts';
import { lockPath, withLock } from '../../../src/inventory/lock.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { run } from '../../support/crash.ts';
import { filesUnder } from '../../support/delivery-lab.ts';
import { deliverCommand, emptyLab, recovered, usedLab } from './lab.ts';

const world = realWorld();
const HOLDER = join(import.meta.dirname, 'lock-child.ts');

describe('two processes at once', () => {
  it('that issue 500 each record 1,000 different serial numbers, each with its files', async () => {
    const lab = usedLab();
    const issue = (prefix: string) => run(deliverCommand(lab, '5', '100', prefix));
    const ends = await Promise.all(['left', 'right'].map(issue));
    expect(ends).toEqual(ends.map(() => ({ status: 0, signal: null, stdout: '', stderr: '' })));
    expect(recovered(lab)).toBe(2 + 1000);
    const inventory = openInventory(join(lab.home, 'devca.db'), world, { readOnly: true });
    const serials = inventory.certificates.list({ at: new Date() }).map(({ serialNumber }) => serialNumber);
    inventory.close();
    expect(new Set(serials).size).toBe(1002);
    // Each round replaced the files of the round before.
    expect(filesUnder(lab.out)).toHaveLength(2 * (2 + 100 + 100));
  }, 60_000);

  it('that begin in an empty home make one authority, and deliver to the same places one after the other', async () => {
    const lab = emptyLab();
    const ends = await Promise.all(Array.from({ length: 4 }, () => run(deliverCommand(lab, '3'))));
    expect(ends.map(({ status, stderr }) => [status, stderr])).toEqual(ends.map(() => [0, '']));
    expect(recovered(lab)).toBe(4 * 3 * 2);
    expect(filesUnder(lab.out)).toHaveLength(4);
  }, 60_000);
});

describe('the lock of a home', () => {
  it('names the process that holds it, and is free as soon as that is killed', async () => {
    const path = lockPath(emptyLab().home);
    const child = spawn(process.execPath, ['--no-warnings', HOLDER, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    const locked = () => withLock(path, world, () => 'free', { timeoutMs: 100 });
    const holder = expect.stringMatching(new RegExp(`^process ${child.pid}: .*lock-child`));
    const context =
      process.platform === 'linux' ? { folder: dirname(path), seconds: 0.1, holder } : expect.anything();
    expect(locked).toThrow(expect.objectContaining({ code: 'DEVCA_INVENTORY_LOCKED', context }));
    child.kill('SIGKILL');
    await ended;
    expect(locked()).toBe('free');
  });
});
