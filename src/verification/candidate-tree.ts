import type { Certificate } from '../pki/certificate.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { formatName } from '../pki/name-text.ts';
import { Budget } from '../validation/budget.ts';
import { type ChainNode, chainNode, isSameCertificate, isSameEntity } from '../validation/chain-node.ts';
import { wantedPurposes } from '../validation/key-purpose.ts';
import { checkIssuer, checkWholePath, type PathOptions } from '../validation/path-validation.ts';
import { buildPool, issuerCandidates, type Pool } from '../validation/pool.ts';
import { describe, type Finding } from '../validation/problem.ts';
import type { VerificationRequest } from '../validation/request.ts';
import { SignatureChecker } from '../validation/signature.ts';

/** One certificate where the search for a path has met it, and whoever may have issued it below. */
export interface CandidateTree {
  readonly subject: string;
  readonly sha256: string;
  readonly role: 'end entity' | 'intermediate' | 'trust anchor';
  /** Why it was dropped; empty where nothing speaks against it in this place. */
  readonly reasons: readonly string[];
  readonly candidates: readonly CandidateTree[];
  /** The tree was cut off below, being large enough. */
  readonly isCut?: boolean;
}

/**
 * Every candidate for every place of a path, with what speaks against each. For a person to read: the verdict is that of
 * validation, which goes the same ways. Revocation is left to it as well.
 */
export function candidateTree(
  endEntity: Certificate,
  intermediates: readonly Certificate[],
  anchors: readonly Certificate[],
  request: Pick<VerificationRequest, 'at' | 'policy' | 'purpose'>,
): CandidateTree {
  const pool = buildPool(anchors, intermediates);
  const budget = new Budget();
  const options: PathOptions = {
    at: request.at,
    policy: request.policy ?? 'webpki',
    wanted: wantedPurposes(request as VerificationRequest),
    maxDepth: undefined,
    policies: {},
    budget,
    signatures: new SignatureChecker(budget),
    checkRevocation: () => [],
  };
  const own = chainNode(endEntity, false);
  const target = pool.anchors.find((anchor) => isSameCertificate(anchor, own)) ?? own;
  return expand(target, [], { pool, options, left: { nodes: MOST_NODES } });
}

/** More than a person reads; hostile pools have millions. */
const MOST_NODES = 60;
const DEEPEST = 12;

interface Search {
  readonly pool: Pool;
  readonly options: PathOptions;
  readonly left: { nodes: number };
}

function expand(node: ChainNode, below: readonly ChainNode[], search: Search): CandidateTree {
  const { pool, options, left } = search;
  left.nodes--;
  const path = [...below, node];
  const isLoop = below.some((other) => isSameCertificate(other, node) || isSameEntity(other, node));
  const issuers = node.isAnchor || isLoop ? [] : issuerCandidates(node, pool);
  const isCut = issuers.length > 0 && (left.nodes <= 0 || path.length >= DEEPEST);
  const candidates: CandidateTree[] = [];
  if (!isCut) for (const issuer of issuers) if (left.nodes > 0) candidates.push(expand(issuer, path, search));
  return {
    subject: formatName(node.certificate.subject),
    sha256: sha256Hex(node.certificate.der),
    role: node.isAnchor ? 'trust anchor' : below.length === 0 ? 'end entity' : 'intermediate',
    reasons: isLoop ? ['it is on this path already'] : reasonsOf(node, below, issuers, options),
    candidates,
    ...(isCut || candidates.length < issuers.length ? { isCut: true } : {}),
  };
}

function reasonsOf(
  node: ChainNode,
  below: readonly ChainNode[],
  issuers: readonly ChainNode[],
  options: PathOptions,
): string[] {
  const findings: Finding[] = below.length === 0 ? [] : checkIssuer(node, below, options);
  const whole = node.isAnchor && findings.length === 0 ? checkWholePath([...below, node], options) : [];
  const reasons = [...findings, ...whole].map((found) => describe(found).message);
  if (!node.isAnchor && issuers.length === 0)
    reasons.push(
      node.isSelfIssued
        ? 'it is its own issuer and no trust anchor'
        : `no certificate of its issuer "${formatName(node.certificate.issuer)}" is there`,
    );
  return [...new Set(reasons)];
}
