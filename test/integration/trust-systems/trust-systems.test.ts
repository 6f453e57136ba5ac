import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEphemeralAuthority } from '../../../src/authority/ephemeral-authority.ts';
import { describeWith } from '../../support/tools.ts';
import { anchorOf, type WatchedServer, watchedServer } from '../../support/trust-lab.ts';
import { runInNamespace } from '../trust-debian/namespace.ts';
import type { Input, Result } from './scenario.ts';

const TOOLS = ['unshare', 'update-ca-certificates', 'trust', 'openssl', 'curl', 'keytool'];
const READERS = ['curl', 'openssl'];

describeWith(TOOLS, 'the system stores of other families, with the real p11-kit', () => {
  let server: WatchedServer;
  let certificate: string;
  let sha256: string;

  beforeAll(async () => {
    const authority = await createEphemeralAuthority();
    server = await watchedServer(authority);
    const anchor = anchorOf(authority);
    certificate = Buffer.from(anchor.certificate).toString('base64');
    sha256 = anchor.sha256.toUpperCase().replace(/(..)(?!$)/g, '$1:');
  });
  afterAll(() => server[Symbol.dispose]());

  describe.each([
    ['fedora', 'Fedora', '/etc/pki/ca-trust/extracted/java/cacerts'],
    ['arch', 'Arch', '/etc/ssl/certs/java/cacerts'],
    ['suse', 'openSUSE', '/var/lib/ca-certificates/java-cacerts'],
    ['alpine', 'Alpine', ''],
    ['debian', 'Debian', '/etc/ssl/certs/java/cacerts'],
  ] as const)('%s', (family, name, java) => {
    let result: Result;
    beforeAll(async () => {
      const input: Input = { certificate, url: server.url, family };
      const script = resolve(import.meta.dirname, 'scenario.ts');
      result = await runInNamespace<Result>(script, input, { as: 'root' });
    }, 120_000);

    it('is known by what is there', () => {
      expect(result.before).toMatchObject({
        name: `system store (${name})`,
        status: 'not-trusted',
        accepted: [],
      });
    });

    it('is partial as long as the tool was not run', () => {
      expect(result.unextracted).toMatchObject({ status: 'partial', accepted: [] });
      expect(result.unextracted.detail.includes('p11-kit')).toBe(['fedora', 'arch', 'suse'].includes(family));
    });

    it('trusts the root after an install, and so do its readers, and its key store for Java', () => {
      expect(result.errors).toEqual([]);
      expect(result.installed).toMatchObject({ status: 'trusted', accepted: READERS });
      if (java !== '') expect(result.installed.files[java]).toContain(sha256);
    });

    it('is after an uninstall what it was before, byte for byte', () => {
      expect(result.uninstalled).toEqual(result.before);
    });

    it('becomes the same by the printed plan, given to a shell, as by an install', () => {
      expect(result.pastedInstall).toEqual(result.installed);
    });

    it('becomes by the printed plan of an uninstall what it was before', () => {
      expect(result.pastedUninstall).toEqual(result.before);
    });
  });
});
