import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEphemeralAuthority } from '../../../src/authority/ephemeral-authority.ts';
import { describeWith } from '../../support/tools.ts';
import { anchorOf, type WatchedServer, watchedServer } from '../../support/trust-lab.ts';
import { runInNamespace, USER_ID } from './namespace.ts';
import type { ScenarioInput, ScenarioResult } from './scenario.ts';

const READERS = [
  'curl',
  'openssl bundle',
  'openssl folder',
  ...(existsSync('/usr/bin/python3') ? ['python'] : []),
];

describeWith(
  ['unshare', 'update-ca-certificates', 'openssl', 'curl', 'certutil', 'sudo', 'setpriv'],
  "Debian's system store, in a namespace of its own",
  () => {
    let server: WatchedServer;
    let input: ScenarioInput;

    beforeAll(async () => {
      const authority = await createEphemeralAuthority();
      server = await watchedServer(authority);
      const certificate = Buffer.from(anchorOf(authority).certificate).toString('base64');
      input = { certificate, url: server.url };
    });
    afterAll(() => server[Symbol.dispose]());

    describe('as root', () => {
      let result: ScenarioResult;
      beforeAll(async () => {
        result = await runInNamespace<ScenarioResult>('scenario.ts', input, { as: 'root' });
      }, 60_000);

      it('is refused by every reader before the install', () => {
        expect(result.before).toMatchObject({ status: 'not-trusted', accepted: [], anchors: [] });
      });

      it('is accepted by every reader after it, from one file with a name of devca', () => {
        expect(result.planned).toEqual([
          expect.stringMatching(/^write as root/),
          expect.stringMatching(/^run as root/),
        ]);
        expect(result.install).toMatchObject([{ status: 'trusted', changed: true }]);
        expect(result.installed).toMatchObject({ status: 'trusted', accepted: READERS });
        expect(result.installed.anchors).toEqual([expect.stringMatching(/^devca-[0-9a-f]{16}\.crt$/)]);
      });

      it('is refused by all of them after the uninstall', () => {
        expect(result.uninstall).toMatchObject([{ status: 'not-trusted', changed: true }]);
        expect(result.after).toMatchObject({
          status: 'not-trusted',
          accepted: [],
          anchors: [],
          javaAliases: [],
        });
      });

      it('leaves the bundle byte for byte as it was, and no link that leads nowhere', () => {
        expect(result.after.bundle).toBe(result.before.bundle);
        expect(result.after.links).toEqual(result.before.links);
        expect(result.after.deadLinks).toEqual([]);
      });
    });
    describe('as a user of sudo', () => {
      it('is changed by single commands that run as root', async () => {
        const userHome = mkdtempSync(join(tmpdir(), 'devca-user-'));
        try {
          const result = await runInNamespace<ScenarioResult>('scenario.ts', input, { as: 'user', userHome });
          expect(result.owners).toEqual({ user: USER_ID, anchor: 0 });
          expect(result.installed).toMatchObject({ status: 'trusted', accepted: READERS });
          expect(result.after).toMatchObject({
            status: 'not-trusted',
            accepted: [],
            bundle: result.before.bundle,
          });
        } finally {
          rmSync(userHome, { recursive: true, force: true });
        }
      }, 60_000);
    });
  },
);
