import { describe, expect, it } from '@jest/globals';
import { readWhole } from '../../../../src/pki/der-reader.ts';
import {
  encodeBoolean,
  encodeInteger,
  encodeNamedBits,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeTagged,
} from '../../../../src/pki/der-writer.ts';
import * as aia from '../../../../src/pki/extensions/authority-info-access.ts';
import * as aki from '../../../../src/pki/extensions/authority-key-identifier.ts';
import * as bc from '../../../../src/pki/extensions/basic-constraints.ts';
import * as policies from '../../../../src/pki/extensions/certificate-policies.ts';
import * as points from '../../../../src/pki/extensions/crl-distribution-points.ts';
import * as crlNumber from '../../../../src/pki/extensions/crl-number.ts';
import * as eku from '../../../../src/pki/extensions/extended-key-usage.ts';
import { encodeExtensions, readExtensions } from '../../../../src/pki/extensions/extension.ts';
import * as inhibit from '../../../../src/pki/extensions/inhibit-any-policy.ts';
import * as idp from '../../../../src/pki/extensions/issuing-distribution-point.ts';
import * as ku from '../../../../src/pki/extensions/key-usage.ts';
import * as nc from '../../../../src/pki/extensions/name-constraints.ts';
import * as pc from '../../../../src/pki/extensions/policy-constraints.ts';
import * as mappings from '../../../../src/pki/extensions/policy-mappings.ts';
import * as reason from '../../../../src/pki/extensions/reason-code.ts';
import * as san from '../../../../src/pki/extensions/subject-alt-name.ts';
import * as ski from '../../../../src/pki/extensions/subject-key-identifier.ts';
import { bytesToHex } from '../../../../src/pki/fingerprint.ts';
import { buildName } from '../../../../src/pki/name.ts';
import { dns, email, ip, ipRange, uri } from '../../../support/test-pki.ts';

const issuer = {
  kind: 'directoryName',
  name: buildName([{ type: 'commonName', value: 'issuer' }]),
} as const;
const [relative = []] = buildName([{ type: 'commonName', value: 'part 1' }]).rdns;
const emptyScope = {
  onlyContainsUserCerts: false,
  onlyContainsCACerts: false,
  indirectCRL: false,
  onlyContainsAttributeCerts: false,
};

/** Hides the type of a codec, so that all of them go through one table. */
const codec =
  <Value>(encode: (value: Value) => Uint8Array, parse: (bytes: Uint8Array) => Value) =>
  (value: Value) => ({ der: () => encode(value), value, again: () => parse(encode(value)) });

const basicConstraints = codec(bc.encodeBasicConstraints, bc.parseBasicConstraints);
const keyUsage = codec(ku.encodeKeyUsage, ku.parseKeyUsage);
const nameConstraints = codec(nc.encodeNameConstraints, nc.parseNameConstraints);
const keyIdentifier = codec(aki.encodeAuthorityKeyIdentifier, aki.parseAuthorityKeyIdentifier);
const constraints = codec(pc.encodePolicyConstraints, pc.parsePolicyConstraints);
const distribution = codec(points.encodeCrlDistributionPoints, points.parseCrlDistributionPoints);
const scope = codec(idp.encodeIssuingDistributionPoint, idp.parseIssuingDistributionPoint);

