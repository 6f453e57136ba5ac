import { describe, expect, it } from '@jest/globals';
import { encodeInteger, encodeNull } from '../../../src/pki/der-writer.ts';
import { encodeCrlDistributionPoints } from '../../../src/pki/extensions/crl-distribution-points.ts';
import type { DistributionPoint } from '../../../src/pki/extensions/distribution-point.ts';
import type { Extension } from '../../../src/pki/extensions/extension.ts';
import {
  encodeIssuingDistributionPoint,
  type IssuingDistributionPoint,
} from '../../../src/pki/extensions/issuing-distribution-point.ts';
import { encodeReasonCode, type ReasonCode } from '../../../src/pki/extensions/reason-code.ts';
import { encodeSubjectAltName } from '../../../src/pki/extensions/subject-alt-name.ts';
import type { GeneralName } from '../../../src/pki/general-name.ts';
import { OID } from '../../../src/pki/oid.ts';
import type { VerificationRequest } from '../../../src/validation/request.ts';
import { type VerificationResult, verifyChainSync } from '../../../src/validation/verify-chain.ts';
import {
  commonName,
  daysFromNow,
  extension,
  NOW,
  type TestCertificate,
  testAuthority,
  testCrl,
  testServer,
  uri,
  withBrokenSignature,
} from '../../support/test-pki.ts';

const root = testAuthority({ subject: 'root' });
const intermediate = testAuthority({ subject: 'intermediate', issuer: root });
const server = testServer({ subject: 'api.test', issuer: intermediate });
const rootCrl = testCrl({ signer: root });

function verify(crls: readonly Uint8Array[], request: Partial<VerificationRequest> = {}): VerificationResult {
  return verifyChainSync({
    endEntity: server.der,
    intermediates: [intermediate.der],
    trustAnchors: [root.der],
    at: NOW,
    crls: [rootCrl, ...crls],
    revocation: 'required',
    ...request,
  });
}

const codes = (...parameters: Parameters<typeof verify>): string[] =>
  verify(...parameters).problems.map(({ code }) => code);

const UNKNOWN = ['DEVCA_REVOCATION_UNKNOWN'];
const REVOKED = ['DEVCA_REVOCATION_REVOKED'];

const revoke = (certificate: TestCertificate, ...extensions: Extension[]) => ({
  serialNumber: certificate.certificate.serialNumber,
  ...(extensions.length === 0 ? {} : { extensions }),
});

const reasonCode = (reason: ReasonCode): Extension => ({
  oid: OID.reasonCode,
  critical: false,
  value: encodeReasonCode(reason),
});

const scope = (fields: Partial<IssuingDistributionPoint>): Extension => ({
  oid: OID.issuingDistributionPoint,
  critical: true,
  value: encodeIssuingDistributionPoint({
    onlyContainsUserCerts: false,
    onlyContainsCACerts: false,
    indirectCRL: false,
    onlyContainsAttributeCerts: false,
    ...fields,
  }),
});

const points = (...list: DistributionPoint[]): Extension => ({
  oid: OID.cRLDistributionPoints,
  critical: false,
  value: encodeCrlDistributionPoints(list),
});

const directory = (text: string): GeneralName => ({ kind: 'directoryName', name: commonName(text) });

describe('revocation', () => {
  it('is not looked at unless it is asked for', () => {
    expect(codes([], { crls: [], revocation: 'off' })).toEqual([]);
    expect(codes([], { crls: [Uint8Array.of(1)], revocation: 'off' })).toEqual([]);
  });

  it('is known where every issuer has a current list', () => {
    expect(codes([testCrl({ signer: intermediate })])).toEqual([]);
  });

  it('is unknown without a list, and that fails only where it must be known', () => {
    expect(verify([]).problems).toMatchObject([
      {
        code: 'DEVCA_REVOCATION_UNKNOWN',
        certificate: { subject: 'CN=api.test' },
        expected: 'a current list of "CN=intermediate"',
      },
    ]);
    expect(codes([], { crls: [] })).toEqual(['DEVCA_REVOCATION_UNKNOWN', 'DEVCA_REVOCATION_UNKNOWN']);
    expect(codes([], { revocation: 'if-available' })).toEqual([]);
    expect(codes([], { revocation: 'end-entity' })).toEqual(UNKNOWN);
    expect(
      codes([testCrl({ signer: intermediate })], {
        crls: [testCrl({ signer: intermediate })],
        revocation: 'end-entity',
      }),
    ).toEqual([]);
  });

  it('of the end entity is told with date, reason and list', () => {
    const crl = testCrl({ signer: intermediate, revoked: [revoke(server, reasonCode('keyCompromise'))] });
    for (const revocation of ['if-available', 'end-entity', 'required'] as const) {
      expect(verify([crl], { revocation }).problems).toMatchObject([
        {
          code: 'DEVCA_REVOCATION_REVOKED',
          message:
            'it was revoked at 2026-06-14T12:00:00Z (keyCompromise), says the list of "CN=intermediate"',
        },
      ]);
    }
  });

  it('of an intermediate counts too', () => {
    const crl = testCrl({ signer: root, revoked: [revoke(intermediate)] });
    expect(codes([], { crls: [crl], revocation: 'if-available' })).toEqual(REVOKED);
  });

  it('of another serial number, or by another issuer, does not matter', () => {
    const other = testServer({ subject: 'b', issuer: intermediate });
    expect(codes([testCrl({ signer: intermediate, revoked: [revoke(other)] })])).toEqual([]);
    const sameSerial = testCrl({ signer: root, revoked: [revoke(server)] });
    expect(
      codes([testCrl({ signer: intermediate })], { crls: [sameSerial, testCrl({ signer: intermediate })] }),
    ).toEqual([]);
  });

  it('goes by the newest of two lists', () => {
    const held = testCrl({ signer: intermediate, number: 2, revoked: [revoke(server)] });
    const released = testCrl({ signer: intermediate, number: 3 });
    expect(codes([held, released])).toEqual([]);
    expect(
      codes([released, testCrl({ signer: intermediate, number: 4, revoked: [revoke(server)] })]),
    ).toEqual(REVOKED);
  });
});

