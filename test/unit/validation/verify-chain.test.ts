import { describe, expect, it } from '@jest/globals';
import { encodeCertificatePolicies } from '../../../src/pki/extensions/certificate-policies.ts';
import { generateKey } from '../../../src/pki/key.ts';
import { OID } from '../../../src/pki/oid.ts';
import { encodePem } from '../../../src/pki/pem.ts';
import type { VerificationRequest } from '../../../src/validation/request.ts';
import {
  type VerificationResult,
  verifyChain,
  verifyChainSync,
} from '../../../src/validation/verify-chain.ts';
import {
  daysFromNow,
  dns,
  extension,
  NOW,
  type TestCertificate,
  testAuthority,
  testServer,
  withBrokenSignature,
} from '../../support/test-pki.ts';

const root = testAuthority({ subject: 'root' });
const intermediate = testAuthority({ subject: 'intermediate', issuer: root, pathLenConstraint: 0 });
const server = testServer({ subject: 'api.test', issuer: intermediate });

function verify(request: Partial<VerificationRequest> = {}): VerificationResult {
  return verifyChainSync({
    endEntity: server.der,
    intermediates: [intermediate.der],
    trustAnchors: [root.der],
    at: NOW,
    ...request,
  });
}

const codes = (result: VerificationResult): string[] => result.problems.map(({ code }) => code);

/** The codes for an end entity straight below the root. */
const codesOf = (endEntity: TestCertificate, request: Partial<VerificationRequest> = {}): string[] =>
  codes(verify({ endEntity: endEntity.der, ...request }));

/** The codes for a path through one intermediate that is a little different. */
function codesThrough(
  fields: Parameters<typeof testAuthority>[0],
  request: Partial<VerificationRequest> = {},
): string[] {
  const other = testAuthority(fields);
  const endEntity = testServer({ subject: 'api.test', issuer: other });
  return codes(verify({ endEntity: endEntity.der, intermediates: [other.der], ...request }));
}

describe('a chain', () => {
  it('is valid from the end entity through an intermediate to an anchor', async () => {
    const result = await verifyChain({
      endEntity: server.der,
      intermediates: [intermediate.der],
      trustAnchors: [root.der],
      at: NOW,
      name: { kind: 'dns', value: 'api.test' },
    });
    expect(result).toMatchObject({ valid: true, problems: [], warnings: [], pathsTried: 1 });
    expect(result.chain.map(({ subject }) => subject)).toEqual(['CN=api.test', 'CN=intermediate', 'CN=root']);
    expect(result.policies).toMatchObject({ explicitRequired: false });
  });

  it('may be given as PEM, the intermediates behind the end entity', () => {
    const pem = [server, intermediate].map(({ der }) => encodePem('CERTIFICATE', der)).join('');
    const anchors =
      encodePem('CERTIFICATE', testAuthority({ subject: 'x' }).der) + encodePem('CERTIFICATE', root.der);
    expect(verify({ endEntity: pem, intermediates: [], trustAnchors: [anchors] }).valid).toBe(true);
  });

  it('may end in an anchor that is no root, and be the anchor itself', () => {
    expect(verify({ intermediates: [], trustAnchors: [intermediate.der] }).valid).toBe(true);
    const alone = testServer({ subject: 'api.test' });
    const result = verify({ endEntity: alone.der, trustAnchors: [alone.der], intermediates: [] });
    expect(result).toMatchObject({ valid: true, chain: [{ subject: 'CN=api.test' }] });
  });

  it('is found among strangers, duplicates and certificates in the wrong order', () => {
    const strangers = Array.from({ length: 5 }, (_, i) => testAuthority({ subject: `stranger ${i}` }).der);
    const pool = [...strangers, root.der, intermediate.der, server.der, ...strangers, intermediate.der];
    expect(verify({ intermediates: pool }).valid).toBe(true);
    expect(verify({ intermediates: pool.reverse() }).valid).toBe(true);
  });

  it.each([
    ['P-256', [{ keyType: 'ec-p256' }]],
    ['RSA', [{ keyType: 'rsa-2048' }]],
    ['Ed25519', [{ keyType: 'ed25519' }]],
    ['P-384', [{ keyType: 'ec-p384' }]],
  ] as const)('is valid with keys of the kind %s', (_, [fields]) => {
    const anchor = testAuthority({ subject: 'root', ...fields });
    const endEntity = testServer({ subject: 'api.test', issuer: anchor });
    expect(verify({ endEntity: endEntity.der, trustAnchors: [anchor.der] }).valid).toBe(true);
  });
});

