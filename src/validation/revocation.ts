import type { Certificate } from '../pki/certificate.ts';
import type { CertificateRevocationList, RevokedCertificate } from '../pki/crl.ts';
import type { DistributionPoint, ReasonFlag } from '../pki/extensions/distribution-point.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import { nameEquals } from '../pki/name.ts';
import { formatName } from '../pki/name-text.ts';
import { checkCertificate } from './certificate-checks.ts';
import { type ChainNode, isSameCertificate } from './chain-node.ts';
import { findEntry, isDeltaOf, refuseCrl } from './crl-checks.ts';
import { ALL_REASONS, coveredReasons, crlIssuerOf, distributionPointsOf, refuseScope } from './crl-scope.ts';
import { findPath } from './path-search.ts';
import type { PathOptions } from './path-validation.ts';
import { type Pool, withAnchor } from './pool.ts';
import { type Finding, finding } from './problem.ts';
import { inheritsParameters } from './public-key.ts';
import type { RevocationMode } from './request.ts';

/** Everything of the options but what this module adds to them. */
type BaseOptions = Omit<PathOptions, 'checkRevocation'>;

/**
 * Checks the certificates of a path against revocation lists (RFC 5280 section 6.3). A list counts only where its
 * issuer has a valid path to the same anchor. A status that stays unknown is a finding where the mode demands one.
 */
export function revocationChecker(
  mode: RevocationMode,
  crls: readonly CertificateRevocationList[],
  pool: Pool,
  options: BaseOptions,
): (path: readonly ChainNode[]) => Finding[] {
  if (mode === 'off') return () => [];
  const newestFirst = [...crls].sort(compareAge);
  const usable = newestFirst.filter((crl) => refuseCrl(crl, options) === undefined);
  const check = (path: readonly ChainNode[], isPending: readonly ChainNode[]): Finding[] =>
    path.slice(0, -1).flatMap((node, index) => {
      const isRequired =
        mode === 'required' || (mode === 'end-entity' && index === 0 && isPending.length === 0);
      const source = { lists: newestFirst, usable, pool, options, check, isPending };
      return checkNode(node, path.slice(index + 1), source, isRequired);
    });
  return (path) => check(path, []);
}

interface Source {
  readonly lists: readonly CertificateRevocationList[];
  readonly usable: readonly CertificateRevocationList[];
  readonly pool: Pool;
  readonly options: BaseOptions;
  readonly check: (path: readonly ChainNode[], isPending: readonly ChainNode[]) => Finding[];
  /** Issuers of lists whose own status is being asked for, the last one now. */
  readonly isPending: readonly ChainNode[];
}

function checkNode(
  node: ChainNode,
  above: readonly ChainNode[],
  source: Source,
  isRequired: boolean,
): Finding[] {
  const { certificate } = node;
  const reasons = new Set<string>();
  const covered = new Set<ReasonFlag>();
  for (const point of distributionPointsOf(certificate)) {
    for (const crl of source.usable) {
      if (covered.size === ALL_REASONS.length) return [];
      if (crl.deltaCrlIndicator !== undefined || !concerns(crl, point, certificate)) continue;
      const refusal = refuseScope(crl, point, certificate);
      const gained = coveredReasons(crl, point).filter((reason) => !covered.has(reason));
      if (gained.length === 0) continue;
      const unfit = refusal ?? refuseIssuer(crl, above, source);
      if (unfit !== undefined) {
        reasons.add(`the list of "${formatName(crl.issuer)}" ${unfit}`);
        continue;
      }
      const entry = findStatus(crl, certificate, above, source);
      if (entry !== undefined) return [revoked(certificate, entry, crl)];
      for (const reason of gained) covered.add(reason);
    }
  }
  if (covered.size === ALL_REASONS.length || !isRequired) return [];
  for (const text of refusedLists(certificate, source)) reasons.add(text);
  if (covered.size > 0) reasons.add('the lists cover only some of the reasons for a revocation');
  const context = { issuer: formatName(certificate.issuer), reasons: [...reasons] };
  return [finding('DEVCA_REVOCATION_UNKNOWN', context, certificate)];
}

/** Whether the list is one that the point asks for by the name of its issuer. */
const concerns = (
  crl: CertificateRevocationList,
  point: DistributionPoint,
  certificate: Certificate,
): boolean => nameEquals(crl.issuer, crlIssuerOf(point, certificate)) || point.cRLIssuer !== undefined;