describe('a list is not used', () => {
  const by = (fields: Omit<Parameters<typeof testCrl>[0], 'signer'>): Uint8Array =>
    testCrl({ signer: intermediate, ...fields });
  const noCrlSign = testAuthority({
    subject: 'intermediate',
    issuer: root,
    key: intermediate.key,
    extensions: [extension.keyUsage(['keyCertSign'])],
  });

  it.each<[string, () => Uint8Array, RegExp]>([
    ['that has expired', () => by({ nextUpdate: daysFromNow(-1) }), /expired at/],
    ['that is not yet valid', () => by({ thisUpdate: daysFromNow(1) }), /not valid before/],
    ['whose signature was changed', () => withBrokenSignature(by({})), /not signed by a key/],
    [
      'by a stranger with the same name',
      () => testCrl({ signer: testAuthority({ subject: 'intermediate' }) }),
      /not signed by a key/,
    ],
    ['without a number', () => by({ without: [OID.cRLNumber] }), /has no number/],
    [
      'whose number is critical',
      () => by({ extensions: [{ oid: OID.cRLNumber, critical: true, value: encodeInteger(1) }] }),
      /cRLNumber that is critical/,
    ],
    [
      'with a critical extension that nobody knows',
      () => by({ extensions: [{ oid: '1.2.3', critical: true, value: encodeNull() }] }),
      /1\.2\.3/,
    ],
    [
      'with such an extension in an entry for another',
      () =>
        by({
          revoked: [
            { serialNumber: '77', extensions: [{ oid: '1.2.3', critical: true, value: encodeNull() }] },
          ],
        }),
      /1\.2\.3/,
    ],
    [
      'for authorities only',
      () => by({ extensions: [scope({ onlyContainsCACerts: true })] }),
      /authorities only/,
    ],
    [
      'for attribute certificates only',
      () => by({ extensions: [scope({ onlyContainsAttributeCerts: true })] }),
      /attribute/,
    ],
    [
      'for another distribution point',
      () => by({ extensions: [scope({ distributionPoint: { fullName: [uri('http://a.test')] } })] }),
      /another distribution point/,
    ],
    [
      'for some reasons only',
      () => by({ extensions: [scope({ onlySomeReasons: ['keyCompromise'] })] }),
      /only some of the reasons/,
    ],
    [
      'that is a delta without its base',
      () => by({ extensions: [{ oid: OID.deltaCRLIndicator, critical: true, value: encodeInteger(1) }] }),
      /no list/,
    ],
  ])('%s', (_, crl, reason) => {
    const [problem] = verify([crl()]).problems;
    expect(problem?.code).toBe('DEVCA_REVOCATION_UNKNOWN');
    expect(problem?.message).toMatch(reason);
  });

  it('whose issuer may not sign lists', () => {
    const [problem] = verify([by({})], { intermediates: [noCrlSign.der] }).problems;
    expect(problem?.message).toMatch(/cRLSign is missing/);
  });
});

