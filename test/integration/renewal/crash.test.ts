import { createPrivateKey, X509Certificate } from 'node:crypto';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { type CrashPlan, crashEverywhere, PAGE_WRITES } from '../../support/crash.ts';
import { PROJECT } from '../../support/devca.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { describeWith } from '../../support/tools.ts';
import { type Lab, recovered } from '../crash/lab.ts';
import { type RenewalLab, renewalLab } from './lab.ts';

const TIMEOUT_MS = 240_000;
const MOVES = ['rename', 'renameat2', 'fsync', 'fdatasync', 'unlink', 'unlinkat'];

/** Certificate, full chain and key of a folder, which must be of one certificate. */
function filesIn(folder: string): { serial: string; isWhole: boolean } {
  const read = (name: string) => readFileSync(join(folder, name));
  const certificate = new X509Certificate(read('api.test.pem'));
  const fullchain = new X509Certificate(read('api.test-fullchain.pem'));
  const key = createPrivateKey(read('api.test-key.pem'));
  const isWhole = certificate.checkPrivateKey(key) && fullchain.checkPrivateKey(key);
  return { serial: certificate.serialNumber, isWhole };
}

describeWith(['strace'], '`devca renew` and `devca rekey`', () => {
  let template: RenewalLab;
  /** Certificates of the home before each run: root, intermediate and those of the preparation. */
  let before = 0;

  beforeAll(() => {
    template = renewalLab();
  });

  /** Paths are recorded absolutely, so every run has a home that was made for it: issued into its own folder. */
  const plan = (verb: string, flags: readonly string[], within: string): CrashPlan<Lab> => ({
    prepare: () => {
      const folder = scratchFolder();
      const lab = { home: join(folder, 'home'), out: join(folder, 'out') };
      cpSync(template.home, lab.home, { recursive: true });
      template.run('issue', 'api.test', '--home', lab.home, '--out', lab.out);
      if (flags.length > 0) template.run(verb, 'api.test', ...flags, '--home', lab.home);
      before = flags.length > 0 ? 4 : 3;
      return lab;
    },
    command: ({ home }) => [
      process.execPath,
      join(PROJECT, 'bin/devca.js'),
      verb,
      '--all',
      '--home',
      home,
      '-q',
    ],
    check: (lab, { signal, status, stderr }) => {
      const folder = join(lab.out, within);
      // Before anything is mended, a server that starts now has files that fit.
      if (verb === 'renew' || within !== '') expect(filesIn(folder).isWhole).toBe(true);
      if (signal === null && status !== 0) expect(stderr).toMatch(/DISK_FULL|INCOMPLETE|FILE_IO/);
      const count = recovered(lab);
      expect([before, before + 1]).toContain(count);
      expect(filesIn(folder).isWhole).toBe(true);
      if (signal === null && status === 0) expect(count).toBe(before + 1);
      expect(readdirSync(lab.out).filter((name) => name.startsWith('.devca-'))).toEqual([]);
    },
  });

  it.each([
    { verb: 'renew', flags: [], within: '' },
    { verb: 'rekey', flags: [], within: '' },
    { verb: 'rekey', flags: ['--current-link'], within: 'api.test/current' },
  ])(
    'killed at any move or sync of $verb $flags, all of it or nothing is there',
    async ({ verb, flags, within }) => {
      const places = await crashEverywhere(plan(verb, flags, within), { kind: 'kill' }, MOVES);
      expect(places.filter((place) => place.startsWith('rename')).length).toBeGreaterThanOrEqual(2);
    },
    TIMEOUT_MS,
  );

  it.each([
    { verb: 'renew', flags: [], within: '' },
    { verb: 'rekey', flags: ['--current-link'], within: 'api.test/current' },
  ])(
    'with a disk that is full at any write of $verb $flags, the old files stay in place',
    async ({ verb, flags, within }) => {
      const fault = { kind: 'error', error: 'ENOSPC', forever: true } as const;
      const disk = plan(verb, flags, within);
      await crashEverywhere(disk, fault, ['write', 'fsync', 'rename', 'mkdir', 'symlink']);
      await crashEverywhere(disk, fault, PAGE_WRITES, 8);
    },
    TIMEOUT_MS,
  );
});
