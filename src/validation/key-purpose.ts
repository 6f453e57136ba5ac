import type { Certificate } from '../pki/certificate.ts';
import type { KeyUsage } from '../pki/extensions/key-usage.ts';
import { OID, oidText } from '../pki/oid.ts';
import { type Finding, finding } from './problem.ts';
import type { ValidationPolicy, VerificationRules } from './request.ts';

/** The purposes that are asked for, as object identifiers; none where anything will do. */
export function wantedPurposes({ purpose, extendedKeyUsage }: VerificationRules): readonly string[] {
  if (extendedKeyUsage !== undefined) return extendedKeyUsage;
  if (purpose === 'any') return [];
  return [purpose === 'client' ? OID.clientAuth : OID.serverAuth];
}

/**
 * Whether the extended key usage allows every wanted purpose (RFC 5280 section 4.2.1.12). An authority's limits what
 * it may issue for, as every TLS client has it. Firefox takes no anyExtendedKeyUsage in an end entity, and public
 * authorities may not put it there, so `webpki` doesn't take it either.
 */
export function checkExtendedKeyUsage(
  certificate: Certificate,
  wanted: readonly string[],
  isEndEntity: boolean,
  policy: ValidationPolicy,
): Finding[] {
  const allowed = certificate.extendedKeyUsage;
  if (allowed === undefined) return [];
  const takesAny = !isEndEntity || policy === 'rfc5280';
  if (takesAny && allowed.includes(OID.anyExtendedKeyUsage)) return [];
  return wanted
    .filter((purpose) => !allowed.includes(purpose))
    .map((purpose) => {
      const context = { wanted: oidText(purpose), allowed: allowed.map(oidText) };
      return finding('DEVCA_PATH_PURPOSE', context, certificate);
    });
}

/**
 * Whether the key usage of an end entity goes with the purpose. RFC 5280 ties the two together only where both
 * extensions are there; the web's clients look at the key usage in any case.
 */
export function checkEndEntityKeyUsage(
  certificate: Certificate,
  wanted: readonly string[],
  policy: ValidationPolicy,
): Finding[] {
  const { keyUsage, extendedKeyUsage } = certificate;
  if (keyUsage === undefined || (policy === 'rfc5280' && extendedKeyUsage === undefined)) return [];
  return wanted.flatMap((purpose) => {
    const expected = USAGES_OF_PURPOSE.get(purpose);
    if (expected === undefined || expected.some((usage) => keyUsage.includes(usage))) return [];
    const context = { wanted: oidText(purpose), expected, usages: keyUsage };
    return [finding('DEVCA_PATH_KEY_USAGE', context, certificate)];
  });
}

/** "Key usage bits that may be consistent" in RFC 5280 section 4.2.1.12. */
const USAGES_OF_PURPOSE = new Map<string, readonly KeyUsage[]>([
  [OID.serverAuth, ['digitalSignature', 'keyEncipherment', 'keyAgreement']],
  [OID.clientAuth, ['digitalSignature', 'keyAgreement']],
  [OID.codeSigning, ['digitalSignature']],
  [OID.emailProtection, ['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'keyAgreement']],
  [OID.timeStamping, ['digitalSignature', 'nonRepudiation']],
  [OID.ocspSigning, ['digitalSignature', 'nonRepudiation']],
]);
