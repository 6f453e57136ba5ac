/** Derived, never stored: what a certificate is at a given time. */
export type CertificateStatus = 'valid' | 'not-yet-valid' | 'expired' | 'revoked' | 'replaced';

export const CERTIFICATE_STATUSES = [
  'valid',
  'not-yet-valid',
  'expired',
  'revoked',
  'replaced',
] as const satisfies readonly CertificateStatus[];

/**
 * Revoked and replaced last for ever, so they come before what the clock says.
 * Both ends of the validity are inclusive (RFC 5280 section 4.1.2.5).
 */
export function certificateStatus(
  certificate: {
    notBefore: Date;
    notAfter: Date;
    revokedAt: Date | undefined;
    replacedBy: number | undefined;
  },
  at: Date,
): CertificateStatus {
  if (certificate.revokedAt !== undefined) return 'revoked';
  if (certificate.replacedBy !== undefined) return 'replaced';
  const second = Math.floor(at.getTime() / 1000) * 1000;
  if (second < certificate.notBefore.getTime()) return 'not-yet-valid';
  if (second > certificate.notAfter.getTime()) return 'expired';
  return 'valid';
}
