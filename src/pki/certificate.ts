import { type AlgorithmIdentifier, readAlgorithm } from './algorithm.ts';
import { contextConstructed, contextPrimitive, type DerReader, readWhole, TAG } from './der-reader.ts';
import { type AccessDescription, parseAuthorityInfoAccess } from './extensions/authority-info-access.ts';
import {
  type AuthorityKeyIdentifier,
  parseAuthorityKeyIdentifier,
} from './extensions/authority-key-identifier.ts';
import { type BasicConstraints, parseBasicConstraints } from './extensions/basic-constraints.ts';
import { type PolicyInformation, parseCertificatePolicies } from './extensions/certificate-policies.ts';
import { parseCrlDistributionPoints } from './extensions/crl-distribution-points.ts';
import type { DistributionPoint } from './extensions/distribution-point.ts';
import { parseExtendedKeyUsage } from './extensions/extended-key-usage.ts';
import { type Extension, readExtensions } from './extensions/extension.ts';
import { parseInhibitAnyPolicy } from './extensions/inhibit-any-policy.ts';
import { type KeyUsage, parseKeyUsage } from './extensions/key-usage.ts';
import { type NameConstraints, parseNameConstraints } from './extensions/name-constraints.ts';
import { type PolicyConstraints, parsePolicyConstraints } from './extensions/policy-constraints.ts';
import { type PolicyMapping, parsePolicyMappings } from './extensions/policy-mappings.ts';
import { parseSubjectAltName } from './extensions/subject-alt-name.ts';
import { parseSubjectKeyIdentifier } from './extensions/subject-key-identifier.ts';
import { bytesEqual } from './fingerprint.ts';
import type { GeneralName } from './general-name.ts';
import { type DistinguishedName, nameOf, readName } from './name.ts';
import { OID } from './oid.ts';
import { serialNumberHex } from './serial-number.ts';
import { readTime } from './time.ts';

/** A certificate as a value. Decoded extensions are undefined where the certificate doesn't have them. */
export interface Certificate extends DecodedExtensions {
  readonly der: Uint8Array;
  /** The part that is signed. */
  readonly tbs: Uint8Array;
  readonly version: 1 | 2 | 3;
  /** Lower-case hex without a leading sign octet; see serial-number.ts. */
  readonly serialNumber: string;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  /** The algorithm that the signed part names, which must be the same. */
  readonly tbsSignatureAlgorithm: AlgorithmIdentifier;
  readonly issuer: DistinguishedName;
  readonly subject: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly publicKeyAlgorithm: AlgorithmIdentifier;
  /** The contents of the BIT STRING in subjectPublicKeyInfo. */
  readonly publicKeyBits: Uint8Array;
  readonly extensions: readonly Extension[];
  readonly signature: Uint8Array;
}

export interface DecodedExtensions {
  readonly basicConstraints?: BasicConstraints;
  readonly keyUsage?: readonly KeyUsage[];
  readonly extendedKeyUsage?: readonly string[];
  readonly subjectAltName?: readonly GeneralName[];
  readonly issuerAltName?: readonly GeneralName[];
  readonly nameConstraints?: NameConstraints;
  readonly subjectKeyIdentifier?: Uint8Array;
  readonly authorityKeyIdentifier?: AuthorityKeyIdentifier;
  readonly cRLDistributionPoints?: readonly DistributionPoint[];
  readonly freshestCRL?: readonly DistributionPoint[];
  readonly authorityInfoAccess?: readonly AccessDescription[];
  readonly subjectInfoAccess?: readonly AccessDescription[];
  readonly certificatePolicies?: readonly PolicyInformation[];
  readonly policyMappings?: readonly PolicyMapping[];
  readonly policyConstraints?: PolicyConstraints;
  readonly inhibitAnyPolicy?: number;
}

/**
 * Parses one certificate, strictly (RFC 5280 section 4.1): a malformed certificate or a malformed extension that
 * devca reads throws `DEVCA_DER_INVALID`. Whether the certificate is any good is for validation to say.
 */
export function parseCertificate(der: Uint8Array): Certificate {
  return readWhole(der, 'certificate', (reader) => {
    const certificate = reader.enter();
    const signed = certificate.read(TAG.sequence);
    const signatureAlgorithm = readAlgorithm(certificate);
    const { bytes: signature, unusedBits } = certificate.readBitString();
    if (unusedBits !== 0) certificate.fail('the signature does not end at an octet');
    certificate.finish();
    return { der, tbs: signed.der, signatureAlgorithm, signature, ...readTbs(certificate.over(signed)) };
  });
}

/** Whether basicConstraints say that the subject may issue certificates. */
export const isCa = (certificate: Certificate): boolean => certificate.basicConstraints?.cA === true;

type TbsFields = Omit<Certificate, 'der' | 'tbs' | 'signatureAlgorithm' | 'signature'>;

