import { algorithmEquals } from '../pki/algorithm.ts';
import type { Certificate } from '../pki/certificate.ts';
import { type Extension, findExtension } from '../pki/extensions/extension.ts';
import { isEmptyName } from '../pki/name.ts';
import { OID, oidText } from '../pki/oid.ts';
import { type Finding, finding } from './problem.ts';
import { refuseKey } from './public-key.ts';
import type { ValidationPolicy } from './request.ts';
import { checkSignatureAlgorithm } from './signature.ts';

/** The place of a certificate in a path. */
export type Role = 'end-entity' | 'intermediate' | 'anchor';

export interface CheckOptions {
  readonly at: Date;
  readonly policy: ValidationPolicy;
  /** Extended key usages as object identifiers. */
  readonly wanted: readonly string[];
  /** Whether the key is known to be one that can be read, since it was made here. */
  readonly isKeyKnown?: boolean;
}

/** What can be said about a certificate alone, whichever path it stands in (RFC 5280 sections 4 and 6.1.3). */
export function checkCertificate(certificate: Certificate, role: Role, options: CheckOptions): Finding[] {
  return [
    ...checkValidity(certificate, options.at),
    ...checkExtensions(certificate.extensions, certificate),
    ...checkKey(certificate, options),
    // Nobody checks how an anchor came to be, so what its issuer should have done is nothing to it.
    ...(role === 'anchor'
      ? []
      : [
          ...checkForm(certificate, options.policy),
          ...checkSignatureAlgorithm(certificate, options, certificate),
        ]),
  ];
}

/** Both ends are inclusive, and a second is a second until the next begins (RFC 5280 section 4.1.2.5). */
export function checkValidity(certificate: Certificate, at: Date): Finding[] {
  const moment = Math.floor(at.getTime() / 1000) * 1000;
  const { notBefore, notAfter } = certificate;
  if (moment > notAfter.getTime()) {
    return [finding('DEVCA_PATH_EXPIRED', { at: timeOf(at), notAfter: timeOf(notAfter) }, certificate)];
  }
  if (moment < notBefore.getTime()) {
    return [
      finding('DEVCA_PATH_NOT_YET_VALID', { at: timeOf(at), notBefore: timeOf(notBefore) }, certificate),
    ];
  }
  return [];
}

/** What an end entity must not be. */
export function checkEndEntity(certificate: Certificate, policy: ValidationPolicy): Finding[] {
  const { basicConstraints, keyUsage, nameConstraints, subject, subjectAltName, version } = certificate;
  const isAuthority = basicConstraints?.cA === true;
  const findings: Finding[] = [];
  if (policy === 'webpki' && version !== 3) {
    findings.push(finding('DEVCA_CERTIFICATE_VERSION', { version }, certificate));
  }
  if (policy === 'webpki' && isAuthority) {
    findings.push(finding('DEVCA_CERTIFICATE_CA_AS_END_ENTITY', {}, certificate));
  }
  if (nameConstraints !== undefined && !isAuthority) {
    findings.push(finding('DEVCA_CERTIFICATE_CONSTRAINED_END_ENTITY', {}, certificate));
  }
  if (keyUsage?.includes('keyCertSign') === true && !isAuthority) {
    findings.push(finding('DEVCA_CERTIFICATE_SIGNS_WITHOUT_CA', {}, certificate));
  }
  if (basicConstraints?.pathLenConstraint !== undefined && !isAuthority) {
    findings.push(finding('DEVCA_CERTIFICATE_PATH_LENGTH_WITHOUT_CA', {}, certificate));
  }
  if (policy === 'webpki') findings.push(...checkSubscriberProfile(certificate));
  if (isEmptyName(subject)) {
    if (isAuthority) findings.push(finding('DEVCA_CERTIFICATE_EMPTY_SUBJECT', {}, certificate));
    else if (subjectAltName === undefined)
      findings.push(finding('DEVCA_CERTIFICATE_NAMELESS', {}, certificate));
    else if (findExtension(certificate.extensions, OID.subjectAltName)?.critical === false) {
      findings.push(criticality(certificate, OID.subjectAltName, true, 'RFC 5280 section 4.2.1.6'));
    }
  }
  return findings;
}

/** What the CA/B Forum forbids in an end entity, and some clients refuse, such as Python's cryptography. */
function checkSubscriberProfile(certificate: Certificate): Finding[] {
  const { extensions, extendedKeyUsage, subject } = certificate;
  const isCritical = (oid: string): boolean => findExtension(extensions, oid)?.critical === true;
  const findings: Finding[] = [];
  if (isCritical(OID.subjectAltName) && !isEmptyName(subject)) {
    findings.push(criticality(certificate, OID.subjectAltName, false, 'CA/B Forum BR section 7.1.2.7.12'));
  }
  if (isCritical(OID.extKeyUsage)) {
    findings.push(criticality(certificate, OID.extKeyUsage, false, 'CA/B Forum BR section 7.1.2.7.6'));
  }
  if (extendedKeyUsage?.includes(OID.anyExtendedKeyUsage) === true) {
    findings.push(finding('DEVCA_CERTIFICATE_ANY_PURPOSE', {}, certificate));
  }
  return findings;
}

