import type { Certificate } from '../pki/certificate.ts';
import { isCa } from '../pki/certificate.ts';
import type { CertificateRevocationList } from '../pki/crl.ts';
import { encodeSequence } from '../pki/der-writer.ts';
import type { DistributionPoint, DistributionPointName } from '../pki/extensions/distribution-point.ts';
import { REASON_FLAGS, type ReasonFlag } from '../pki/extensions/distribution-point.ts';
import { bytesToHex } from '../pki/fingerprint.ts';
import type { GeneralName } from '../pki/general-name.ts';
import { encodeGeneralName } from '../pki/general-name.ts';
import { type DistinguishedName, encodeRdn, nameEquals, nameKey, parseName } from '../pki/name.ts';

/** Every reason that a list must cover before a certificate counts as not revoked. */
export const ALL_REASONS: readonly ReasonFlag[] = REASON_FLAGS.filter((flag) => flag !== 'unused');

/**
 * Where to look for the status of a certificate: its distribution points, and then any list of its issuer's own,
 * as if a point named the issuer (RFC 5280 section 6.3.3, last paragraph).
 */
export function distributionPointsOf(certificate: Certificate): readonly DistributionPoint[] {
  const issuer: GeneralName = { kind: 'directoryName', name: certificate.issuer };
  const implied: DistributionPoint = {
    distributionPoint: { fullName: [issuer, ...(certificate.issuerAltName ?? [])] },
  };
  return [...(certificate.cRLDistributionPoints ?? []), implied];
}

/** Why a list doesn't cover a certificate at a distribution point (RFC 5280 section 6.3.3 (b)), or undefined. */
export function refuseScope(
  crl: CertificateRevocationList,
  point: DistributionPoint,
  certificate: Certificate,
): string | undefined {
  const scope = crl.issuingDistributionPoint;
  if (!isFromIssuer(crl, point, certificate)) return 'is from another issuer';
  if (scope === undefined) return undefined;
  if (scope.onlyContainsAttributeCerts) return 'covers attribute certificates only';
  if (scope.onlyContainsUserCerts && isCa(certificate)) return 'covers end entities only';
  if (scope.onlyContainsCACerts && !isCa(certificate)) return 'covers authorities only';
  if (scope.distributionPoint === undefined) return undefined;
  const here = namesOf(scope.distributionPoint, crl.issuer);
  const there = pointNames(point, certificate);
  return here.some((name) => there.includes(name)) ? undefined : 'is for another distribution point';
}

/** The reasons that a list can tell at a distribution point (RFC 5280 section 6.3.3 (d)). */
export function coveredReasons(
  crl: CertificateRevocationList,
  point: DistributionPoint,
): readonly ReasonFlag[] {
  const inList = crl.issuingDistributionPoint?.onlySomeReasons ?? ALL_REASONS;
  const atPoint = point.reasons ?? ALL_REASONS;
  return ALL_REASONS.filter((reason) => inList.includes(reason) && atPoint.includes(reason));
}

/** Whose list a distribution point wants, for messages. */
export const crlIssuerOf = (point: DistributionPoint, certificate: Certificate): DistinguishedName =>
  directoryNames(point.cRLIssuer)[0] ?? certificate.issuer;

// RFC 5280 section 6.3.3 (b)(1): another issuer must be named at the point, and the list must say that it is indirect.
function isFromIssuer(
  crl: CertificateRevocationList,
  { cRLIssuer }: DistributionPoint,
  certificate: Certificate,
): boolean {
  if (cRLIssuer === undefined) return nameEquals(crl.issuer, certificate.issuer);
  return (
    crl.issuingDistributionPoint?.indirectCRL === true &&
    directoryNames(cRLIssuer).some((name) => nameEquals(name, crl.issuer))
  );
}

/** The names of a distribution point for comparison; one without a name goes by the issuer of its list. */
function pointNames(point: DistributionPoint, certificate: Certificate): string[] {
  if (point.distributionPoint === undefined) return (point.cRLIssuer ?? []).map(generalNameKey);
  return namesOf(point.distributionPoint, crlIssuerOf(point, certificate));
}

function namesOf(name: DistributionPointName, issuer: DistinguishedName): string[] {
  if ('fullName' in name) return name.fullName.map(generalNameKey);
  const full = parseName(
    encodeSequence(...issuer.rdns.map(encodeRdn), encodeRdn(name.nameRelativeToCRLIssuer)),
  );
  return [generalNameKey({ kind: 'directoryName', name: full })];
}

const generalNameKey = (name: GeneralName): string =>
  name.kind === 'directoryName' ? `name ${nameKey(name.name)}` : `der ${bytesToHex(encodeGeneralName(name))}`;

const directoryNames = (names: readonly GeneralName[] = []): DistinguishedName[] =>
  names.flatMap((name) => (name.kind === 'directoryName' ? [name.name] : []));
