import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { type CrashPlan, crashEverywhere, killAtRandom } from '../../support/crash.ts';
import { devca, PROJECT } from '../../support/devca.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { describeWith } from '../../support/tools.ts';
import { type Lab, recovered } from './lab.ts';

const TIMEOUT_MS = 180_000;

describeWith(['strace'], '`devca issue` that is killed', () => {
  const template = scratchFolder();
  let before = 0;

  beforeAll(() => {
    for (const args of [
      ['init', '--no-trust'],
      ['issue', 'localhost', '--out', 'first'],
    ]) {
      const { status, stderr } = devca(args, {
        home: template,
        environment: { DEVCA_HOME: join(template, 'home') },
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
    before = 3;
  });

  /** Each run issues into a copy of the same home, so that the runs know nothing of each other. */
  const plan: CrashPlan<Lab> = {
    prepare: () => {
      const folder = scratchFolder();
      cpSync(join(template, 'home'), join(folder, 'home'), { recursive: true });
      mkdirSync(join(folder, 'out'));
      return { home: join(folder, 'home'), out: join(folder, 'out') };
    },
    command: ({ home, out }) => [
      process.execPath,
      join(PROJECT, 'bin/devca.js'),
      'issue',
      'localhost',
      '127.0.0.1',
      '--home',
      home,
      '--out',
      join(out, 'certs'),
    ],
    check: (lab, { signal, status, stderr }) => {
      expect([signal, status, stderr]).toEqual(signal === null ? [null, 0, ''] : ['SIGKILL', null, '']);
      const count = recovered(lab);
      expect([before, before + 1]).toContain(count);
      expect(existsSync(join(lab.out, 'certs/localhost+1.pem'))).toBe(count > before);
      if (count === before) expect(readdirSync(lab.out)).toEqual([]);
      if (signal === null) expect(count).toBe(before + 1);
    },
  };

  it(
    'at every rename, sync, unlink and commit is all there or not at all',
    async () => {
      const places = await crashEverywhere(plan, { kind: 'kill' }, [
        'rename',
        'renameat2',
        'fsync',
        'fdatasync',
        'unlink',
        'unlinkat',
      ]);
      expect(places.filter((place) => place.startsWith('rename'))).toHaveLength(3);
    },
    TIMEOUT_MS,
  );

  it(
    'at 200 random moments loses nothing and leaves nothing half done',
    async () => {
      expect(await killAtRandom(plan, 200)).toBeGreaterThan(100);
    },
    TIMEOUT_MS,
  );
});
