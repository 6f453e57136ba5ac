import { beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import type { KilledResult } from './killed-scenario.ts';
import { runInNamespace } from './namespace.ts';

describeWith(
  ['unshare', 'update-ca-certificates', 'openssl', 'certutil', 'strace'],
  'devca trust, killed amid a change of real stores',
  () => {
    let result: KilledResult;
    beforeAll(async () => {
      result = await runInNamespace<KilledResult>('killed-scenario.ts', {}, { as: 'root' });
    }, 240_000);

    it('was killed, and left half a change more than once', () => {
      expect(result.runs.filter(({ killed }) => !killed)).toEqual([]);
      expect(result.runs.filter(({ half }) => half).length).toBeGreaterThan(1);
    });

    it('settles it with the next command, forwards or back', () => {
      for (const { knife, settled, trusted } of result.runs)
        expect({ knife, settled, trusted }).toEqual({
          knife,
          settled: true,
          trusted: knife.next === 'install',
        });
    });

    it('leaves every file, link and flag as before after an uninstall', () => {
      expect(result.runs.filter(({ restored }) => !restored)).toEqual([]);
    });

    it('undoes an install from the journal alone', () => {
      expect(result.withoutHome).toEqual({ status: 0, restored: true });
    });
  },
);
