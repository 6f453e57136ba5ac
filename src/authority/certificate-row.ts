import type { NewCertificate } from '../inventory/certificates.ts';
import type { NewEvent } from '../inventory/events.ts';
import type { Certificate } from '../pki/certificate.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import type { CertifiedKey, PrivateKey } from '../pki/key.ts';
import { formatName } from '../pki/name-text.ts';
import type { CertificatePlan } from './certificate-plan.ts';
import { clientLimits } from './client-limits.ts';
import { issuerKey } from './issuer-key.ts';
import type { Authority } from './open-authority.ts';

/** A certificate that is signed and checked, but not yet recorded. */
export interface SignedCertificate {
  readonly plan: CertificatePlan;
  /** A public key alone for a certificate that was made from a request. */
  readonly key: PrivateKey | CertifiedKey;
  readonly certificate: Certificate;
}

/** What the inventory says of a certificate. */
export interface DescribedCertificate {
  readonly serialNumber: string;
  readonly sha256: string;
  readonly profile: string;
  readonly names: readonly string[];
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly authority: string;
  readonly generation: number;
  /** Where some clients refuse what was issued, and other things to know. */
  readonly warnings: readonly string[];
}

/** The row of a certificate that was just signed. */
export function certificateRow(
  { plan, key, certificate }: SignedCertificate,
  authority: Authority,
  createdAt: Date,
): NewCertificate {
  return {
    authorityId: authority.record.id,
    serialNumber: certificate.serialNumber,
    issuerKey: issuerKey(authority.issuer.certificate),
    sha256: sha256Hex(certificate.der),
    profile: plan.profile.name,
    subject: formatName(certificate.subject),
    names: plan.names.map(({ value }) => value),
    alsoFoundBy: plan.commonName === undefined ? plan.requested : [...plan.requested, plan.commonName],
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    keyAlgorithm: key.type,
    createdAt,
    der: certificate.der,
  };
}

/** What is noted when the certificate of a row is issued. */
export function issuedEvent({ serialNumber, sha256, profile, names, createdAt }: NewCertificate): NewEvent {
  const details = { serial: serialNumber, sha256, profile, names };
  return { kind: 'certificate-issued', at: createdAt, details };
}

export function describeCertificate(
  { serialNumber, sha256, profile, names, subject, notBefore, notAfter }: NewCertificate,
  { plan, key }: Pick<SignedCertificate, 'plan' | 'key'>,
  { record: { name: authority, generation } }: Authority,
): DescribedCertificate {
  const limits = clientLimits(plan, key);
  const warnings = limits.length === 0 ? plan.warnings : [...plan.warnings, ...limits];
  return {
    serialNumber,
    sha256,
    profile,
    names,
    subject,
    notBefore,
    notAfter,
    authority,
    generation,
    warnings,
  };
}
