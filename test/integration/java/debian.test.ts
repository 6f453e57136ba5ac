import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createEphemeralAuthority } from '../../../src/authority/ephemeral-authority.ts';
import { describeWith } from '../../support/tools.ts';
import { anchorOf, type WatchedServer, watchedServer } from '../../support/trust-lab.ts';
import { runInNamespace } from '../trust-debian/namespace.ts';
import type { DebianResult } from './debian-scenario.ts';

const ID = 'java:/etc/ssl/certs/java/cacerts';

describeWith(
  ['java', 'keytool', 'unshare', 'update-ca-certificates'],
  "Debian's key store for Java, in a namespace of its own",
  () => {
    let server: WatchedServer;
    let result: DebianResult;
    beforeAll(async () => {
      const authority = await createEphemeralAuthority();
      server = await watchedServer(authority);
      const certificate = Buffer.from(anchorOf(authority).certificate).toString('base64');
      const input = { certificate, url: server.url };
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

    it('is as it was where its place is read-only or full', () => {
      expect(result.readOnly).toBe('permission DEVCA_FILE_READ_ONLY unchanged');
      expect(result.full).toBe('unknown DEVCA_TRUST_COMMAND_FAILED unchanged');
      expect(result.left).toEqual(['cacerts']);
    });
  },
);
