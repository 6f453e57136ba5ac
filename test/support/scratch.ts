import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { realWorld, type World } from '../../src/platform/world.ts';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A new empty folder that is gone when the tests of the file have run. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'devca-test-'));
  folders.push(folder);
  return folder;
}

/** The real world, but at this time and with what else is given. */
export function worldAt(time: string, changes: Partial<World> = {}): World {
  const world = realWorld();
  return { ...world, clock: { ...world.clock, now: () => new Date(time) }, ...changes };
}