describe('input that cannot be used is a problem, not an exception', () => {
  it.each<[string, Partial<VerificationRequest>, string]>([
    [
      'an end entity that is no certificate',
      { endEntity: Uint8Array.of(1, 2) },
      'DEVCA_CERTIFICATE_MALFORMED',
    ],
    ['an end entity without PEM', { endEntity: 'hello' }, 'DEVCA_CERTIFICATE_MALFORMED'],
    [
      'PEM that is cut off',
      { endEntity: '-----BEGIN CERTIFICATE-----\nAAEC' },
      'DEVCA_CERTIFICATE_MALFORMED',
    ],
    ['no anchor', { trustAnchors: [] }, 'DEVCA_PATH_NO_ANCHORS'],
    ['anchors without PEM', { trustAnchors: ['hello'] }, 'DEVCA_PATH_NO_ANCHORS'],
    [
      'a list without PEM',
      { crls: ['hello'], revocation: 'if-available' },
      'DEVCA_REVOCATION_LIST_MALFORMED',
    ],
    ['a time that is none', { at: new Date(Number.NaN) }, 'DEVCA_PATH_TIME_INVALID'],
    ['anchors that are none', { trustAnchors: [Uint8Array.of(1)] }, 'DEVCA_PATH_NO_ANCHORS'],
    [
      'a list that cannot be read',
      { crls: [Uint8Array.of(1)], revocation: 'required' },
      'DEVCA_REVOCATION_LIST_MALFORMED',
    ],
    ['a name that is none', { name: { kind: 'ip', value: 'x' } }, 'DEVCA_NAME_UNUSABLE'],
  ])('%s', (_, request, code) => {
    expect(verify(request)).toMatchObject({ valid: false, problems: [{ code }] });
  });

  it('but a stranger in the pool that cannot be read is only a warning', () => {
    const result = verify({
      intermediates: [Uint8Array.of(1), intermediate.der],
      trustAnchors: [Uint8Array.of(2), root.der],
    });
    expect(result.valid).toBe(true);
    expect(result.warnings.map(({ code }) => code)).toEqual([
      'DEVCA_PATH_ANCHOR_MALFORMED',
      'DEVCA_PATH_INTERMEDIATE_MALFORMED',
    ]);
  });
});

describe('a path that does not reach an anchor', () => {
  it('misses an intermediate, and the problem names its subject', () => {
    expect(verify({ intermediates: [] }).problems).toMatchObject([
      {
        code: 'DEVCA_PATH_MISSING_INTERMEDIATE',
        certificate: { subject: 'CN=api.test' },
        expected: 'CN=intermediate',
        fix: expect.stringContaining('fullchain'),
      },
    ]);
  });

  it('ends in a root that is not trusted', () => {
    const result = verify({
      intermediates: [intermediate.der, root.der],
      trustAnchors: [testAuthority({ subject: 'x' }).der],
    });
    expect(result.problems).toMatchObject([
      { code: 'DEVCA_PATH_UNTRUSTED_ROOT', certificate: { subject: 'CN=root' } },
    ]);
    expect(result.chain).toHaveLength(3);
  });

  it('is a certificate that signed itself', () => {
    expect(codesOf(testServer({ subject: 'api.test' }))).toEqual(['DEVCA_PATH_SELF_SIGNED']);
  });

  it('goes round in a circle', () => {
    const a = testAuthority({ subject: 'a' });
    const b = testAuthority({ subject: 'b', issuer: a });
    const backwards = testAuthority({ subject: 'a', issuer: b, key: a.key });
    const endEntity = testServer({ subject: 'api.test', issuer: b });
    expect(codesOf(endEntity, { intermediates: [b.der, backwards.der] })).toEqual(['DEVCA_PATH_CYCLE']);
  });
});

