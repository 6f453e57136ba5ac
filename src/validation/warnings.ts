import type { Certificate } from '../pki/certificate.ts';
import { isCa } from '../pki/certificate.ts';
import { findExtension } from '../pki/extensions/extension.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import type { GeneralName } from '../pki/general-name.ts';
import { commonNameOf, isEmptyName } from '../pki/name.ts';
import { OID } from '../pki/oid.ts';
import { type Finding, finding } from './problem.ts';
import type { ValidationPolicy } from './request.ts';

/** What validation lets pass and someone may still trip over, for a path with the end entity first. */
export function collectWarnings(
  path: readonly Certificate[],
  { policy }: { readonly policy: ValidationPolicy },
): Finding[] {
  return path.flatMap((certificate, index) => [
    ...checkKeyIdentifiers(certificate, path[index + 1]),
    ...checkForm(certificate),
    ...(index === 0 && policy === 'webpki'
      ? [...checkCommonName(certificate), ...checkLifetime(certificate)]
      : []),
  ]);
}

// RFC 5280 sections 4.2.1.1 and 4.2.1.2 demand the identifiers of authorities; path validation does without them.
function checkKeyIdentifiers(certificate: Certificate, issuer: Certificate | undefined): Finding[] {
  const wanted = certificate.authorityKeyIdentifier?.keyIdentifier;
  const presented = issuer?.subjectKeyIdentifier;
  const details: string[] = [];
  if (issuer !== undefined && wanted === undefined) details.push('it has no authorityKeyIdentifier');
  if (isCa(certificate) && certificate.subjectKeyIdentifier === undefined) {
    details.push('it has no subjectKeyIdentifier');
  }
  if (wanted !== undefined && presented !== undefined && !bytesEqual(wanted, presented)) {
    details.push("its authorityKeyIdentifier is not its issuer's subjectKeyIdentifier");
  }
  return details.map((detail) => finding('DEVCA_CERTIFICATE_KEY_IDENTIFIER', { detail }, certificate));
}

function checkForm(certificate: Certificate): Finding[] {
  const { serialNumber } = certificate;
  const findings = UNUSUAL.filter(({ test }) => test(certificate)).map(({ detail, rfc }) =>
    finding('DEVCA_CERTIFICATE_UNUSUAL', { detail, rfc }, certificate),
  );
  if (serialNumber.startsWith('-')) {
    const context = { serialNumber, reason: 'is negative' };
    findings.push(finding('DEVCA_CERTIFICATE_SERIAL_NUMBER', context, certificate));
  }
  return findings;
}

function checkCommonName(certificate: Certificate): Finding[] {
  const commonName = commonNameOf(certificate.subject);
  const names = (certificate.subjectAltName ?? []).flatMap(textOf);
  if (commonName === undefined || names.length === 0 || names.includes(commonName)) return [];
  return [finding('DEVCA_CERTIFICATE_COMMON_NAME', { commonName, names }, certificate)];
}

const textOf = (name: GeneralName): string[] => ('value' in name ? [name.value] : []);

/** CA/B Forum BR section 6.3.2 before March 2026, and https://support.apple.com/HT210176 for roots of one's own. */
function checkLifetime(certificate: Certificate): Finding[] {
  const seconds = (certificate.notAfter.getTime() - certificate.notBefore.getTime()) / 1000 + 1;
  const days = Math.ceil(seconds / 86_400);
  if (days <= 398) return [];
  const [limit, source] = days > 825 ? [825, "Apple's clients"] : [398, 'public authorities'];
  return [finding('DEVCA_CERTIFICATE_LIFETIME', { days, limit, source }, certificate)];
}

interface Rule {
  readonly detail: string;
  readonly rfc: string;
  readonly test: (certificate: Certificate) => boolean;
}

const criticalityOf = (certificate: Certificate, oid: string): boolean | undefined =>
  findExtension(certificate.extensions, oid)?.critical;

const UNUSUAL: readonly Rule[] = [
  {
    detail: 'its basicConstraints are not critical',
    rfc: 'RFC 5280 section 4.2.1.9',
    test: (c) => isCa(c) && criticalityOf(c, OID.basicConstraints) === false,
  },
  {
    detail: 'its nameConstraints are not critical, so that a verifier may ignore them',
    rfc: 'RFC 5280 section 4.2.1.10',
    test: (c) => criticalityOf(c, OID.nameConstraints) === false,
  },
  {
    detail: 'its policyConstraints are not critical',
    rfc: 'RFC 5280 section 4.2.1.11',
    test: (c) => criticalityOf(c, OID.policyConstraints) === false,
  },
  {
    detail: 'its inhibitAnyPolicy is not critical',
    rfc: 'RFC 5280 section 4.2.1.14',
    test: (c) => criticalityOf(c, OID.inhibitAnyPolicy) === false,
  },
  {
    detail: 'its subjectAltName is critical although it has a subject',
    rfc: 'RFC 5280 section 4.2.1.6',
    test: (c) => !isEmptyName(c.subject) && criticalityOf(c, OID.subjectAltName) === true,
  },
  {
    detail: 'its extended key usage is critical',
    rfc: 'CA/B Forum BR section 7.1.2.7.6',
    test: (c) => criticalityOf(c, OID.extKeyUsage) === true,
  },
  {
    detail: 'it has a dNSName with an underscore, which Python refuses',
    rfc: 'RFC 5280 section 4.2.1.6',
    test: (c) => c.subjectAltName?.some((n) => n.kind === 'dNSName' && n.value.includes('_')) === true,
  },
  {
    detail: 'its key is an Edwards-curve key, which no browser takes',
    rfc: 'CA/B Forum BR section 6.1.5',
    test: ({ publicKeyAlgorithm: { oid } }) => oid === OID.ed25519 || oid === OID.ed448,
  },
];
