import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import {
  createEphemeralAuthority,
  type EphemeralAuthority,
} from '../../../src/authority/ephemeral-authority.ts';
import type { EphemeralCertificate } from '../../../src/authority/ephemeral-certificate.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { cleanEnvironment, describeWith } from '../../support/tools.ts';

/** Whether `certtool --verify` trusts a full chain. */
function isTrusted(ca: EphemeralAuthority, issued: EphemeralCertificate, ...args: string[]): boolean {
  const folder = scratchFolder();
  const root = join(folder, 'root.pem');
  writeFileSync(root, ca.rootPem);
  const outcome = spawnSync('certtool', ['--verify', '--load-ca-certificate', root, ...args], {
    env: cleanEnvironment(folder),
    input: issued.fullchainPem,
    encoding: 'utf8',
  });
  return outcome.stdout.includes('Chain verification output: Verified. The certificate is trusted.');
}

describeWith(['certtool'], 'GnuTLS', () => {
  it('trusts what is issued for every profile', async () => {
    const ca = await createEphemeralAuthority({ permit: ['orders'] });
    const server = await ca.issue(['localhost', '127.0.0.1', '::1']);
    expect(
      isTrusted(ca, server, '--verify-hostname', 'localhost', '--verify-purpose', '1.3.6.1.5.5.7.3.1'),
    ).toBe(true);
    expect(isTrusted(ca, await ca.issue(['127.0.0.1']))).toBe(true);
    expect(
      isTrusted(
        ca,
        await ca.issue(['alice'], { profile: 'client' }),
        '--verify-purpose',
        '1.3.6.1.5.5.7.3.2',
      ),
    ).toBe(true);
    expect(isTrusted(ca, await ca.issue(['alice@example.com'], { profile: 'client' }))).toBe(true);
    expect(isTrusted(ca, await ca.issue(['orders', '10.1.2.3'], { profile: 'service' }))).toBe(true);
  });

  it('refuses a name outside the constraint', async () => {
    const ca = await createEphemeralAuthority();
    expect(isTrusted(ca, await ca.issueDefective(['www.google.com'], {}))).toBe(false);
  });
});
