import { DevcaError } from '../errors/devca-error.ts';
import type { CertificationRequest } from '../pki/certification-request.ts';
import { parseBasicConstraints } from '../pki/extensions/basic-constraints.ts';
import { parseExtendedKeyUsage } from '../pki/extensions/extended-key-usage.ts';
import type { Extension } from '../pki/extensions/extension.ts';
import { type KeyUsage, parseKeyUsage } from '../pki/extensions/key-usage.ts';
import { OID, oidText } from '../pki/oid.ts';
import type { Profile } from '../profiles/profile.ts';

/**
 * Holds what a request would like its certificate to say against the profile. Nothing of it is copied, so what is
 * harmless is only left out, and named. Throws DEVCA_CSR_REFUSED with everything that would give power.
 */
export function checkRequestedExtensions(
  { extensions }: CertificationRequest,
  profile: Profile,
  source: string,
): readonly string[] {
  const verdicts = extensions.map((extension) => judge(extension, profile));
  const reasons = verdicts.flatMap(({ refused }) => refused);
  if (reasons.length > 0) throw new DevcaError('DEVCA_CSR_REFUSED', { source, reasons });
  return verdicts.flatMap(({ leftOut }) => leftOut);
}

interface Verdict {
  readonly refused: readonly string[];
  readonly leftOut: readonly string[];
}

const HARMLESS: Verdict = { refused: [], leftOut: [] };
const refuse = (...refused: readonly string[]): Verdict => ({ ...HARMLESS, refused });
const leaveOut = (...leftOut: readonly string[]): Verdict => ({ ...HARMLESS, leftOut });

/** Usages of an authority. */
const AUTHORITY_USAGES: readonly KeyUsage[] = ['keyCertSign', 'cRLSign'];

/** Extensions that are for an authority to say, of an authority or of a certificate in public logs. */
const REFUSED: readonly string[] = [
  OID.nameConstraints,
  OID.policyConstraints,
  OID.policyMappings,
  OID.inhibitAnyPolicy,
  OID.authorityKeyIdentifier,
  OID.issuerAltName,
  OID.ocspNoCheck,
  OID.precertificatePoison,
  OID.signedCertificateTimestamps,
  // RFC 3820: a proxy certificate signs others without being an authority.
  OID.proxyCertInfo,
];

function judge(extension: Extension, profile: Profile): Verdict {
  const { oid, critical, value } = extension;
  switch (oid) {
    // The one is read for its names, the other is computed.
    case OID.subjectAltName:
    case OID.subjectKeyIdentifier:
      return HARMLESS;
    case OID.basicConstraints:
      return parseBasicConstraints(value).cA ? refuse('basicConstraints with CA:TRUE') : HARMLESS;
    case OID.keyUsage:
      return judgeKeyUsage(parseKeyUsage(value), profile);
    case OID.extKeyUsage:
      return judgeExtendedKeyUsage(parseExtendedKeyUsage(value), profile);
    default:
      if (REFUSED.includes(oid)) return refuse(oidText(oid));
      return critical ? refuse(`${oidText(oid)}, which is critical`) : leaveOut(oidText(oid));
  }
}

function judgeKeyUsage(usages: readonly KeyUsage[], profile: Profile): Verdict {
  const own = [...profile.keyUsage, ...profile.rsaKeyUsage];
  const power = usages.filter((usage) => AUTHORITY_USAGES.includes(usage));
  const others = usages.filter((usage) => !AUTHORITY_USAGES.includes(usage) && !own.includes(usage));
  return { refused: power.map((usage) => `keyUsage ${usage}`), leftOut: others };
}

function judgeExtendedKeyUsage(usages: readonly string[], profile: Profile): Verdict {
  const foreign = usages.filter((usage) => !profile.extendedKeyUsage.includes(usage));
  return refuse(
    ...foreign.map(
      (usage) => `extended key usage ${oidText(usage)}, which the profile "${profile.name}" has not`,
    ),
  );
}