/** The entry that revokes the certificate, with the newest delta applied (RFC 5280 section 6.3.3 (i) to (k)). */
function findStatus(
  crl: CertificateRevocationList,
  certificate: Certificate,
  above: readonly ChainNode[],
  source: Source,
): RevokedCertificate | undefined {
  const { serialNumber, issuer } = certificate;
  const delta = source.usable.find(
    (other) => isDeltaOf(other, crl) && refuseIssuer(other, above, source) === undefined,
  );
  const change = delta === undefined ? undefined : findEntry(delta, serialNumber, issuer);
  const entry = change ?? findEntry(crl, serialNumber, issuer);
  return entry?.reason === 'removeFromCRL' ? undefined : entry;
}

/** Why nobody who may sign the list did (RFC 5280 section 6.3.3 (f) and (g)), or undefined. */
function refuseIssuer(
  crl: CertificateRevocationList,
  above: readonly ChainNode[],
  source: Source,
): string | undefined {
  const { signatures } = source.options;
  const signers = signerCandidates(crl, above, source.pool).filter(
    ({ certificate }) => !inheritsParameters(certificate) && signatures.check(crl, certificate) === 'valid',
  );
  if (signers.length === 0) return 'was not signed by a key of its issuer that is there';
  const allowed = signers.filter(({ certificate: { keyUsage } }) => keyUsage?.includes('cRLSign') !== false);
  if (allowed.length === 0) return 'was signed by a key that may not sign lists: cRLSign is missing';
  return allowed.some((signer) => isValidSigner(signer, above, source))
    ? undefined
    : 'was signed by an issuer that has no valid path to the same anchor';
}

/** Those above the certificate first, since they are validated already. */
function signerCandidates(
  crl: CertificateRevocationList,
  above: readonly ChainNode[],
  pool: Pool,
): ChainNode[] {
  const onPath = above.filter(({ certificate }) => nameEquals(certificate.subject, crl.issuer));
  const others = [...pool.bySubject.values()]
    .flat()
    .filter((node) => nameEquals(node.certificate.subject, crl.issuer) && !onPath.includes(node));
  return [...onPath, ...others].sort((a, b) => Number(namesKey(crl, b)) - Number(namesKey(crl, a)));
}

function namesKey({ authorityKeyIdentifier: wanted }: CertificateRevocationList, node: ChainNode): boolean {
  const presented = node.certificate.subjectKeyIdentifier;
  if (wanted?.keyIdentifier === undefined || presented === undefined) return false;
  return bytesEqual(wanted.keyIdentifier, presented);
}

function isValidSigner(signer: ChainNode, above: readonly ChainNode[], source: Source): boolean {
  if (above.some((node) => isSameCertificate(node, signer))) return true;
  const anchor = above.at(-1);
  if (anchor === undefined || signer.isAnchor) return false;
  // A list may be the only one that tells the status of its own issuer, as in PKITS 4.14.30: then it does.
  const pending = source.isPending.at(-1);
  if (pending !== undefined && isSameCertificate(pending, signer)) return true;
  if (source.isPending.length >= DEEPEST) return false;
  const { options } = source;
  if (checkCertificate(signer.certificate, 'end-entity', options).length > 0) return false;
  const isPending = [...source.isPending, signer];
  const checkRevocation = (path: readonly ChainNode[]): Finding[] => source.check(path, isPending);
  const pool = withAnchor(source.pool, anchor);
  return (
    findPath(signer, pool, { ...options, wanted: [], maxDepth: undefined, checkRevocation }) !== undefined
  );
}

// Issuers of lists about issuers of lists: two levels are what PKITS has.
const DEEPEST = 4;

function revoked(
  certificate: Certificate,
  entry: RevokedCertificate,
  crl: CertificateRevocationList,
): Finding {
  const context = {
    serialNumber: certificate.serialNumber,
    at: entry.revocationDate.toISOString().replace('.000Z', 'Z'),
    reason: entry.reason ?? 'unspecified',
    crl: formatName(crl.issuer),
  };
  return finding('DEVCA_REVOCATION_REVOKED', context, certificate);
}

/** Why lists of the issuer could not be used, for the message. */
function refusedLists(certificate: Certificate, { lists, options }: Source): string[] {
  return lists.flatMap((crl) => {
    const refusal = refuseCrl(crl, options);
    const isOfIssuer = nameEquals(crl.issuer, certificate.issuer);
    return refusal === undefined || !isOfIssuer ? [] : [`the list of "${formatName(crl.issuer)}" ${refusal}`];
  });
}

function compareAge(a: CertificateRevocationList, b: CertificateRevocationList): number {
  const [left, right] = [a.crlNumber ?? -1n, b.crlNumber ?? -1n];
  if (left !== right) return left < right ? 1 : -1;
  return b.thisUpdate.getTime() - a.thisUpdate.getTime();
}