/** Whether a certificate may issue others (RFC 5280 section 6.1.4 (k) and (n)). */
export function checkAuthority(certificate: Certificate, role: Role): Finding[] {
  const { basicConstraints, keyUsage, subject, version } = certificate;
  const findings: Finding[] = [];
  // An anchor of version 1 cannot say that it is an authority; trusting it as one says so.
  if (version !== 3 ? role !== 'anchor' : basicConstraints?.cA !== true) {
    const detail =
      version !== 3
        ? `it has version ${version}`
        : basicConstraints === undefined
          ? 'it has no basicConstraints'
          : 'its basicConstraints do not say cA';
    findings.push(finding('DEVCA_PATH_NOT_A_CA', { detail }, certificate));
  }
  if (keyUsage !== undefined && !keyUsage.includes('keyCertSign')) {
    findings.push(finding('DEVCA_PATH_CANNOT_SIGN', { usages: keyUsage }, certificate));
  }
  if (isEmptyName(subject)) findings.push(finding('DEVCA_CERTIFICATE_EMPTY_SUBJECT', {}, certificate));
  return findings;
}

/** Every extension that validation processes or may ignore although it is critical. */
const PROCESSED = new Set<string>([
  OID.basicConstraints,
  OID.keyUsage,
  OID.extKeyUsage,
  OID.subjectAltName,
  OID.nameConstraints,
  OID.certificatePolicies,
  OID.policyMappings,
  OID.policyConstraints,
  OID.inhibitAnyPolicy,
  OID.cRLDistributionPoints,
]);

const NEVER_CRITICAL = new Map<string, string>([
  [OID.authorityKeyIdentifier, 'RFC 5280 section 4.2.1.1'],
  [OID.subjectKeyIdentifier, 'RFC 5280 section 4.2.1.2'],
  [OID.subjectDirectoryAttributes, 'RFC 5280 section 4.2.1.8'],
  [OID.freshestCRL, 'RFC 5280 section 4.2.1.15'],
  [OID.authorityInfoAccess, 'RFC 5280 section 4.2.2.1'],
  [OID.subjectInfoAccess, 'RFC 5280 section 4.2.2.2'],
]);

function checkExtensions(extensions: readonly Extension[], certificate: Certificate): Finding[] {
  const findings: Finding[] = [];
  for (const { oid, critical } of extensions) {
    const never = NEVER_CRITICAL.get(oid);
    if (critical && never !== undefined) findings.push(criticality(certificate, oid, false, never));
    else if (critical && !PROCESSED.has(oid)) {
      const context = { extension: oidText(oid) };
      findings.push(finding('DEVCA_CERTIFICATE_UNKNOWN_CRITICAL', context, certificate));
    }
  }
  if (hasUnknownQualifier(certificate)) {
    const context = { extension: 'certificatePolicies with a policy qualifier' };
    findings.push(finding('DEVCA_CERTIFICATE_UNKNOWN_CRITICAL', context, certificate));
  }
  return findings;
}

// RFC 5280 section 4.2.1.4: where the extension is critical, its qualifiers must be understood too.
function hasUnknownQualifier({ certificatePolicies = [], extensions }: Certificate): boolean {
  return (
    findExtension(extensions, OID.certificatePolicies)?.critical === true &&
    certificatePolicies.some(({ policyQualifiers = [] }) =>
      policyQualifiers.some(({ policyQualifierId: id }) => id !== OID.cps && id !== OID.userNotice),
    )
  );
}

function criticality(certificate: Certificate, oid: string, shouldBe: boolean, rfc: string): Finding {
  const context = { extension: oidText(oid), critical: !shouldBe, rfc };
  return finding('DEVCA_CERTIFICATE_CRITICALITY', context, certificate);
}

function checkKey(certificate: Certificate, { policy, isKeyKnown = false }: CheckOptions): Finding[] {
  const refusal = refuseKey(certificate, policy, isKeyKnown);
  return refusal === undefined ? [] : [finding('DEVCA_PATH_KEY_UNACCEPTABLE', refusal, certificate)];
}

/**
 * Rules for the issuer that a verifier may hold it to. A negative serial number is one that RFC 5280 section 4.1.2.2
 * asks verifiers to live with, and that PKITS wants accepted.
 */
function checkForm(certificate: Certificate, policy: ValidationPolicy): Finding[] {
  const { issuer, serialNumber, signatureAlgorithm, tbsSignatureAlgorithm } = certificate;
  const findings: Finding[] = [];
  if (!algorithmEquals(signatureAlgorithm, tbsSignatureAlgorithm)) {
    const context = { signed: oidText(tbsSignatureAlgorithm.oid), unsigned: oidText(signatureAlgorithm.oid) };
    findings.push(finding('DEVCA_CERTIFICATE_ALGORITHM_MISMATCH', context, certificate));
  }
  if (isEmptyName(issuer)) findings.push(finding('DEVCA_CERTIFICATE_EMPTY_ISSUER', {}, certificate));
  const reason = refuseSerialNumber(serialNumber, policy);
  if (reason !== undefined) {
    findings.push(finding('DEVCA_CERTIFICATE_SERIAL_NUMBER', { serialNumber, reason }, certificate));
  }
  return findings;
}

// Twenty octets, sign octet included: 40 digits of hex, of which the first is below 8 in a positive number.
function refuseSerialNumber(hex: string, policy: ValidationPolicy): string | undefined {
  if (hex === '00') return 'is zero';
  if (hex.startsWith('-')) return policy === 'webpki' ? 'is negative' : undefined;
  const octets = hex.length / 2 + (Number.parseInt(hex.slice(0, 2), 16) >= 0x80 ? 1 : 0);
  return octets > 20 ? `has ${octets} octets, and 20 is the limit` : undefined;
}

const timeOf = (time: Date): string => time.toISOString().replace('.000Z', 'Z');
