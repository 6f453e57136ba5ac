import { buildAlgorithm } from '../../src/pki/algorithm.ts';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import { buildCertificate } from '../../src/pki/certificate-builder.ts';
import {
  encodeBitString,
  encodeInteger,
  encodeSequence,
  encodeTagged,
  encodeTime,
} from '../../src/pki/der-writer.ts';
import { encodeAuthorityKeyIdentifier } from '../../src/pki/extensions/authority-key-identifier.ts';
import { encodeBasicConstraints } from '../../src/pki/extensions/basic-constraints.ts';
import { encodeExtendedKeyUsage } from '../../src/pki/extensions/extended-key-usage.ts';
import { type Extension, encodeExtension, encodeExtensions } from '../../src/pki/extensions/extension.ts';
import { encodeKeyUsage, type KeyUsage } from '../../src/pki/extensions/key-usage.ts';
import {
  encodeNameConstraints,
  type GeneralSubtree,
  ipSubtree,
} from '../../src/pki/extensions/name-constraints.ts';
import { encodeSubjectAltName } from '../../src/pki/extensions/subject-alt-name.ts';
import { encodeSubjectKeyIdentifier } from '../../src/pki/extensions/subject-key-identifier.ts';
import { type GeneralName, ipGeneralName } from '../../src/pki/general-name.ts';
import { generateKey, type KeyType, keyIdentifier, type PrivateKey } from '../../src/pki/key.ts';
import { buildName, type DistinguishedName } from '../../src/pki/name.ts';
import { OID } from '../../src/pki/oid.ts';
import { createSigner } from '../../src/pki/signer.ts';

/** The moment of every validation in tests; test certificates are valid a year around it. */
export const NOW = new Date('2026-06-15T12:00:00Z');

export interface TestCertificate {
  readonly certificate: Certificate;
  readonly der: Uint8Array;
  readonly key: PrivateKey;
}

export interface TestFields {
  /** A common name, or a whole name; the empty text is the empty name. */
  readonly subject: string | DistinguishedName;
  /** Undefined for a certificate that signs itself. */
  readonly issuer?: TestCertificate;
  readonly issuerName?: DistinguishedName;
  readonly key?: PrivateKey;
  readonly keyType?: KeyType;
  readonly serialNumber?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Replaces extensions of the same kind, and adds those of another. */
  readonly extensions?: readonly Extension[];
  /** Leaves extensions out, by object identifier. */
  readonly without?: readonly string[];
}

/** An authority as devca would make it: cA, keyCertSign and cRLSign, key identifiers. */
export function testAuthority(fields: TestFields & { readonly pathLenConstraint?: number }): TestCertificate {
  const { pathLenConstraint } = fields;
  return issue(fields, [
    extension.basicConstraints(pathLenConstraint),
    extension.keyUsage(['keyCertSign', 'cRLSign']),
  ]);
}

/** An end entity for a server with the given names. */
export function testServer(
  fields: TestFields & { readonly names?: readonly GeneralName[] },
): TestCertificate {
  return issue(fields, [
    extension.keyUsage(['digitalSignature']),
    extension.extendedKeyUsage([OID.serverAuth]),
    extension.subjectAltName(fields.names ?? [dns('api.test')]),
  ]);
}

export const dns = (value: string): GeneralName => ({ kind: 'dNSName', value });
export const email = (value: string): GeneralName => ({ kind: 'rfc822Name', value });
export const uri = (value: string): GeneralName => ({ kind: 'uniformResourceIdentifier', value });

export function ip(value: string): GeneralName {
  const name = ipGeneralName(value);
  if (name === undefined) throw new Error(`${value} is no address`);
  return name;
}

export function ipRange(value: string): GeneralSubtree {
  const subtree = ipSubtree(value);
  if (subtree === undefined) throw new Error(`${value} is no range`);
  return subtree;
}

export const commonName = (value: string): DistinguishedName =>
  buildName(value === '' ? [] : [{ type: 'commonName', value }]);

/** Extensions with the criticality that RFC 5280 gives them. */
export const extension = {
  basicConstraints: (pathLenConstraint?: number): Extension => ({
    oid: OID.basicConstraints,
    critical: true,
    value: encodeBasicConstraints({
      cA: true,
      ...(pathLenConstraint === undefined ? {} : { pathLenConstraint }),
    }),
  }),
  keyUsage: (usages: readonly KeyUsage[]): Extension => ({
    oid: OID.keyUsage,
    critical: true,
    value: encodeKeyUsage(usages),
  }),
  extendedKeyUsage: (purposes: readonly string[], critical = false): Extension => ({
    oid: OID.extKeyUsage,
    critical,
    value: encodeExtendedKeyUsage(purposes),
  }),
  subjectAltName: (names: readonly GeneralName[], critical = false): Extension => ({
    oid: OID.subjectAltName,
    critical,
    value: encodeSubjectAltName(names),
  }),
  nameConstraints: (
    permitted: readonly (GeneralName | GeneralSubtree)[],
    excluded: readonly (GeneralName | GeneralSubtree)[] = [],
    critical = true,
  ): Extension => ({
    oid: OID.nameConstraints,
    critical,
    value: encodeNameConstraints({ permitted: permitted.map(toSubtree), excluded: excluded.map(toSubtree) }),
  }),
};