function readTbs(tbs: DerReader): TbsFields {
  const version = readVersion(tbs);
  const serialNumber = serialNumberHex(tbs.readInteger());
  const tbsSignatureAlgorithm = readAlgorithm(tbs);
  const issuer = readIssuer(tbs);
  const validity = tbs.enter();
  const notBefore = readTime(validity);
  const notAfter = readTime(validity);
  validity.finish();
  const subject = readName(tbs);
  const key = readPublicKey(tbs);
  readUniqueIdentifiers(tbs, version);
  const extensions = readVersion3Extensions(tbs, version);
  tbs.finish();
  return {
    version,
    serialNumber,
    tbsSignatureAlgorithm,
    issuer,
    subject,
    notBefore,
    notAfter,
    ...key,
    extensions,
    ...decodeExtensions(extensions),
  };
}

let lastIssuer: DistinguishedName | undefined;

/** Of certificates that are read one after the other most have the same issuer: its name is taken apart once. */
function readIssuer(tbs: DerReader): DistinguishedName {
  const element = tbs.read(TAG.sequence);
  const { der } = element;
  if (lastIssuer === undefined || !bytesEqual(lastIssuer.der, der)) lastIssuer = nameOf(element, tbs);
  return lastIssuer;
}

function readVersion(tbs: DerReader): 1 | 2 | 3 {
  const offset = tbs.offset;
  const explicit = tbs.enterOptional(contextConstructed(0));
  if (explicit === undefined) return 1;
  const value = explicit.readCount();
  explicit.finish();
  if (value === 0) explicit.fail('it says that it has version 1, which is the default', offset);
  if (value > 2) explicit.fail(`it has version ${value + 1}`, offset);
  return value === 1 ? 2 : 3;
}

function readPublicKey(
  tbs: DerReader,
): Pick<Certificate, 'subjectPublicKeyInfo' | 'publicKeyAlgorithm' | 'publicKeyBits'> {
  const element = tbs.read(TAG.sequence);
  const info = tbs.over(element);
  const publicKeyAlgorithm = readAlgorithm(info);
  const { bytes: publicKeyBits, unusedBits } = info.readBitString();
  if (unusedBits !== 0) info.fail('the public key does not end at an octet');
  info.finish();
  return { subjectPublicKeyInfo: element.der, publicKeyAlgorithm, publicKeyBits };
}

// RFC 5280 section 4.1.2.8: only in version 2 and 3. Nothing is done with them.
function readUniqueIdentifiers(tbs: DerReader, version: number): void {
  for (const tag of [contextPrimitive(1), contextPrimitive(2)]) {
    if (tbs.peek() !== tag) continue;
    if (version === 1) tbs.fail('a certificate of version 1 has a unique identifier');
    tbs.readBitString(tag);
  }
}

function readVersion3Extensions(tbs: DerReader, version: number): Extension[] {
  const explicit = tbs.enterOptional(contextConstructed(3));
  if (explicit === undefined) return [];
  if (version !== 3) tbs.fail(`a certificate of version ${version} has extensions`);
  const extensions = readExtensions(explicit);
  explicit.finish();
  return extensions;
}

const DECODERS: {
  [Field in keyof DecodedExtensions]-?: [string, (value: Uint8Array) => DecodedExtensions[Field]];
} = {
  basicConstraints: [OID.basicConstraints, parseBasicConstraints],
  keyUsage: [OID.keyUsage, parseKeyUsage],
  extendedKeyUsage: [OID.extKeyUsage, parseExtendedKeyUsage],
  subjectAltName: [OID.subjectAltName, parseSubjectAltName],
  issuerAltName: [OID.issuerAltName, parseSubjectAltName],
  nameConstraints: [OID.nameConstraints, parseNameConstraints],
  subjectKeyIdentifier: [OID.subjectKeyIdentifier, parseSubjectKeyIdentifier],
  authorityKeyIdentifier: [OID.authorityKeyIdentifier, parseAuthorityKeyIdentifier],
  cRLDistributionPoints: [OID.cRLDistributionPoints, parseCrlDistributionPoints],
  freshestCRL: [OID.freshestCRL, parseCrlDistributionPoints],
  authorityInfoAccess: [OID.authorityInfoAccess, parseAuthorityInfoAccess],
  subjectInfoAccess: [OID.subjectInfoAccess, parseAuthorityInfoAccess],
  certificatePolicies: [OID.certificatePolicies, parseCertificatePolicies],
  policyMappings: [OID.policyMappings, parsePolicyMappings],
  policyConstraints: [OID.policyConstraints, parsePolicyConstraints],
  inhibitAnyPolicy: [OID.inhibitAnyPolicy, parseInhibitAnyPolicy],
};

const DECODER_OF_OID = new Map(
  Object.entries(DECODERS).map(([field, [oid, parse]]) => [oid, { field, parse }] as const),
);

/** No extension comes twice: `readExtensions` sees to it. */
function decodeExtensions(extensions: readonly Extension[]): DecodedExtensions {
  const decoded: Record<string, unknown> = {};
  for (const { oid, value } of extensions) {
    const decoder = DECODER_OF_OID.get(oid);
    if (decoder !== undefined) decoded[decoder.field] = decoder.parse(value);
  }
  return decoded;
}
