// A program for the tests beside it: takes the lock whose path is its argument, says so, and sleeps with it.
import { writeSync } from 'node:fs';
import { withLock } from '../../../src/inventory/lock.ts';
import { realWorld } from '../../../src/platform/world.ts';

const [path = ''] = process.argv.slice(2);
withLock(path, realWorld(), () => {
  writeSync(1, 'locked\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
});
