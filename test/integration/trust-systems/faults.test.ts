import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import { newAnchor } from '../../support/trust-lab.ts';
import { runInNamespace } from '../trust-debian/namespace.ts';
import type { FaultInput, FaultResult } from './faults-scenario.ts';

describeWith(
  ['unshare', 'update-ca-certificates', 'openssl', 'sudo', 'setpriv'],
  "a spoilt system's store",
  () => {
    let userHome: string;
    let result: FaultResult;
    beforeAll(async () => {
      userHome = mkdtempSync(join(tmpdir(), 'devca-user-'));
      const certificate = Buffer.from(newAnchor('faults').certificate).toString('base64');
      const script = resolve(import.meta.dirname, 'faults-scenario.ts');
      const input: FaultInput = { certificate };
      result = await runInNamespace<FaultResult>(script, input, { as: 'user', userHome });
    }, 120_000);
    afterAll(() => rmSync(userHome, { recursive: true, force: true }));

    it('says that it is read-only, and with which command to see why', () => {
      expect(result['read-only']).toMatchObject({
        status: 'permission',
        code: 'DEVCA_TRUST_READ_ONLY',
        detail: expect.stringContaining('Read-only file system'),
        fix: 'findmnt --target /usr/local/share/ca-certificates',
      });
    });

    it('gives the command that does it by hand where sudo has nobody to ask', () => {
      expect(result['nobody-at-the-terminal']).toMatchObject({
        status: 'permission',
        code: 'DEVCA_TRUST_NEEDS_ROOT',
        fix: 'devca trust install --store system --dry-run | sh',
      });
    });

    it('has its row where the folder may not be looked into', () => {
      expect(result.unreadable).toMatchObject({
        status: 'permission',
        detail: expect.stringContaining('/usr/local/share/ca-certificates'),
      });
    });

    it('tells an empty bundle and a missing one from one without the root', () => {
      expect(result['empty-bundle'].detail).toBe('/etc/ssl/certs/ca-certificates.crt is empty');
      expect(result['bundle-of-nowhere'].detail).toBe('/etc/ssl/certs/ca-certificates.crt is not there');
      expect(result.restored).toMatchObject({
        status: 'not-trusted',
        detail: 'not in /etc/ssl/certs/ca-certificates.crt',
      });
    });

    it('shows what a broken tool said, and leaves no file of devca behind', () => {
      expect(result['broken-tool']).toMatchObject({
        code: 'DEVCA_TRUST_COMMAND_FAILED',
        detail: expect.stringContaining('update-ca-certificates failed (status 3): out of luck'),
      });
      expect(result.leftFile).toBe(false);
      // The rebuild that would undo the change failed too: the next command settles it.
      expect(result.journalled).toBe(1);
    });

    it('is changed and changed back by the printed plans, in the shell of a user who has sudo', () => {
      expect(result.pasted).toMatchObject({ status: 'trusted' });
      expect(result.pastedBack).toEqual(result.restored);
    });
  },
);
