import { IMPORTED_PROFILE } from '../inventory/certificate-query.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import type { RevokedEntry } from '../pki/crl-builder.ts';
import { isReasonCode } from '../pki/extensions/reason-code.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import { nameEquals } from '../pki/name.ts';
import type { Authority, RecordedCertificate } from './open-authority.ts';

/**
 * The certificate of a generation that has signed an end entity: the one that issues, for all but what was imported.
 * `undefined` for what was signed by an intermediate that was left behind.
 */
export function signerOf(
  { id, profile }: Pick<CertificateRecord, 'id' | 'profile'>,
  { root, issuer }: Authority,
  inventory: Inventory,
): RecordedCertificate | undefined {
  if (profile !== IMPORTED_PROFILE) return issuer;
  const certificate = parseCertificate(inventory.certificates.der(id) ?? new Uint8Array());
  return [issuer, root].find((each) => namesIssuer(certificate, each.certificate));
}

/** Whether a certificate says that another has signed it, by name and by key identifier where both have one. */
export function namesIssuer(
  { issuer, authorityKeyIdentifier }: Certificate,
  { subject, subjectKeyIdentifier }: Certificate,
): boolean {
  const wanted = authorityKeyIdentifier?.keyIdentifier;
  return (
    nameEquals(issuer, subject) &&
    (wanted === undefined || subjectKeyIdentifier === undefined || bytesEqual(wanted, subjectKeyIdentifier))
  );
}

/** Whether verifiers take revocation lists of an issuer: not every authority from elsewhere has the usage for it. */
export const canSignLists = ({ keyUsage }: Certificate): boolean =>
  keyUsage === undefined || keyUsage.includes('cRLSign');

/** What the root of an imported authority had revoked before, of which there is no certificate any more. */
export function revokedBefore({ record }: Pick<Authority, 'record'>): readonly RevokedEntry[] {
  const entries: unknown = record.settings['revokedBefore'];
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown): RevokedEntry[] => {
    const fields = new Map<string, unknown>(Object.entries(Object(entry)));
    const [serialNumber, at, reason] = ['serialNumber', 'revokedAt', 'reason'].map((name) =>
      String(fields.get(name) ?? ''),
    );
    if (serialNumber === undefined || at === undefined || reason === undefined) return [];
    return [{ serialNumber, revokedAt: new Date(at), reason: isReasonCode(reason) ? reason : 'unspecified' }];
  });
}
