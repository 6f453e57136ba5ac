import type { CertifiedKey } from '../pki/key.ts';
import { OID } from '../pki/oid.ts';
import type { CertificatePlan } from './certificate-plan.ts';
import { DAY_MS } from './validity.ts';

/** What some clients refuse of a certificate that is right in itself. Backdating counts, as it does for them. */
export function clientLimits(
  { profile, notBefore, notAfter }: Pick<CertificatePlan, 'profile' | 'notBefore' | 'notAfter'>,
  { type }: Pick<CertifiedKey, 'type'>,
): readonly string[] {
  // Both ends belong to the life (RFC 5280 section 4.1.2.5).
  const days = (notAfter.getTime() + 1000 - notBefore.getTime()) / DAY_MS;
  const isServer = profile.extendedKeyUsage.includes(OID.serverAuth);
  const warnings: string[] = [];
  if (type === 'ed25519') warnings.push('browsers refuse certificates with Ed25519 keys');
  // https://support.apple.com/103769
  if (isServer && days > 825)
    warnings.push(`Safari, iOS and macOS refuse it: it lives ${Math.ceil(days)} days, and they take 825`);
  // https://www.w3.org/TR/webtransport/#custom-certificate-requirements
  if (isServer && days <= 14 && type !== 'ec-p256')
    warnings.push('WebTransport takes no hash of it (serverCertificateHashes): that needs a P-256 key');
  return warnings;
}
