import { dirname, join } from 'node:path';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { World } from '../platform/world.ts';
import { lockHolder } from './lock-holder.ts';
import { openSqlite } from './sqlite.ts';
import { requireWritable } from './writable.ts';

/** Held until released, or until the process ends, however it ends. */
interface Lock {
  release(): void;
}

export interface LockOptions {
  /** Default 30,000. */
  readonly timeoutMs?: number;
}

/** Where the lock of a home is. The file stays when the lock is released: removing it would be a race. */
export const lockPath = (home: string): string => join(home, 'devca.lock');

/**
 * Runs a function while no other process of this machine is inside one under the same lock.
 * The lock is the kernel's on a small file that must have a folder to be in, so it goes with the process.
 * Throws DEVCA_INVENTORY_LOCKED after the time limit, and DEVCA_INVENTORY_LOCK_DAMAGED. Not to be nested. Blocks the thread while it waits.
 */
export function withLock<T>(path: string, world: World, work: () => T, options: LockOptions = {}): T {
  const lock = acquireLock(path, world, options);
  try {
    return work();
  } finally {
    lock.release();
  }
}

function acquireLock(path: string, world: World, options: LockOptions): Lock {
  const started = world.clock.monotonicMs();
  for (;;) {
    const lock = tryLock(path, world);
    if (lock !== undefined) return lock;
    refuseAfter(started, path, world, options);
    sleep(POLL_MS);
  }
}

const POLL_MS = 5;

/** A process that has held a lock this long lets those who wait for it have a turn before it asks again. */
const LONG_HOLD_MS = 50;

/** When this process released a lock that it had held for long, on its monotonic clock. */
let longHoldEndedAt = Number.NEGATIVE_INFINITY;

function tryLock(path: string, world: World): Lock | undefined {
  const sinceLongHold = world.clock.monotonicMs() - longHoldEndedAt;
  if (sinceLongHold >= 0 && sinceLongHold < 2 * POLL_MS) sleep(2 * POLL_MS - sinceLongHold);
  try {
    world.files.createExclusive(path, new Uint8Array(), 0o600);
  } catch (error) {
    if (!isDevcaError(error, 'DEVCA_FILE_EXISTS')) throw error;
  }
  requireWritable(path);
  // An exclusive transaction on an empty database takes the kernel's lock on its file; nothing is ever written.
  const sql = openSqlite(path, { busyTimeoutMs: 0 });
  try {
    sql.script('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    sql.close();
    if (isDevcaError(error, 'DEVCA_INVENTORY_BUSY')) return undefined;
    if (isDevcaError(error, 'DEVCA_INVENTORY_CORRUPT'))
      throw new DevcaError('DEVCA_INVENTORY_LOCK_DAMAGED', { path }, { cause: error });
    throw error;
  }
  const since = world.clock.monotonicMs();
  return {
    release: () => {
      sql.close();
      const now = world.clock.monotonicMs();
      if (now - since > LONG_HOLD_MS) longHoldEndedAt = now;
    },
  };
}

function refuseAfter(started: number, path: string, world: World, options: LockOptions): void {
  const { timeoutMs = 30_000 } = options;
  if (world.clock.monotonicMs() - started < timeoutMs) return;
  const holder = lockHolder(path, world);
  throw new DevcaError('DEVCA_INVENTORY_LOCKED', {
    folder: dirname(path),
    holder,
    seconds: timeoutMs / 1000,
  });
}

/** Sleeps without giving way to other tasks of this process. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
