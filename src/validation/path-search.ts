import type { Certificate } from '../pki/certificate.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import { formatName } from '../pki/name-text.ts';
import { LIMITS } from './budget.ts';
import { type ChainNode, isSameCertificate, isSameEntity } from './chain-node.ts';
import { checkDepth, checkIssuer, checkWholePath, type PathOptions } from './path-validation.ts';
import { issuerCandidates, type Pool } from './pool.ts';
import { byRank, type Finding, finding, rankOf } from './problem.ts';

/** A path from the end entity up, and what is wrong with it. */
export interface PathReport {
  readonly path: readonly ChainNode[];
  readonly findings: readonly Finding[];
}

/**
 * Searches for a valid path, depth first and with all its ways back (RFC 4158). Whoever cannot be part of one is
 * passed over at once: by name, for what is wrong with it alone, for its signature, for what it forbids below.
 */
export function findPath(target: ChainNode, pool: Pool, options: PathOptions): PathReport | undefined {
  const { budget } = options;
  const walk = (path: readonly ChainNode[], top: ChainNode): readonly ChainNode[] | undefined => {
    if (top.isAnchor) return isValid(path) ? path : undefined;
    if (path.length >= LIMITS.length) {
      budget.reach('length');
      return undefined;
    }
    for (const issuer of issuerCandidates(top, pool)) {
      if (!pool.anchored.has(issuer) || isOnPath(issuer, path)) continue;
      if (!budget.spend('candidates')) return undefined;
      if (checkDepth([...path, issuer], options).length > 0) continue;
      if (checkIssuer(issuer, path, options).length > 0) continue;
      const found = walk([...path, issuer], issuer);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const isValid = (path: readonly ChainNode[]): boolean =>
    budget.spend('paths') && checkWholePath(path, options).length === 0;
  const path = walk([target], target);
  return path === undefined ? undefined : { path, findings: [] };
}

/**
 * Where no path is valid: the one whose reasons help most, all of them collected. A path that reaches an anchor
 * beats one that doesn't, a signature that holds one that doesn't, then fewer reasons, then the rank of the first.
 */
export function explainFailure(target: ChainNode, pool: Pool, options: PathOptions): PathReport {
  const reports: PathReport[] = [];
  let steps = 0;
  const explore = (path: readonly ChainNode[], top: ChainNode, findings: readonly Finding[]): void => {
    const report = (more: readonly Finding[]): void => {
      reports.push({ path, findings: [...findings, ...checkDepth(path, options), ...more] });
    };
    if (top.isAnchor) {
      report(checkWholePath(path, options));
      return;
    }
    const candidates = issuerCandidates(top, pool);
    const usable = candidates.filter((issuer) => !isOnPath(issuer, path));
    if (usable.length === 0 || path.length >= LIMITS.length) {
      report([deadEnd(top, candidates.length > 0)]);
      return;
    }
    for (const issuer of usable) {
      if (reports.length >= MOST_REPORTS || steps++ >= MOST_STEPS) return;
      explore([...path, issuer], issuer, [...findings, ...checkIssuer(issuer, path, options)]);
    }
  };
  explore([target], target, []);
  const [best = { path: [target], findings: [] }] = reports.sort(compareReports);
  return { path: best.path, findings: byRank(best.findings) };
}

// Enough to find the best reason in any pool that was meant well.
const MOST_REPORTS = 32;
const MOST_STEPS = 500;

// A second certificate for a key that is on the path already is a detour, and a way into a circle.
const isOnPath = (node: ChainNode, path: readonly ChainNode[]): boolean =>
  path.some((other) => isSameCertificate(node, other) || isSameEntity(node, other));

function deadEnd(top: ChainNode, hasCandidates: boolean): Finding {
  const { certificate, isSelfIssued } = top;
  const issuer = formatName(certificate.issuer);
  if (isSelfIssued && !namesAnotherKey(certificate)) {
    return certificate.basicConstraints?.cA === true
      ? finding('DEVCA_PATH_UNTRUSTED_ROOT', {}, certificate)
      : finding('DEVCA_PATH_SELF_SIGNED', {}, certificate);
  }
  return hasCandidates
    ? finding('DEVCA_PATH_CYCLE', { issuer }, certificate)
    : finding('DEVCA_PATH_MISSING_INTERMEDIATE', { issuer }, certificate);
}

/** A certificate for a change of key has its own name for issuer, but another key. */
function namesAnotherKey({ authorityKeyIdentifier, subjectKeyIdentifier }: Certificate): boolean {
  const issuerKey = authorityKeyIdentifier?.keyIdentifier;
  if (issuerKey === undefined || subjectKeyIdentifier === undefined) return false;
  return !bytesEqual(issuerKey, subjectKeyIdentifier);
}

function compareReports(a: PathReport, b: PathReport): number {
  return (
    Number(isAnchored(b)) - Number(isAnchored(a)) ||
    Number(isBroken(a)) - Number(isBroken(b)) ||
    a.findings.length - b.findings.length ||
    worstRank(a) - worstRank(b)
  );
}

const isAnchored = ({ path }: PathReport): boolean => path.at(-1)?.isAnchor === true;

const isBroken = ({ findings }: PathReport): boolean =>
  findings.some(({ code }) => code === 'DEVCA_PATH_SIGNATURE_INVALID');

const worstRank = ({ findings }: PathReport): number => Math.min(...findings.map(rankOf));
