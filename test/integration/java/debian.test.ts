import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createEphemeralAuthority } from '../../../src/authority/ephemeral-authority.ts';
import { describeWith } from '../../support/tools.ts';
import { anchorOf, type WatchedServer, watchedServer } from '../../support/trust-lab.ts';
import { runInNamespace } from '../trust-debian/namespace.ts';
import type { DebianResult, UserResult } from './debian-scenario.ts';

const ID = 'java:/etc/ssl/certs/java/cacerts';

describeWith(
  ['java', 'keytool', 'unshare', 'update-ca-certificates', 'sudo', 'setpriv'],
  "Debian's key store for Java, in a namespace of its own",
  () => {
    let server: WatchedServer;
    let input: { certificate: string; url: string };
    let result: DebianResult;
    beforeAll(async () => {
      const authority = await createEphemeralAuthority();
      server = await watchedServer(authority);
      const certificate = Buffer.from(anchorOf(authority).certificate).toString('base64');
      input = { certificate, url: server.url };
      result = await runInNamespace<DebianResult>('../java/debian-scenario.ts', input, { as: 'root' });
    }, 90_000);
    afterAll(() => server[Symbol.dispose]());

    it('trusts the root by itself, where Java alone is named', () => {
      const { before, install, installed, uninstall, after } = result.alone;
      expect(before).toMatchObject({ status: 'not-trusted', fetched: false });
      expect(install).toEqual([`${ID} trusted changed`]);
      expect(installed).toMatchObject({ status: 'trusted', fetched: true, mode: before.mode });
      expect(uninstall).toEqual([`${ID} not-trusted changed`]);
      expect(after).toEqual(before);
    });

    it('gets the root with the store of the system, and loses it with that', () => {
      const { before, install, installed, uninstall, after } = result.withSystem;
      expect(install).toEqual(['system trusted changed', `${ID} trusted`]);
      expect(installed).toMatchObject({ status: 'trusted', fetched: true });
      expect(uninstall).toEqual(['system not-trusted changed', `${ID} not-trusted`]);
      expect(after).toEqual(before);
    });

    it('is changed by single commands that run as root, where a user asks for it', async () => {
      const userHome = mkdtempSync(join(tmpdir(), 'devca-user-'));
      try {
        const how = { as: 'user', userHome } as const;
        const { alone } = await runInNamespace<UserResult>('../java/debian-scenario.ts', input, how);
        expect(alone.install).toEqual([`${ID} trusted changed`]);
        expect(alone.installed).toMatchObject({ fetched: true, owner: 0, mode: alone.before.mode });
        expect(alone.after).toEqual(alone.before);
      } finally {
        rmSync(userHome, { recursive: true, force: true });
      }
    }, 90_000);

    it('is as it was where its place is read-only or full', () => {
      expect(result.readOnly).toBe('permission DEVCA_TRUST_READ_ONLY unchanged');
      expect(result.full).toBe('unknown DEVCA_TRUST_COMMAND_FAILED unchanged');
      expect(result.left).toEqual(['cacerts']);
    });
  },
);
