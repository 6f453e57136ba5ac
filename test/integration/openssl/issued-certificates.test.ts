import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import {
  createEphemeralAuthority,
  type EphemeralAuthority,
} from '../../../src/authority/ephemeral-authority.ts';
import type { EphemeralCertificate } from '../../../src/authority/ephemeral-certificate.ts';
import { encodePem } from '../../../src/pki/pem.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { cleanEnvironment, describeWith } from '../../support/tools.ts';

/** What `openssl verify` says of a certificate, `OK` or its error. */
function verify(
  ca: EphemeralAuthority,
  issued: EphemeralCertificate,
  purpose: string,
  ...args: string[]
): string {
  const folder = scratchFolder();
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const root = file('root.pem', ca.rootPem);
  const chain = file('chain.pem', ca.intermediatePem);
  const crls = file(
    'crls.pem',
    ['root', 'intermediate'].map((which) => encodePem('X509 CRL', ca.buildCrl(which as 'root'))).join(''),
  );
  const cert = file('cert.pem', issued.certPem);
  const fixed = ['verify', '-x509_strict', '-CAfile', root, '-untrusted', chain, '-purpose', purpose];
  const { stdout, stderr } = spawnSync(
    'openssl',
    [...fixed, ...args.map((arg) => arg.replace('CRLS', crls)), cert],
    {
      env: cleanEnvironment(folder),
      encoding: 'utf8',
    },
  );
  return stdout.includes(': OK') ? 'OK' : (/error \d+ .*: (.*)/.exec(stderr)?.[1] ?? stderr);
}

describeWith(['openssl'], 'OpenSSL', () => {
  it.each(['ec-p256', 'ec-p384', 'rsa-2048'] as const)(
    'accepts what a %s authority issues, for every profile and kind of key',
    async (keyType) => {
      const ca = await createEphemeralAuthority({ keyType, permit: ['orders'] });
      for (const leafType of ['ec-p256', 'ec-p384', 'rsa-2048', 'ed25519'] as const) {
        const options = { keyType: leafType };
        const server = await ca.issue(
          ['localhost', '*.app.test', '127.0.0.1', '::1', 'xn--bcher-kva.test'],
          options,
        );
        expect(verify(ca, server, 'sslserver', '-verify_hostname', 'x.app.test')).toBe('OK');
        const address = await ca.issue(['127.0.0.1', 'fd00::1'], options);
        expect(verify(ca, address, 'sslserver', '-verify_ip', 'fd00::1')).toBe('OK');
        const client = await ca.issue(['alice', 'alice@example.com'], { ...options, profile: 'client' });
        expect(verify(ca, client, 'sslclient', '-verify_email', 'alice@example.com')).toBe('OK');
        const mail = await ca.issue(['alice@mail.example.com'], { ...options, profile: 'client' });
        expect(verify(ca, mail, 'sslclient')).toBe('OK');
        const service = await ca.issue(['orders', '10.1.2.3'], { ...options, profile: 'service' });
        expect(verify(ca, service, 'sslserver', '-verify_hostname', 'orders')).toBe('OK');
        expect(verify(ca, service, 'sslclient')).toBe('OK');
      }
    },
    60_000,
  );

  it('accepts addresses where the certificates carry ranges of them', async () => {
    const ca = await createEphemeralAuthority({ constrainIp: true });
    expect(verify(ca, await ca.issue(['127.0.0.1', '::1', 'localhost']), 'sslserver')).toBe('OK');
    expect(verify(ca, await ca.issueDefective(['8.8.8.8'], {}), 'sslserver')).toBe(
      'permitted subtree violation',
    );
  });

  it('finds both CRLs in order, and a certificate that is on one', async () => {
    const ca = await createEphemeralAuthority();
    const issued = await ca.issue(['localhost']);
    expect(verify(ca, issued, 'sslserver', '-crl_check_all', '-CRLfile', 'CRLS')).toBe('OK');
  });

  it.each([
    ['a name', ['www.google.com'], 'permitted subtree violation'],
    ['an e-mail address', ['localhost', 'me@google.com'], 'permitted subtree violation'],
  ])('refuses %s outside the constraint', async (_what, names, reason) => {
    const ca = await createEphemeralAuthority();
    const profile = {
      ...(await import('../../../src/profiles/built-in.ts')).builtInProfile('server'),
      names: ['dNSName', 'rfc822Name'],
    };
    expect(verify(ca, await ca.issueDefective(names, {}, { profile: profile as never }), 'sslserver')).toBe(
      reason,
    );
  });

  it('prints a certificate as it was meant', async () => {
    const ca = await createEphemeralAuthority();
    const { certPem } = await ca.issue(['orders', '10.1.2.3'], { profile: 'service', keyType: 'rsa-2048' });
    const args = [
      'x509',
      '-noout',
      '-subject',
      '-issuer',
      '-ext',
      'subjectAltName,keyUsage,extendedKeyUsage,basicConstraints',
      '-nameopt',
      'RFC2253',
    ];
    const text = execFileSync('openssl', args, { input: certPem, encoding: 'utf8' });
    expect(text.split('\n').map((line) => line.trim())).toEqual([
      'subject=CN=orders',
      expect.stringMatching(
        /^issuer=CN=devca intermediate ephemeral@memory 1,OU=[0-9a-f]{8},O=devca development CA$/,
      ),
      'X509v3 Basic Constraints: critical',
      'CA:FALSE',
      'X509v3 Key Usage: critical',
      'Digital Signature, Key Encipherment',
      'X509v3 Extended Key Usage:',
      'TLS Web Server Authentication, TLS Web Client Authentication',
      'X509v3 Subject Alternative Name:',
      'DNS:orders.dev.internal, IP Address:10.1.2.3, URI:spiffe://dev.internal/orders',
      '',
    ]);
  });
});
