import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import type { DoctorResult } from './doctor-scenario.ts';
import { runInNamespace } from './namespace.ts';

describeWith(
  ['unshare', 'update-ca-certificates', 'openssl', 'mkcert', 'sudo', 'setpriv', 'csplit'],
  'devca doctor, on what other tools leave in the store of the system',
  () => {
    const userHome = mkdtempSync(join(tmpdir(), 'devca-user-'));
    let result: DoctorResult;
    beforeAll(async () => {
      result = await runInNamespace<DoctorResult>(
        'doctor-scenario.ts',
        { userHome },
        { as: 'user', userHome },
      );
    }, 180_000);
    afterAll(() => rmSync(userHome, { recursive: true, force: true }));
    const messages = (id: string): readonly string[] =>
      result.found.filter((finding) => finding.id === id).map(({ message }) => message);

    it('finds nothing on a machine that is in order', () => {
      expect(result.clean).toEqual([]);
    });

    it('finds the roots of mkcert, with the key to the user’s own and with that of sudo', () => {
      expect(messages('unconstrained-root')).toEqual([
        expect.stringContaining(`its key is at hand in "${userHome}/.local/share/mkcert/rootCA-key.pem"`),
        expect.stringContaining('that root made through sudo'),
      ]);
    });

    it('finds what update-ca-certificates ignores, serves by half, or leaves behind', () => {
      for (const id of [
        'root-ignored',
        'root-in-der',
        'several-roots-in-file',
        'dangling-links',
        'duplicate-root',
      ])
        expect({ id, count: messages(id).length }).not.toEqual({ id, count: 0 });
    });

    it('finds a root of devca whose authority is not here', () => {
      expect(messages('old-root')).toHaveLength(1);
    });

    it('mends all of it by the commands that it gives', () => {
      expect(result.left).toEqual([]);
    });
  },
);