describe('an end entity is refused', () => {
  const below = (fields: Partial<Parameters<typeof testServer>[0]>): TestCertificate =>
    testServer({ subject: 'api.test', issuer: root, ...fields });

  it.each<[string, () => TestCertificate, string]>([
    ['that has expired', () => below({ notAfter: daysFromNow(-1) }), 'DEVCA_PATH_EXPIRED'],
    ['that is not yet valid', () => below({ notBefore: daysFromNow(1) }), 'DEVCA_PATH_NOT_YET_VALID'],
    [
      'for another purpose',
      () => below({ extensions: [extension.extendedKeyUsage([OID.clientAuth])] }),
      'DEVCA_PATH_PURPOSE',
    ],
    [
      'whose key is for something else',
      () => below({ extensions: [extension.keyUsage(['cRLSign'])] }),
      'DEVCA_PATH_KEY_USAGE',
    ],
    [
      'with a critical extension that nobody knows',
      () => below({ extensions: [{ oid: '1.2.3', critical: true, value: Uint8Array.of(5, 0) }] }),
      'DEVCA_CERTIFICATE_UNKNOWN_CRITICAL',
    ],
    [
      'with critical policies whose qualifier nobody knows',
      () =>
        below({
          extensions: [
            {
              oid: OID.certificatePolicies,
              critical: true,
              value: encodeCertificatePolicies([
                {
                  policyIdentifier: '1.2.3',
                  policyQualifiers: [{ policyQualifierId: '1.2.4', qualifier: Uint8Array.of(5, 0) }],
                },
              ]),
            },
          ],
        }),
      'DEVCA_CERTIFICATE_UNKNOWN_CRITICAL',
    ],
    [
      'with a key identifier that is critical',
      () =>
        below({
          extensions: [{ oid: OID.subjectKeyIdentifier, critical: true, value: Uint8Array.of(4, 1, 1) }],
        }),
      'DEVCA_CERTIFICATE_CRITICALITY',
    ],
    ['with a serial number of zero', () => below({ serialNumber: '00' }), 'DEVCA_CERTIFICATE_SERIAL_NUMBER'],
    [
      'with a serial number of 21 octets',
      () => below({ serialNumber: '80'.repeat(20) }),
      'DEVCA_CERTIFICATE_SERIAL_NUMBER',
    ],
    [
      'with name constraints',
      () => below({ extensions: [extension.nameConstraints([dns('test')])] }),
      'DEVCA_CERTIFICATE_CONSTRAINED_END_ENTITY',
    ],
    [
      'that may sign certificates',
      () => below({ extensions: [extension.keyUsage(['digitalSignature', 'keyCertSign'])] }),
      'DEVCA_CERTIFICATE_SIGNS_WITHOUT_CA',
    ],
    [
      'with a path length',
      () =>
        below({ extensions: [{ ...extension.basicConstraints(), value: Uint8Array.of(0x30, 3, 2, 1, 0) }] }),
      'DEVCA_CERTIFICATE_PATH_LENGTH_WITHOUT_CA',
    ],
    [
      'without a subject whose names are not critical',
      () => below({ subject: '' }),
      'DEVCA_CERTIFICATE_CRITICALITY',
    ],
    [
      'without a subject and without names',
      () => below({ subject: '', without: [OID.subjectAltName] }),
      'DEVCA_CERTIFICATE_NAMELESS',
    ],
    [
      'whose names are critical beside a subject',
      () => below({ extensions: [extension.subjectAltName([dns('a.test')], true)] }),
      'DEVCA_CERTIFICATE_CRITICALITY',
    ],
    [
      'whose purposes are critical',
      () => below({ extensions: [extension.extendedKeyUsage([OID.serverAuth], true)] }),
      'DEVCA_CERTIFICATE_CRITICALITY',
    ],
    [
      'for any purpose',
      () => below({ extensions: [extension.extendedKeyUsage([OID.serverAuth, OID.anyExtendedKeyUsage])] }),
      'DEVCA_CERTIFICATE_ANY_PURPOSE',
    ],
    [
      'that is an authority',
      () => below({ extensions: [extension.basicConstraints()] }),
      'DEVCA_CERTIFICATE_CA_AS_END_ENTITY',
    ],
  ])('%s', (_, make, code) => {
    expect(codesOf(make())).toEqual([code]);
  });

  it('whose signature was changed, with the key identifiers of both sides', () => {
    expect(codes(verify({ endEntity: withBrokenSignature(server.der) }))).toEqual([
      'DEVCA_PATH_SIGNATURE_INVALID',
    ]);
    const impostor = testAuthority({ subject: 'intermediate', issuer: root });
    const [problem] = verify({ intermediates: [impostor.der] }).problems;
    expect(problem).toMatchObject({
      code: 'DEVCA_PATH_SIGNATURE_INVALID',
      message: expect.stringContaining('another key'),
    });
    expect(problem?.expected).not.toBe(problem?.presented);
  });

  it('and every reason is told, the most useful one first', () => {
    const endEntity = below({
      notAfter: daysFromNow(-1),
      extensions: [extension.extendedKeyUsage([OID.clientAuth])],
    });
    expect(codesOf(endEntity, { name: { kind: 'dns', value: 'www.test' } })).toEqual([
      'DEVCA_PATH_EXPIRED',
      'DEVCA_NAME_MISMATCH',
      'DEVCA_PATH_PURPOSE',
    ]);
  });

  it('at both ends of its validity only outside of the second', () => {
    const endEntity = below({ notBefore: NOW, notAfter: NOW });
    const at = (ms: number): boolean =>
      verify({ endEntity: endEntity.der, at: new Date(NOW.getTime() + ms) }).valid;
    expect([at(-1), at(0), at(999), at(1000)]).toEqual([false, true, true, false]);
  });
});

