import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { lockPath, withLock } from '../../../src/inventory/lock.ts';
import { processWithLock } from '../../../src/inventory/lock-holder.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const world = testWorld({ home: '/nowhere' });
const quickly = { timeoutMs: 30 };

describe('the lock of a home', () => {
  it('gives what the work gives, and can be taken again', () => {
    const home = scratchFolder();
    for (const value of [1, 2]) expect(withLock(lockPath(home), world, () => value)).toBe(value);
    expect(readdirSync(home)).toEqual(['devca.lock']);
    expect(statSync(lockPath(home)).mode & 0o777).toBe(0o600);
  });

  it('is let go of when the work fails', () => {
    const path = lockPath(scratchFolder());
    const fail = () => {
      throw new Error('stop');
    };
    expect(() => withLock(path, world, fail)).toThrow('stop');
    expect(withLock(path, world, () => 'free', quickly)).toBe('free');
  });

  it('refuses a second holder after the time limit', () => {
    const path = lockPath(scratchFolder());
    const second = () => withLock(path, world, () => 'second', quickly);
    expect(() => withLock(path, world, second)).toThrow(
      expect.objectContaining({
        code: 'DEVCA_INVENTORY_LOCKED',
        context: expect.objectContaining({ folder: dirname(path), seconds: 0.03 }),
      }),
    );
  });

  it('is not taken for an inventory where something else stands in its place', () => {
    const path = lockPath(scratchFolder());
    writeFileSync(path, 'x'.repeat(4096), { mode: 0o600 });
    expect(() => withLock(path, world, () => 0)).toThrow(
      expect.objectContaining({ code: 'DEVCA_INVENTORY_LOCK_DAMAGED' }),
    );
  });

  it('needs its folder', () => {
    const path = lockPath(`${scratchFolder()}/none`);
    expect(() => withLock(path, world, () => 0)).toThrow(
      expect.objectContaining({ code: 'DEVCA_FILE_FOLDER_MISSING' }),
    );
  });
});

describe('the holder of a lock', () => {
  const table = [
    '1: POSIX  ADVISORY  READ 11 08:01:77 128 128',
    '2: FLOCK  ADVISORY  WRITE 12 00:1b:78 0 EOF',
    '3: POSIX  ADVISORY  WRITE 4242 08:01:77 1073741824 1073742335',
    '3: -> POSIX  ADVISORY  WRITE 13 08:01:79 0 EOF',
  ].join('\n');

  it('is read from the table of the kernel', () => {
    expect(processWithLock(77, table)).toBe(4242);
  });

  it('is unknown where only readers and waiters are in the table', () => {
    expect(processWithLock(79, table)).toBeUndefined();
    expect(processWithLock(7, table)).toBeUndefined();
  });
});
