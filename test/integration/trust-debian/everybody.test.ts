import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import type { EverybodyResult, Judgement } from './everybody-scenario.ts';
import { runInNamespace } from './namespace.ts';

const CLIENTS = [
  ...['curl', 'wget', 'git', 'openssl', 'gnutls', 'python', 'python-requests', 'node', 'deno', 'bun'],
  ...['ruby', 'php', 'java', 'go', 'chromium', 'firefox'],
];

describeWith(
  [
    ...['unshare', 'update-ca-certificates', 'certutil', 'sudo', 'setpriv', 'curl', 'wget', 'git', 'openssl'],
    ...['gnutls-cli', 'python3', 'deno', 'bun', 'ruby', 'php', 'java', 'go', 'chromium', 'firefox-esr'],
  ],
  'every client of this machine',
  () => {
    const userHome = mkdtempSync(join(tmpdir(), 'devca-user-'));
    let result: EverybodyResult;
    beforeAll(async () => {
      // The user can start nothing from the home of whoever runs the tests.
      const path = `${(process.env['PATH'] ?? '')
        .split(':')
        .filter((folder) => folder.includes('.cache/peers'))
        .join(':')}:/usr/local/bin:/usr/bin:/bin`;
      result = await runInNamespace<EverybodyResult>(
        'everybody-scenario.ts',
        { path },
        { as: 'user', userHome },
      );
    }, 300_000);
    afterAll(() => rmSync(userHome, { recursive: true, force: true }));
    const verdicts = ({ clients }: Judgement): readonly string[] =>
      clients.map(({ id, status, detail }) => `${id} ${status}${status === 'accepted' ? '' : ` ${detail}`}`);

    it('refuses a certificate of the authority before its root is trusted', () => {
      expect(new Set(result.before.clients.map(({ id }) => id))).toEqual(new Set(CLIENTS));
      expect(verdicts(result.before).filter((verdict) => !/^\S+ refused/.test(verdict))).toEqual([]);
      expect(result.before.status).toBe(4);
    });

    it('accepts it after devca trust install, under devca run', () => {
      expect(verdicts(result.installed).filter((verdict) => !/^\S+ accepted/.test(verdict))).toEqual([]);
      expect(result.installed.status).toBe(0);
    });

    it('refuses it after devca trust uninstall', () => {
      expect(verdicts(result.after).filter((verdict) => !/^\S+ refused/.test(verdict))).toEqual([]);
    });
  },
);