describe('an intermediate is refused', () => {
  it.each<[string, Partial<Parameters<typeof testAuthority>[0]>, string]>([
    ['that has expired', { notAfter: daysFromNow(-1) }, 'DEVCA_PATH_EXPIRED'],
    ['without basicConstraints', { without: [OID.basicConstraints] }, 'DEVCA_PATH_NOT_A_CA'],
    [
      'whose basicConstraints do not say cA',
      { extensions: [{ ...extension.basicConstraints(), value: Uint8Array.of(0x30, 0) }] },
      'DEVCA_PATH_NOT_A_CA',
    ],
    [
      'that may not sign certificates',
      { extensions: [extension.keyUsage(['cRLSign'])] },
      'DEVCA_PATH_CANNOT_SIGN',
    ],
    [
      'for another purpose',
      { extensions: [extension.extendedKeyUsage([OID.clientAuth])] },
      'DEVCA_PATH_PURPOSE',
    ],
    [
      'that permits other names',
      { extensions: [extension.nameConstraints([dns('example')])] },
      'DEVCA_CONSTRAINT_NOT_PERMITTED',
    ],
    [
      'that excludes the name',
      { extensions: [extension.nameConstraints([], [dns('test')])] },
      'DEVCA_CONSTRAINT_EXCLUDED',
    ],
    [
      'whose constraint is malformed',
      { extensions: [extension.nameConstraints([], [dns('*.example')])] },
      'DEVCA_CONSTRAINT_MALFORMED',
    ],
    [
      'with an issuer other than the anchor',
      { issuerName: testAuthority({ subject: 'nobody' }).certificate.subject },
      'DEVCA_PATH_MISSING_INTERMEDIATE',
    ],
  ])('%s', (_, fields, code) => {
    expect(codesThrough({ subject: 'other', issuer: root, ...fields })).toEqual([code]);
  });

  it('whose subject is empty', () => {
    expect(codesThrough({ subject: '', issuer: root })).toEqual([
      'DEVCA_CERTIFICATE_EMPTY_ISSUER',
      'DEVCA_CERTIFICATE_EMPTY_SUBJECT',
    ]);
  });

  it('for purposes that its own extended key usage does not name, unless it names any', () => {
    const any = extension.extendedKeyUsage([OID.anyExtendedKeyUsage]);
    expect(codesThrough({ subject: 'other', issuer: root, extensions: [any] })).toEqual([]);
  });

  it('where there are more of them than one above allows, self-issued ones not counted', () => {
    const narrow = testAuthority({ subject: 'narrow', issuer: root, pathLenConstraint: 0 });
    const selfIssued = testAuthority({ subject: 'narrow', issuer: narrow });
    const below = testAuthority({ subject: 'below', issuer: narrow });
    const valid = testServer({ subject: 'api.test', issuer: selfIssued });
    const invalid = testServer({ subject: 'api.test', issuer: below });
    const intermediates = [narrow.der, selfIssued.der, below.der];
    expect(codesOf(valid, { intermediates })).toEqual([]);
    expect(codesOf(invalid, { intermediates })).toEqual(['DEVCA_PATH_LENGTH']);
    expect(codesOf(valid, { intermediates, maxDepth: 1 })).toEqual([]);
    expect(codesOf(valid, { intermediates, maxDepth: 0 })).toEqual(['DEVCA_PATH_DEPTH']);
  });
});

