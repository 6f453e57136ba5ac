import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { type Crash, crashEverywhere, PAGE_WRITES, run } from '../../support/crash.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { describeWith } from '../../support/tools.ts';
import { deliverCommand, type Lab, recovered, usedLab } from './lab.ts';

const CHILD = join(import.meta.dirname, 'disk-child.ts');
const TIMEOUT_MS = 120_000;

/** A run whose database failed somewhere either says so and has issued nothing, or has issued everything. */
function checkFailed(lab: Lab, { status, signal, stderr }: Crash, codes: RegExp): void {
  expect(signal).toBeNull();
  if (status !== 0) expect(stderr).toMatch(codes);
  const left = readdirSync(lab.out).filter((name) => name.startsWith('.devca-'));
  if (/DISK_FULL/.test(stderr)) expect(left).toEqual([]);
  // The last sync of the folder comes when all files are in place.
  const inPlace = status === 0 || (left.length === 0 && stderr.includes(`cannot sync "${lab.out}"`));
  const total = recovered(lab);
  expect(inPlace ? [2, 4] : [2]).toContain(total);
  if (status === 0) expect(total).toBe(4);
}

describeWith(['strace'], 'a delivery whose database cannot be written', () => {
  const plan = (codes: RegExp) => ({
    prepare: () => usedLab(),
    command: (lab: Lab) => deliverCommand(lab),
    check: (lab: Lab, crash: Crash) => checkFailed(lab, crash, codes),
  });
  const full = /^DEVCA_FILE_DISK_FULL /;

  it(
    'because the disk is full for a moment is all there or not at all, and says so',
    async () => {
      const places = await crashEverywhere(
        plan(full),
        { kind: 'error', error: 'ENOSPC', forever: false },
        PAGE_WRITES,
        3,
      );
      expect(places.length).toBeGreaterThan(15);
    },
    TIMEOUT_MS,
  );

  it(
    'because the disk stays full is all there or not at all, and says so',
    async () => {
      await crashEverywhere(plan(full), { kind: 'error', error: 'ENOSPC', forever: true }, PAGE_WRITES, 6);
    },
    TIMEOUT_MS,
  );

  it(
    'because it cannot be synced is all there or not at all, and says so',
    async () => {
      await crashEverywhere(plan(/^DEVCA_FILE_IO /), { kind: 'error', error: 'EIO', forever: false }, [
        'fsync',
        'fdatasync',
      ]);
    },
    TIMEOUT_MS,
  );
});

describeWith(['unshare'], 'a delivery on a small disk', () => {
  interface Attempt {
    readonly left: number;
    readonly code: string;
    readonly issued: number;
    readonly temporaries: number;
    readonly wrong: readonly string[];
  }

  it.each(['home', 'out'])(
    'that has too little room in the %s leaves nothing, says so, and works once there is room',
    async (which) => {
      const folder = scratchFolder();
      const lab = { home: join(folder, 'home'), out: join(folder, 'out') };
      const place = join(folder, which);
      const fill = [process.execPath, '--no-warnings', CHILD, lab.home, lab.out, place];
      for (const path of [lab.home, lab.out]) mkdirSync(path);
      const mount = 'mount -t tmpfs -o size=3m tmpfs "$0" && exec "$@"';
      const { stdout, stderr } = await run(['unshare', '-rm', 'sh', '-c', mount, place, ...fill]);
      expect(stderr).toBe('');
      const attempts = stdout
        .trim()
        .split('\n')
        .map((line): Attempt => JSON.parse(line));
      const last = attempts.pop();
      expect(attempts.length).toBeGreaterThan(20);
      for (const attempt of attempts) {
        const { left } = attempt;
        expect(attempt).toEqual({ left, code: 'DEVCA_FILE_DISK_FULL', issued: 0, temporaries: 0, wrong: [] });
      }
      expect(last).toMatchObject({ code: 'done', issued: 30, temporaries: 0, wrong: [] });
    },
    TIMEOUT_MS,
  );
});
