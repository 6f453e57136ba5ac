import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import { runInNamespace, USER_ID } from './namespace.ts';
import type { RootProcessResult, Run } from './root-process-scenario.ts';

describeWith(
  ['unshare', 'update-ca-certificates', 'openssl', 'certutil', 'keytool', 'sudo', 'setpriv'],
  'the process that stays root',
  () => {
    const userHome = mkdtempSync(join(tmpdir(), 'devca-user-'));
    let result: RootProcessResult;
    beforeAll(async () => {
      chmodSync(userHome, 0o700);
      result = await runInNamespace<RootProcessResult>(
        'root-process-scenario.ts',
        { userHome, userId: USER_ID },
        { as: 'root', userHome },
      );
    }, 180_000);
    afterAll(() => rmSync(userHome, { recursive: true, force: true }));
    const rows = ({ stdout }: Run) =>
      (JSON.parse(stdout) as { stores: { id: string; status: string; detail: string }[] }).stores.map(
        ({ id, status, detail }) => `${id} ${status}${/^(not-)?trusted$/.test(status) ? '' : ` ${detail}`}`,
      );

    it('changes each store that needs root, and leaves nothing', () => {
      expect(rows(result.install).map((row) => row.replace(/^\S+ /, ''))).toEqual(Array(6).fill('trusted'));
      expect(rows(result.uninstall).map((row) => row.replace(/^\S+ /, ''))).toEqual(
        Array(6).fill('not-trusted'),
      );
      expect(result.left).toEqual([]);
    });

    it('does nothing else, whatever it is asked', () => {
      expect(
        Object.entries(result.refusals).filter(
          ([, text]) => !/^root does not run it: |is not valid JSON$/.test(text),
        ),
      ).toEqual([]);
      expect(result.harm).toEqual([]);
      for (const name of [
        'a program of the user',
        'a program open to a group',
        'a link to a program of the user',
      ])
        expect(result.refusals[name]).toMatch(
          /others than root may change "\/etc\/jdk\/(own|open)\/keytool"/,
        );
    });

    it('goes on after what is no request, and ends with its input', () => {
      expect(result.refusals['no request']).not.toBe('');
      expect(result.ended).toBe(0);
    });
  },
);
