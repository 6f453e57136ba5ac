import type { Budget } from './budget.ts';
import { checkAuthority, checkCertificate } from './certificate-checks.ts';
import type { ChainNode } from './chain-node.ts';
import { checkExtendedKeyUsage } from './key-purpose.ts';
import { checkConstraintForm, checkNameConstraints } from './name-constraints.ts';
import { processPolicies } from './policy-graph.ts';
import { type Finding, finding } from './problem.ts';
import { inheritsParameters } from './public-key.ts';
import type { PolicyRequest, ValidationPolicy } from './request.ts';
import { type SignatureChecker, signatureFindings } from './signature.ts';

/** What a path is validated for, and by which means. */
export interface PathOptions {
  readonly at: Date;
  readonly policy: ValidationPolicy;
  /** Extended key usages as object identifiers. */
  readonly wanted: readonly string[];
  readonly maxDepth: number | undefined;
  readonly policies: PolicyRequest;
  readonly budget: Budget;
  readonly signatures: SignatureChecker;
  /** What revocation lists say about a path that is valid otherwise. */
  readonly checkRevocation: (path: readonly ChainNode[]) => Finding[];
}

/** Whether a path, which need not have reached its anchor, has too many intermediates. */
export function checkDepth(path: readonly ChainNode[], { maxDepth }: PathOptions): Finding[] {
  if (maxDepth === undefined) return [];
  const intermediates = countIntermediates(path.filter((node) => !node.isAnchor));
  return intermediates <= maxDepth
    ? []
    : [finding('DEVCA_PATH_DEPTH', { maxDepth, intermediates }, path[0]?.certificate)];
}

/** What is wrong with putting an issuer on top of a path that leads up to it (RFC 5280 sections 6.1.3 and 6.1.4). */
export function checkIssuer(issuer: ChainNode, path: readonly ChainNode[], options: PathOptions): Finding[] {
  return [
    ...issuerFindings(issuer, options),
    ...checkPathLength(issuer, path),
    ...checkSignature(issuer, path, options),
    ...checkNameConstraints(issuer, path, options.budget),
  ];
}

function issuerFindings(issuer: ChainNode, options: PathOptions): readonly Finding[] {
  const { at, policy, wanted } = options;
  const known = issuer.issuerFindings;
  if (known?.at === at && known.policy === policy && known.wanted === wanted) return known.findings;
  const findings = checkIssuerAlone(issuer, options);
  issuer.issuerFindings = { at, policy, wanted, findings };
  return findings;
}

/** What can only be said once a path has reached its anchor. */
export function checkWholePath(path: readonly ChainNode[], options: PathOptions): Finding[] {
  return [
    ...checkInheritedSignatures(path, options),
    ...processPolicies(path, options.policies).findings,
    ...options.checkRevocation(path),
  ];
}

/** The intermediates of a path whose first node is the end entity; self-issued ones are not counted. */
function countIntermediates(path: readonly ChainNode[]): number {
  return path.slice(1).filter((node) => !node.isSelfIssued).length;
}

function checkIssuerAlone({ certificate, isAnchor }: ChainNode, options: PathOptions): Finding[] {
  const role = isAnchor ? 'anchor' : 'intermediate';
  return [
    ...checkCertificate(certificate, role, options),
    ...checkAuthority(certificate, role),
    ...checkConstraintForm(certificate),
    ...checkExtendedKeyUsage(certificate, options.wanted, false, options.policy),
  ];
}

function checkPathLength({ certificate }: ChainNode, path: readonly ChainNode[]): Finding[] {
  const pathLenConstraint = certificate.basicConstraints?.pathLenConstraint;
  if (pathLenConstraint === undefined) return [];
  const intermediates = countIntermediates(path);
  return intermediates > pathLenConstraint
    ? [finding('DEVCA_PATH_LENGTH', { pathLenConstraint, intermediates }, certificate)]
    : [];
}

function checkSignature(
  issuer: ChainNode,
  path: readonly ChainNode[],
  { signatures }: PathOptions,
): readonly Finding[] {
  const child = path.at(-1);
  if (child === undefined || inheritsParameters(issuer.certificate)) return [];
  child.signatureFindings ??= new Map();
  const known = child.signatureFindings.get(issuer);
  if (known !== undefined) return known;
  const verdict = signatures.check(child.certificate, issuer.certificate);
  const findings = signatureFindings(child.certificate, issuer.certificate, verdict);
  if (verdict !== 'over-budget') child.signatureFindings.set(issuer, findings);
  return findings;
}

/** Signatures by DSA keys whose parameters stand in a certificate further up (RFC 5280 section 6.1.4 (f)). */
function checkInheritedSignatures(path: readonly ChainNode[], { signatures }: PathOptions): Finding[] {
  return path.flatMap((child, index) => {
    const issuer = path[index + 1];
    if (issuer === undefined || !inheritsParameters(issuer.certificate)) return [];
    const parameters = parametersAbove(path, index + 1);
    const verdict =
      parameters === undefined
        ? ({ unsupported: 'the parameters of its DSA key are nowhere on the path' } as const)
        : signatures.check(child.certificate, issuer.certificate, parameters);
    return signatureFindings(child.certificate, issuer.certificate, verdict);
  });
}

function parametersAbove(path: readonly ChainNode[], index: number): Uint8Array | undefined {
  const { oid } = path[index]?.certificate.publicKeyAlgorithm ?? {};
  for (const { certificate } of path.slice(index)) {
    if (certificate.publicKeyAlgorithm.oid !== oid) return undefined;
    if (certificate.publicKeyAlgorithm.parameters !== undefined)
      return certificate.publicKeyAlgorithm.parameters;
  }
  return undefined;
}