describe('an extension', () => {
  it.each([
    ['basicConstraints of an end entity', basicConstraints({ cA: false }), '3000'],
    ['basicConstraints', basicConstraints({ cA: true, pathLenConstraint: 0 }), '30060101ff020100'],
    ['keyUsage', keyUsage(['digitalSignature', 'keyEncipherment']), '030205a0'],
    ['keyUsage with nine bits', keyUsage(['keyCertSign', 'decipherOnly']), '0303070480'],
    ['extKeyUsage', codec(eku.encodeExtendedKeyUsage, eku.parseExtendedKeyUsage)(['1.2.3']), '300406022a03'],
    [
      'subjectAltName',
      codec(san.encodeSubjectAltName, san.parseSubjectAltName)([dns('a'), ip('1.2.3.4')]),
      '3009820161870401020304',
    ],
    [
      'subjectKeyIdentifier',
      codec(ski.encodeSubjectKeyIdentifier, ski.parseSubjectKeyIdentifier)(Uint8Array.of(1, 2)),
      '04020102',
    ],
    ['authorityKeyIdentifier', keyIdentifier({ keyIdentifier: Uint8Array.of(1) }), '3003800101'],
    ['an empty authorityKeyIdentifier', keyIdentifier({}), '3000'],
    [
      'authorityKeyIdentifier with issuer and serial number',
      keyIdentifier({ authorityCertIssuer: [issuer], authorityCertSerialNumber: 'ff01' }),
      undefined,
    ],
    [
      'nameConstraints',
      nameConstraints({ permitted: [{ base: dns('a') }], excluded: [ipRange('10.0.0.0/8')] }),
      '3015a0053003820161a10c300a87080a000000ff000000',
    ],
    [
      'nameConstraints on other kinds',
      nameConstraints({ permitted: [{ base: email('a') }, { base: uri('b') }], excluded: [] }),
      undefined,
    ],
    [
      'certificatePolicies',
      codec(
        policies.encodeCertificatePolicies,
        policies.parseCertificatePolicies,
      )([
        { policyIdentifier: '1.2.3' },
        {
          policyIdentifier: '1.2.4',
          policyQualifiers: [{ policyQualifierId: '1.2.5', qualifier: encodeSequence() }],
        },
      ]),
      '3016300406022a03300e06022a043008300606022a053000',
    ],
    [
      'policyMappings',
      codec(
        mappings.encodePolicyMappings,
        mappings.parsePolicyMappings,
      )([{ issuerDomainPolicy: '1.2.3', subjectDomainPolicy: '1.2.4' }]),
      '300a300806022a0306022a04',
    ],
    [
      'policyConstraints',
      constraints({ requireExplicitPolicy: 0, inhibitPolicyMapping: 1 }),
      '3006800100810101',
    ],
    ['one policyConstraint', constraints({ inhibitPolicyMapping: 200 }), '3004810200c8'],
    ['inhibitAnyPolicy', codec(inhibit.encodeInhibitAnyPolicy, inhibit.parseInhibitAnyPolicy)(3), '020103'],
    [
      'authorityInfoAccess',
      codec(
        aia.encodeAuthorityInfoAccess,
        aia.parseAuthorityInfoAccess,
      )([{ method: '1.2.3', location: uri('a') }]),
      '3009300706022a03860161',
    ],
    [
      'cRLNumber',
      codec(crlNumber.encodeCrlNumber, crlNumber.parseCrlNumber)(2n ** 70n),
      `020940${'00'.repeat(8)}`,
    ],
    ['reasonCode', codec(reason.encodeReasonCode, reason.parseReasonCode)('superseded'), '0a0104'],
    [
      'cRLDistributionPoints',
      distribution([
        { distributionPoint: { fullName: [uri('a')] } },
        {
          distributionPoint: { nameRelativeToCRLIssuer: relative },
          reasons: ['keyCompromise'],
          cRLIssuer: [issuer],
        },
      ]),
      undefined,
    ],
    ['issuingDistributionPoint', scope({ ...emptyScope, indirectCRL: true }), '30038401ff'],
    [
      'issuingDistributionPoint with everything',
      scope({
        ...emptyScope,
        distributionPoint: { fullName: [uri('a')] },
        onlyContainsUserCerts: true,
        onlySomeReasons: ['keyCompromise', 'aACompromise'],
      }),
      undefined,
    ],
  ])('%s is read back as it was written', (_, example, hex) => {
    expect(example.again()).toEqual(example.value);
    if (hex !== undefined) expect(bytesToHex(example.der())).toBe(hex);
  });

  it.each<[string, () => unknown]>([
    ['keyUsage without a bit', () => ku.parseKeyUsage(encodeNamedBits([]))],
    ['an empty extKeyUsage', () => eku.parseExtendedKeyUsage(encodeSequence())],
    ['an empty subjectAltName', () => san.parseSubjectAltName(encodeSequence())],
    ['empty nameConstraints', () => nc.parseNameConstraints(encodeSequence())],
    [
      'an empty list of permitted subtrees',
      () => nc.parseNameConstraints(encodeSequence(encodeTagged(0xa0))),
    ],
    [
      'a subtree with a minimum',
      () =>
        nc.parseNameConstraints(
          subtree(encodeTagged(0x82, Buffer.from('a')), encodeTagged(0x80, Uint8Array.of(0))),
        ),
    ],
    [
      'a constraint on an address without a mask',
      () => nc.parseNameConstraints(subtree(encodeTagged(0x87, new Uint8Array(4)))),
    ],
    [
      'a mask with holes',
      () => nc.parseNameConstraints(subtree(encodeTagged(0x87, Uint8Array.of(0, 0, 0, 0, 255, 0, 255, 0)))),
    ],
    ['empty certificatePolicies', () => policies.parseCertificatePolicies(encodeSequence())],
    [
      'a policy that is there twice',
      () =>
        policies.parseCertificatePolicies(
          encodeSequence(encodeSequence(encodeOid('1.2.3')), encodeSequence(encodeOid('1.2.3'))),
        ),
    ],
    [
      'an empty list of policy qualifiers',
      () =>
        policies.parseCertificatePolicies(
          encodeSequence(encodeSequence(encodeOid('1.2.3'), encodeSequence())),
        ),
    ],
    ['empty policyMappings', () => mappings.parsePolicyMappings(encodeSequence())],
    ['empty policyConstraints', () => pc.parsePolicyConstraints(encodeSequence())],
    ['a negative inhibitAnyPolicy', () => inhibit.parseInhibitAnyPolicy(encodeInteger(-1))],
    ['an empty authorityInfoAccess', () => aia.parseAuthorityInfoAccess(encodeSequence())],
    ['a negative cRLNumber', () => crlNumber.parseCrlNumber(encodeInteger(-1))],
    ['a cRLNumber of 21 octets', () => crlNumber.parseCrlNumber(encodeInteger(2n ** 160n))],
    ['a reason that does not exist', () => reason.parseReasonCode(encodeTagged(0x0a, Uint8Array.of(7)))],
    ['empty cRLDistributionPoints', () => points.parseCrlDistributionPoints(encodeSequence())],
    [
      'a distribution point with reasons alone',
      () =>
        points.parseCrlDistributionPoints(
          encodeSequence(encodeSequence(encodeTagged(0x81, Uint8Array.of(6, 0x40)))),
        ),
    ],
    [
      'an issuer without a serial number',
      () => aki.parseAuthorityKeyIdentifier(encodeSequence(encodeTagged(0x82, Uint8Array.of(1)))),
    ],
    [
      'a list for two kinds of certificates only',
      () =>
        idp.parseIssuingDistributionPoint(
          encodeSequence(encodeTagged(0x81, Uint8Array.of(255)), encodeTagged(0x82, Uint8Array.of(255))),
        ),
    ],
    ['something after its end', () => ski.parseSubjectKeyIdentifier(Uint8Array.of(4, 0, 0))],
  ])('is refused with %s', (_, parse) => {
    expect(parse).toThrow(expect.objectContaining({ code: 'DEVCA_DER_INVALID' }));
  });

  it('of an end entity may say explicitly that cA is false, since so many do', () => {
    expect(bc.parseBasicConstraints(encodeSequence(encodeBoolean(false)))).toEqual({ cA: false });
  });
});

describe('a list of extensions', () => {
  const plain = { oid: '1.2.3', critical: false, value: Uint8Array.of(5, 0) };
  const critical = { oid: '1.2.4', critical: true, value: new Uint8Array() };

  it('is read back as it was written', () => {
    expect(readWhole(encodeExtensions([plain, critical]), 'list', readExtensions)).toEqual([plain, critical]);
  });

  it.each([
    ['no extension', encodeSequence()],
    ['the same extension twice', encodeExtensions([plain, plain])],
    [
      'a criticality that says its default',
      encodeSequence(
        encodeSequence(encodeOid('1.2.3'), encodeBoolean(false), encodeOctetString(new Uint8Array())),
      ),
    ],
  ])('is refused with %s', (_, der) => {
    expect(() => readWhole(der, 'list', readExtensions)).toThrow(
      expect.objectContaining({ code: 'DEVCA_DER_INVALID' }),
    );
  });
});

function subtree(...parts: Uint8Array[]): Uint8Array {
  return encodeSequence(encodeTagged(0xa0, encodeSequence(...parts)));
}