describe('an anchor', () => {
  it.each<[string, Partial<Parameters<typeof testAuthority>[0]>, string]>([
    ['that has expired', { notAfter: daysFromNow(-1) }, 'DEVCA_PATH_EXPIRED'],
    ['that says it is no authority', { without: [OID.basicConstraints] }, 'DEVCA_PATH_NOT_A_CA'],
    [
      'with a constraint on names',
      { extensions: [extension.nameConstraints([dns('example')])] },
      'DEVCA_CONSTRAINT_NOT_PERMITTED',
    ],
    ['with a path length', { pathLenConstraint: 0 }, 'DEVCA_PATH_LENGTH'],
  ])('%s is held to it', (_, fields, code) => {
    const anchor = testAuthority({ subject: 'anchor', ...fields });
    const middle = testAuthority({ subject: 'middle', issuer: anchor });
    const endEntity = testServer({ subject: 'api.test', issuer: middle });
    expect(codesOf(endEntity, { intermediates: [middle.der], trustAnchors: [anchor.der] })).toEqual([code]);
  });

  it('may have a serial number of zero and a signature that does not hold', () => {
    const anchor = testAuthority({ subject: 'anchor', serialNumber: '00' });
    const endEntity = testServer({ subject: 'api.test', issuer: anchor });
    expect(codesOf(endEntity, { trustAnchors: [withBrokenSignature(anchor.der)] })).toEqual([]);
  });
});

describe('the search', () => {
  it('goes back from a branch that fails, whichever comes first', () => {
    const key = generateKey('ec-p256');
    const expired = testAuthority({ subject: 'ca', issuer: root, key, notAfter: daysFromNow(-1) });
    const constrained = testAuthority({
      subject: 'ca',
      issuer: root,
      key,
      extensions: [extension.nameConstraints([dns('example')])],
    });
    const stranger = testAuthority({ subject: 'ca', issuer: testAuthority({ subject: 'nobody' }), key });
    const good = testAuthority({ subject: 'ca', issuer: root, key });
    const endEntity = testServer({ subject: 'api.test', issuer: good });
    const pool = [expired, constrained, stranger, good].map(({ der }) => der);
    for (const intermediates of [pool, [...pool].reverse()]) {
      const result = verify({ endEntity: endEntity.der, intermediates });
      expect(result.valid).toBe(true);
      expect(result.chain[1]?.der).toEqual(good.der);
    }
    expect(codesOf(endEntity, { intermediates: pool.slice(0, 3) })).toEqual(['DEVCA_PATH_EXPIRED']);
  });

  it('is not misled by key identifiers that lie', () => {
    const liar = testAuthority({
      subject: 'intermediate',
      issuer: root,
      extensions: [{ oid: OID.subjectKeyIdentifier, critical: false, value: Uint8Array.of(4, 1, 7) }],
    });
    const endEntity = testServer({ subject: 'api.test', issuer: liar });
    const result = verify({ endEntity: endEntity.der, intermediates: [intermediate.der, liar.der] });
    expect(result.valid).toBe(true);
    expect(result.warnings.map(({ code }) => code)).toContain('DEVCA_CERTIFICATE_KEY_IDENTIFIER');
  });

  it('ends within its bounds in a pool with a million paths, and says so', () => {
    const pool: Uint8Array[] = [];
    let layer = [
      testAuthority({ subject: 'root', extensions: [extension.nameConstraints([dns('example')])] }),
    ];
    const [anchor] = layer;
    for (let depth = 0; depth < 20; depth++) {
      const above = layer;
      layer = [generateKey('ec-p256'), generateKey('ec-p256')].flatMap((key) => {
        const twins = above.map((issuer) => testAuthority({ subject: `layer ${depth}`, issuer, key }));
        pool.push(...twins.map(({ der }) => der));
        return twins.slice(0, 1);
      });
    }
    const [issuer] = layer;
    if (anchor === undefined || issuer === undefined) throw new Error('no layer');
    const endEntity = testServer({ subject: 'api.test', issuer });
    const started = performance.now();
    const result = verify({ endEntity: endEntity.der, intermediates: pool, trustAnchors: [anchor.der] });
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(codes(result)).toEqual(['DEVCA_PATH_BOUND_REACHED', 'DEVCA_CONSTRAINT_NOT_PERMITTED']);
  });

  it('gives up on a chain that is too long to be meant', () => {
    const pool = [root];
    for (let depth = 0; depth < 50; depth++) {
      const issuer = pool.at(-1);
      pool.push(testAuthority({ subject: `ca ${depth}`, ...(issuer === undefined ? {} : { issuer }) }));
    }
    const issuer = pool.at(-1);
    if (issuer === undefined) throw new Error('no issuer');
    const endEntity = testServer({ subject: 'api.test', issuer });
    expect(codesOf(endEntity, { intermediates: pool.map(({ der }) => der) })[0]).toBe(
      'DEVCA_PATH_BOUND_REACHED',
    );
  });
});
