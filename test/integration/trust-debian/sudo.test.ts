import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import { runInNamespace, USER_ID } from './namespace.ts';
import type { SudoResult } from './sudo-scenario.ts';

describeWith(
  ['unshare', 'update-ca-certificates', 'openssl', 'certutil', 'sudo', 'setpriv'],
  'devca through the real sudo',
  () => {
    const userHome = mkdtempSync(join(tmpdir(), 'devca-user-'));
    let result: SudoResult;
    beforeAll(async () => {
      chmodSync(userHome, 0o700);
      result = await runInNamespace<SudoResult>(
        'sudo-scenario.ts',
        { userHome, userId: USER_ID },
        { as: 'root', userHome },
      );
    }, 120_000);
    afterAll(() => rmSync(userHome, { recursive: true, force: true }));
    const statuses = (name: string): readonly string[] =>
      (JSON.parse(result.runs[name]?.stdout ?? '') as { stores: { id: string; status: string }[] }).stores
        .filter(({ status }) => status !== 'unsupported')
        .map(({ id, status }) => `${id.replace(userHome, '~')} ${status}`);

    it('uses the authority of who called it, and makes none of root', () => {
      expect(result.runs['init']).toMatchObject({ status: 0 });
      expect(result.runs['issue']).toMatchObject({ status: 0, stderr: '' });
      expect(result.files).toContain('.local/share/devca/devca.db');
      expect(result.files).toContain('localhost-key.pem');
      expect(result.rootsOwn).toBe(false);
    });

    it("changes the system's store and the user's, each as whose it is", () => {
      expect(statuses('status')).toEqual(['system trusted', 'nss:~/.local/share/pki/nssdb trusted']);
      expect(statuses('uninstall')).toEqual([
        'system not-trusted',
        'nss:~/.local/share/pki/nssdb not-trusted',
      ]);
    });

    it('needs no right of root to get at what is the user’s alone', () => {
      expect(result.runs['root that is bound']).toMatchObject({ status: 2 });
      expect(result.runs['status']).toMatchObject({ status: 0 });
      expect(result.foreign).toEqual([]);
      expect(result.modes).toEqual({
        '.local/share/devca': 0o700,
        '.local/share/devca/devca.db': 0o600,
        '.local/state/devca/trust.jsonl': 0o600,
      });
    });

    it('knows who called doas', () => {
      expect(result.runs['doas']).toMatchObject({ status: 0, stdout: expect.stringContaining('localhost') });
    });

    it('works as root on a home of root that is named', () => {
      expect(result.runs['by name']).toMatchObject({ status: 0 });
      expect(result.namedOwner).toBe(0);
    });

    it('refuses a caller whom the password database does not know', () => {
      expect(result.runs['nobody']).toMatchObject({
        status: 5,
        stderr: expect.stringContaining('[DEVCA_TRUST_INVOKER_UNKNOWN]'),
      });
    });

    it('refuses as root alone the home of a user', () => {
      expect(result.runs['root alone']).toMatchObject({
        status: 5,
        stderr: expect.stringContaining('[DEVCA_HOME_UNSAFE]'),
      });
    });

    it('opens no debugger for the user, who could make the part that is root do anything by it', () => {
      expect(result.signalled).toMatchObject({ owner: USER_ID, sent: 0, isAlive: true });
      expect(result.signalled.stderr).not.toContain('Debugger');
    });

    it('makes root change nothing of others by a journal that the user forged', () => {
      expect(result.runs['forged journal']?.stdout).toContain('no browser that devca knows');
      expect(result.left).toEqual(['/etc/one', '/etc/three', '/etc/two']);
    });

    it('follows no link of the user with the rights of root', () => {
      expect(result.runs['link']?.status).not.toBe(0);
      expect(result.runs['linked name']).toMatchObject({
        status: 5,
        stderr: expect.stringContaining('[DEVCA_HOME_UNSAFE]'),
      });
      expect(result.runs['linked journal']?.status).toBe(5);
      expect(result.linkedInto).toEqual([]);
    });
  },
);
