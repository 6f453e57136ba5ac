import { createPrivateKey, verify, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { buildConstraint, DEFAULT_NAMES } from '../../../src/authority/constraint.ts';
import { createEphemeralAuthority } from '../../../src/authority/ephemeral-authority.ts';
import { parseCrl } from '../../../src/pki/crl.ts';
import { formatGeneralName } from '../../../src/pki/general-name.ts';
import { parseIdentifiers } from '../../../src/pki/identifier.ts';
import { nameEquals } from '../../../src/pki/name.ts';
import { formatName } from '../../../src/pki/name-text.ts';
import { OID } from '../../../src/pki/oid.ts';
import { builtInProfile } from '../../../src/profiles/built-in.ts';
import { verifyChainSync } from '../../../src/validation/verify-chain.ts';
import { worldAt } from '../../support/scratch.ts';

const AT = '2026-11-24T12:00:00Z';
const WORLD = worldAt(AT);
const ca = await createEphemeralAuthority({}, WORLD);

/** What devca's own verifier says of a certificate under a root. */
function judge(
  certificate: Uint8Array,
  intermediates: readonly Uint8Array[],
  root: Uint8Array,
  at = AT,
): string[] {
  const request = { endEntity: certificate, intermediates, trustAnchors: [root], at: new Date(at) };
  return verifyChainSync({ ...request, purpose: 'any' }).problems.map(({ code }) => code);
}

describe('an authority in memory', () => {
  it('issues a server certificate that is in order', async () => {
    const { certificate, chain, warnings } = await ca.issue(['localhost', '127.0.0.1', '::1']);
    expect(formatName(certificate.subject)).toBe('CN=localhost');
    expect(certificate.subjectAltName?.map(formatGeneralName)).toEqual([
      'DNS:localhost',
      'IP:127.0.0.1',
      'IP:::1',
    ]);
    expect(certificate.keyUsage).toEqual(['digitalSignature']);
    expect(certificate.extendedKeyUsage).toEqual([OID.serverAuth]);
    expect(certificate.basicConstraints).toEqual({ cA: false });
    expect(certificate.authorityKeyIdentifier?.keyIdentifier).toEqual(ca.intermediate.subjectKeyIdentifier);
    expect(certificate.notBefore.toISOString()).toBe('2026-11-24T11:55:00.000Z');
    expect(certificate.extensions.filter(({ critical }) => critical).map(({ oid }) => oid)).toEqual([
      OID.basicConstraints,
      OID.keyUsage,
    ]);
    expect(chain).toEqual([ca.intermediate]);
    expect(warnings).toEqual([]);
  });

  it('gives what TLS needs: key, full chain and root', async () => {
    const issued = await ca.issue(['localhost']);
    const { key, cert, ca: root } = issued.tlsOptions();
    expect(cert.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(root).toBe(ca.rootPem);
    expect(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(new X509Certificate(cert).verify(new X509Certificate(ca.intermediatePem).publicKey)).toBe(true);
  });

  it('makes the subjectAltName critical where the subject is empty', async () => {
    const { certificate } = await ca.issue(['127.0.0.1']);
    expect(formatName(certificate.subject)).toBe('');
    expect(certificate.extensions.find(({ oid }) => oid === OID.subjectAltName)?.critical).toBe(true);
  });

  it('lets an RSA server encipher keys, and an RSA client not', async () => {
    const server = await ca.issue(['localhost'], { keyType: 'rsa-2048' });
    expect(server.certificate.keyUsage).toEqual(['digitalSignature', 'keyEncipherment']);
    const client = await ca.issue(['alice'], { keyType: 'rsa-2048', profile: 'client' });
    expect(client.certificate.keyUsage).toEqual(['digitalSignature']);
  });

  it('issues for clients and services', async () => {
    const client = await ca.issue(['alice'], { profile: 'client' });
    expect(client.certificate.extendedKeyUsage).toEqual([OID.clientAuth]);
    const service = await ca.issue(['orders', 'orders.test'], { profile: 'service', days: 7 });
    expect(service.certificate.extendedKeyUsage).toEqual([OID.serverAuth, OID.clientAuth]);
    expect(service.certificate.subjectAltName?.map(formatGeneralName)).toEqual([
      'DNS:orders.dev.internal',
      'DNS:orders.test',
      'URI:spiffe://dev.internal/orders',
    ]);
    expect(service.warnings).toEqual([expect.stringContaining('permit it when the authority is made')]);
  });

  it('adds the bare name of a service where the constraint permits it', async () => {
    const open = await createEphemeralAuthority({ permit: ['orders'] }, WORLD);
    const { certificate, warnings } = await open.issue(['orders'], { profile: 'service' });
    expect(certificate.subjectAltName?.map(formatGeneralName)).toEqual([
      'DNS:orders.dev.internal',
      'DNS:orders',
      'URI:spiffe://dev.internal/orders',
    ]);
    expect(warnings).toEqual([]);
  });

  it.each(['ec-p256', 'ec-p384', 'rsa-2048'] as const)('can have a key of the kind %s', async (keyType) => {
    const other = await createEphemeralAuthority({ keyType }, WORLD);
    const { certificate } = await other.issue(['localhost'], { keyType: 'ed25519' });
    expect(judge(certificate.der, [other.intermediate.der], other.root.der)).toEqual([]);
  });

  it('uses the real clock where none is given', async () => {
    const { certificate } = await (await createEphemeralAuthority()).issue(['localhost']);
    expect(Math.abs(certificate.notBefore.getTime() + 300_000 - Date.now())).toBeLessThan(60_000);
  });

  it("takes a profile of one's own", async () => {
    const profile = { ...builtInProfile('server'), name: 'mail', extendedKeyUsage: [OID.emailProtection] };
    await expect(ca.issue(['localhost'], { profile: profile as never })).rejects.toMatchObject({
      code: 'DEVCA_ISSUE_SELF_CHECK',
      message: expect.stringMatching(/refuses the certificate.*\[DEVCA_/),
    });
  });
});

describe('what an authority in memory refuses', () => {
  it.each([
    ['names outside its constraint', ['google.com'], {}, 'DEVCA_ISSUE_OUTSIDE_CONSTRAINT'],
    ['addresses outside its constraint', ['localhost', '8.8.8.8'], {}, 'DEVCA_ISSUE_OUTSIDE_CONSTRAINT'],
    [
      'a foreign trust domain',
      ['orders'],
      { profile: 'service', trustDomain: 'prod' },
      'DEVCA_ISSUE_OUTSIDE_CONSTRAINT',
    ],
    [
      'a foreign SPIFFE ID',
      ['alice', 'spiffe://prod/alice'],
      { profile: 'client' },
      'DEVCA_ISSUE_OUTSIDE_CONSTRAINT',
    ],
    ['a life that is too long', ['localhost'], { days: 826 }, 'DEVCA_ISSUE_LIFE_TOO_LONG'],
    ['an unknown profile', ['localhost'], { profile: 'peer' }, 'DEVCA_PROFILE_UNKNOWN'],
    [
      'a common name like a host without a DNS name',
      ['127.0.0.1'],
      { commonName: 'google.com' },
      'DEVCA_ISSUE_COMMON_NAME_ALONE',
    ],
    [
      'a common name like a label without a DNS name',
      ['alice@test'],
      { profile: 'client', commonName: 'alice' },
      'DEVCA_ISSUE_COMMON_NAME_ALONE',
    ],
  ])('%s', async (_what, names, options, code) => {
    await expect(ca.issue(names, options)).rejects.toMatchObject({ code });
  });

  it('but not a common name with a space in it', async () => {
    const { certificate } = await ca.issue(['127.0.0.1'], { commonName: 'My Server' });
    expect(formatName(certificate.subject)).toBe('CN=My Server');
  });
});

describe('a certificate that is defective on purpose', () => {
  it('is expired or not yet valid, and nothing else', async () => {
    const dates = { notBefore: new Date('2026-11-01'), notAfter: new Date('2026-11-02') };
    const expired = await ca.issueDefective(['localhost'], dates);
    expect(judge(expired.certificate.der, [ca.intermediate.der], ca.root.der)).toEqual([
      'DEVCA_PATH_EXPIRED',
    ]);
    expect(
      judge(expired.certificate.der, [ca.intermediate.der], ca.root.der, '2026-11-01T12:00:00Z'),
    ).not.toContain('DEVCA_PATH_EXPIRED');
    const future = await ca.issueDefective(['localhost'], {
      notBefore: new Date('2027-01-01'),
      notAfter: new Date('2027-02-01'),
    });
    expect(judge(future.certificate.der, [ca.intermediate.der], ca.root.der)).toEqual([
      'DEVCA_PATH_NOT_YET_VALID',
    ]);
  });

  it('has a name outside the constraint', async () => {
    const { certificate } = await ca.issueDefective(['www.google.com'], {});
    const problems = judge(certificate.der, [ca.intermediate.der], ca.root.der);
    expect(new Set(problems)).toEqual(new Set(['DEVCA_CONSTRAINT_NOT_PERMITTED']));
  });

  it('lacks its intermediate', async () => {
    const { certificate } = await ca.issue(['localhost']);
    expect(judge(certificate.der, [], ca.root.der)).toEqual(['DEVCA_PATH_MISSING_INTERMEDIATE']);
  });

  it('signed itself', async () => {
    const { certificate, chain } = await ca.issueDefective(['localhost'], { selfSigned: true });
    expect(nameEquals(certificate.issuer, certificate.subject)).toBe(true);
    expect(new X509Certificate(certificate.der).verify(new X509Certificate(certificate.der).publicKey)).toBe(
      true,
    );
    expect(chain).toEqual([]);
    expect(judge(certificate.der, [], ca.root.der)).toEqual(['DEVCA_PATH_SELF_SIGNED']);
  });

  it('is for another purpose, or for none that is named', async () => {
    const client = await ca.issueDefective(['localhost'], { extendedKeyUsage: [OID.clientAuth] });
    expect(client.certificate.extendedKeyUsage).toEqual([OID.clientAuth]);
    const any = await ca.issueDefective(['localhost'], { extendedKeyUsage: [] });
    expect(any.certificate.extendedKeyUsage).toBeUndefined();
  });

  it('has whatever extensions are wanted', async () => {
    const { certificate } = await ca.issueDefective(['localhost'], { extensions: (all) => all.slice(0, 2) });
    expect(certificate.extensions).toHaveLength(2);
  });

  it('has the bare name of a service only where one in order would have it', async () => {
    const { certificate } = await ca.issueDefective(['orders'], {}, { profile: 'service' });
    expect(certificate.subjectAltName?.map(formatGeneralName)).not.toContain('DNS:orders');
  });
});

describe('a twin of an authority', () => {
  it('has its names and its constraint, and other keys', async () => {
    const subjects = { root: ca.root.subject, intermediate: ca.intermediate.subject };
    const twin = await createEphemeralAuthority(
      { subjects, constraint: buildConstraint({ permitOnly: ['test'] }) },
      WORLD,
    );
    expect(nameEquals(twin.root.subject, ca.root.subject)).toBe(true);
    expect(twin.root.subjectKeyIdentifier).not.toEqual(ca.root.subjectKeyIdentifier);
    const { certificate } = await twin.issue(['a.test']);
    expect(judge(certificate.der, [twin.intermediate.der], twin.root.der)).toEqual([]);
    expect(judge(certificate.der, [twin.intermediate.der, ca.intermediate.der], ca.root.der)).toHaveLength(1);
  });
});

describe('a CRL in memory', () => {
  it('revokes, and is signed by whom it says', async () => {
    const { certificate } = await ca.issue(['localhost']);
    const { serialNumber } = certificate;
    const crl = parseCrl(
      ca.buildCrl('intermediate', [{ serialNumber, revokedAt: new Date(AT), reason: 'keyCompromise' }]),
    );
    expect(crl.revoked.map((entry) => entry.serialNumber)).toEqual([serialNumber]);
    expect(verify('sha256', crl.tbs, new X509Certificate(ca.intermediate.der).publicKey, crl.signature)).toBe(
      true,
    );
    const request = {
      endEntity: certificate.der,
      intermediates: [ca.intermediate.der],
      trustAnchors: [ca.root.der],
      at: new Date(AT),
      crls: [crl.der, ca.buildCrl('root')],
      revocation: 'required',
    } as const;
    expect(verifyChainSync(request).problems).toHaveLength(1);
    const other = await ca.issue(['localhost']);
    expect(verifyChainSync({ ...request, endEntity: other.certificate.der }).problems).toEqual([]);
  });
});

describe('any names that are read and permitted', () => {
  const label = fc.stringMatching(/^[a-z0-9_]([a-z0-9_-]{0,20}[a-z0-9_])?$/);
  const host = fc
    .tuple(fc.array(label, { maxLength: 3 }), fc.constantFrom(...DEFAULT_NAMES))
    .map(([labels, base]) => [...labels, base].join('.'));
  const name = fc.oneof(
    host,
    host.map((each) => `*.${each}`),
    fc.constantFrom('bücher.test', 'ÄÖ.日本.test', 'xn--bcher-kva.test'),
    fc.tuple(fc.nat(255), fc.nat(255)).map(([a, b]) => `10.0.${a}.${b}`),
    fc.nat(0xffff).map((group) => `fd00::${group.toString(16)}`),
  );

  it('give a certificate that every verifier of ours accepts, for each of them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 1, maxLength: 6 }), async (names) => {
        const { certificate } = await ca.issue(names).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'DEVCA_NAME_INVALID' });
          return { certificate: undefined };
        });
        for (const { name: asked } of certificate === undefined ? [] : parseIdentifiers(names)) {
          if (asked.kind === 'dNSName' && asked.value.startsWith('*')) continue;
          const kind = asked.kind === 'dNSName' ? ('dns' as const) : ('ip' as const);
          const request = {
            endEntity: certificate?.der ?? '',
            intermediates: [ca.intermediate.der],
            at: new Date(AT),
          };
          const reference = { kind, value: asked.value };
          expect(
            verifyChainSync({ ...request, trustAnchors: [ca.root.der], name: reference }).problems,
          ).toEqual([]);
        }
      }),
      { numRuns: 150 },
    );
  });
});