/** A revocation list with whatever extensions the test wants, signed by `signer`. */
export function testCrl(fields: {
  readonly signer: TestCertificate;
  readonly issuer?: DistinguishedName;
  readonly thisUpdate?: Date;
  readonly nextUpdate?: Date;
  readonly revoked?: readonly { readonly serialNumber: string; readonly extensions?: readonly Extension[] }[];
  readonly number?: number;
  readonly extensions?: readonly Extension[];
  readonly without?: readonly string[];
}): Uint8Array {
  const { signer: by, revoked = [], number = 1, extensions = [], without = [] } = fields;
  const signer = createSigner(by.key);
  const standard: Extension[] = [
    {
      oid: OID.authorityKeyIdentifier,
      critical: false,
      value: encodeAuthorityKeyIdentifier({ keyIdentifier: keyIdentifier(by.key.subjectPublicKeyInfo) }),
    },
    { oid: OID.cRLNumber, critical: false, value: encodeInteger(number) },
  ];
  const entries = revoked.map((entry) =>
    encodeSequence(
      encodeInteger(Buffer.from(entry.serialNumber, 'hex')),
      encodeTime(daysFromNow(-1)),
      ...(entry.extensions === undefined ? [] : [encodeSequence(...entry.extensions.map(encodeExtension))]),
    ),
  );
  const tbs = encodeSequence(
    encodeInteger(1),
    signer.algorithm.der,
    (fields.issuer ?? by.certificate.subject).der,
    encodeTime(fields.thisUpdate ?? daysFromNow(-2)),
    encodeTime(fields.nextUpdate ?? daysFromNow(7)),
    ...(entries.length === 0 ? [] : [encodeSequence(...entries)]),
    encodeTagged(0xa0, encodeExtensions(merge(standard, extensions, without))),
  );
  return encodeSequence(tbs, signer.algorithm.der, encodeBitString(signer.sign(tbs)));
}

export const daysFromNow = (days: number): Date => new Date(NOW.getTime() + days * 86_400_000);

/** The certificate with one bit of its signature flipped. */
export function withBrokenSignature(der: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(der);
  const last = copy.length - 1;
  copy[last] = (copy[last] ?? 0) ^ 1;
  return copy;
}

/** Signs with the wrong algorithm identifier outside, for a certificate that was tampered with. */
export const otherAlgorithm = buildAlgorithm(OID.ecdsaWithSha384);

let lastSerial = 0x1000;

function issue(fields: TestFields, standard: readonly Extension[]): TestCertificate {
  const key = fields.key ?? generateKey(fields.keyType ?? 'ec-p256');
  const subject = typeof fields.subject === 'string' ? commonName(fields.subject) : fields.subject;
  const issuerKey = fields.issuer?.key ?? key;
  lastSerial += 1;
  const identifiers: Extension[] = [
    {
      oid: OID.subjectKeyIdentifier,
      critical: false,
      value: encodeSubjectKeyIdentifier(keyIdentifier(key.subjectPublicKeyInfo)),
    },
    {
      oid: OID.authorityKeyIdentifier,
      critical: false,
      value: encodeAuthorityKeyIdentifier({ keyIdentifier: keyIdentifier(issuerKey.subjectPublicKeyInfo) }),
    },
  ];
  const der = buildCertificate(
    {
      serialNumber: fields.serialNumber ?? lastSerial.toString(16),
      issuer: fields.issuerName ?? fields.issuer?.certificate.subject ?? subject,
      subject,
      notBefore: fields.notBefore ?? daysFromNow(-30),
      notAfter: fields.notAfter ?? daysFromNow(300),
      subjectPublicKeyInfo: key.subjectPublicKeyInfo,
      extensions: merge([...standard, ...identifiers], fields.extensions ?? [], fields.without ?? []),
    },
    createSigner(issuerKey),
  );
  return { certificate: parseCertificate(der), der, key };
}

function merge(
  standard: readonly Extension[],
  more: readonly Extension[],
  without: readonly string[],
): Extension[] {
  const kept = standard.filter(
    ({ oid }) => !without.includes(oid) && !more.some((extension) => extension.oid === oid),
  );
  return [...kept, ...more];
}

const toSubtree = (base: GeneralName | GeneralSubtree): GeneralSubtree => ('base' in base ? base : { base });