describe('the scope of a list', () => {
  const here = uri('http://crl.test/a.crl');

  it('may be end entities, and reasons that several lists cover together', () => {
    expect(
      codes([testCrl({ signer: intermediate, extensions: [scope({ onlyContainsUserCerts: true })] })]),
    ).toEqual([]);
    const some = testCrl({
      signer: intermediate,
      extensions: [scope({ onlySomeReasons: ['keyCompromise', 'cACompromise'] })],
    });
    const others = testCrl({
      signer: intermediate,
      number: 2,
      extensions: [
        scope({
          onlySomeReasons: [
            'affiliationChanged',
            'superseded',
            'cessationOfOperation',
            'certificateHold',
            'privilegeWithdrawn',
            'aACompromise',
          ],
        }),
      ],
    });
    expect(codes([some, others])).toEqual([]);
    expect(codes([some])).toEqual(UNKNOWN);
  });

  it('may be the distribution point that the certificate names, in full or relative to the issuer', () => {
    const [rdn = []] = commonName('part').rdns;
    const relative = { distributionPoint: { nameRelativeToCRLIssuer: rdn } };
    for (const [point, name] of [
      [
        { distributionPoint: { fullName: [here] } },
        { distributionPoint: { fullName: [uri('http://b.test'), here] } },
      ],
      [relative, relative],
    ] as const) {
      const endEntity = testServer({
        subject: 'api.test',
        issuer: intermediate,
        extensions: [points(point)],
      });
      const crl = testCrl({ signer: intermediate, extensions: [scope(name)] });
      expect(codes([crl], { endEntity: endEntity.der })).toEqual([]);
      expect(
        codes([testCrl({ signer: intermediate, extensions: [scope(name)], revoked: [revoke(endEntity)] })], {
          endEntity: endEntity.der,
        }),
      ).toEqual(REVOKED);
    }
  });

  it('may be the certificates of another issuer, where the list is indirect and the certificate points to it', () => {
    const lister = testAuthority({
      subject: 'lister',
      issuer: root,
      extensions: [extension.keyUsage(['cRLSign'])],
    });
    const endEntity = testServer({
      subject: 'api.test',
      issuer: intermediate,
      extensions: [points({ cRLIssuer: [directory('lister')] })],
    });
    const request = { endEntity: endEntity.der, intermediates: [intermediate.der, lister.der] };
    const certificateIssuer: Extension = {
      oid: OID.certificateIssuer,
      critical: true,
      value: encodeSubjectAltName([directory('intermediate')]),
    };
    const list = (...extensions: Extension[]): Uint8Array =>
      testCrl({
        signer: lister,
        extensions: [scope({ indirectCRL: true })],
        revoked: [
          { serialNumber: '77', ...(extensions.length === 0 ? {} : { extensions }) },
          revoke(endEntity),
        ],
      });
    expect(codes([list()], request)).toEqual([]);
    expect(codes([list(certificateIssuer)], request)).toEqual(REVOKED);
    expect(codes([testCrl({ signer: lister })], request)).toEqual(UNKNOWN);
  });
});

describe('the issuer of a list', () => {
  it('may have a key of its own, with a valid path and status of its own', () => {
    const signer = testAuthority({
      subject: 'intermediate',
      issuer: root,
      extensions: [extension.keyUsage(['cRLSign'])],
    });
    const crl = testCrl({ signer });
    const request = { intermediates: [intermediate.der, signer.der] };
    expect(codes([crl], request)).toEqual([]);
    expect(
      codes([crl], { ...request, crls: [crl, testCrl({ signer: root, revoked: [revoke(signer)] })] }),
    ).toEqual(UNKNOWN);
  });

  it('must lead to the same anchor', () => {
    const elsewhere = testAuthority({ subject: 'elsewhere' });
    const signer = testAuthority({ subject: 'intermediate', issuer: elsewhere });
    const request = {
      intermediates: [intermediate.der, signer.der],
      trustAnchors: [root.der, elsewhere.der],
    };
    expect(codes([testCrl({ signer }), testCrl({ signer: elsewhere })], request)).toEqual(UNKNOWN);
  });
});

describe('a delta', () => {
  const delta = (
    number: number,
    base: number,
    ...revoked: NonNullable<Parameters<typeof testCrl>[0]['revoked']>
  ): Uint8Array =>
    testCrl({
      signer: intermediate,
      number,
      revoked,
      extensions: [{ oid: OID.deltaCRLIndicator, critical: true, value: encodeInteger(base) }],
    });
  const base = testCrl({ signer: intermediate, number: 5 });
  const baseWithServer = testCrl({
    signer: intermediate,
    number: 5,
    revoked: [revoke(server, reasonCode('certificateHold'))],
  });

  it('adds to its base and takes from it', () => {
    expect(codes([base, delta(6, 5, revoke(server))])).toEqual(REVOKED);
    expect(codes([baseWithServer, delta(6, 5, revoke(server, reasonCode('removeFromCRL')))])).toEqual([]);
    expect(codes([baseWithServer, delta(6, 5)])).toEqual(REVOKED);
  });

  it('is left aside where it does not continue the base', () => {
    expect(codes([base, delta(7, 6, revoke(server))])).toEqual([]);
    expect(codes([base, delta(5, 4, revoke(server))])).toEqual([]);
    expect(codes([base, withBrokenSignature(delta(6, 5, revoke(server)))])).toEqual([]);
  });
});
