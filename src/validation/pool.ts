import type { Certificate } from '../pki/certificate.ts';
import { bytesEqual, bytesToHex } from '../pki/fingerprint.ts';
import { nameEquals } from '../pki/name.ts';
import { type ChainNode, chainNode } from './chain-node.ts';

/** The certificates that a path may be made of, by the name of their subject. */
export interface Pool {
  readonly anchors: readonly ChainNode[];
  readonly bySubject: ReadonlyMap<string, readonly ChainNode[]>;
  /** Those from which names lead up to an anchor; no other can be part of a path. */
  readonly anchored: ReadonlySet<ChainNode>;
}

/** Duplicates are left out, and an intermediate that is an anchor too counts as the anchor. */
export function buildPool(anchors: readonly Certificate[], intermediates: readonly Certificate[]): Pool {
  const nodes = new Map<string, ChainNode>();
  for (const certificate of anchors) nodes.set(bytesToHex(certificate.der), chainNode(certificate, true));
  for (const certificate of intermediates) {
    const key = bytesToHex(certificate.der);
    if (!nodes.has(key)) nodes.set(key, chainNode(certificate, false));
  }
  const all = [...nodes.values()];
  return {
    anchors: all.filter((node) => node.isAnchor),
    bySubject: groupBy(all, (node) => node.subjectKey),
    anchored: findAnchored(all),
  };
}

/** The same pool with one anchor only, as the path of a revocation list's issuer must have it. */
export function withAnchor(pool: Pool, anchor: ChainNode): Pool {
  return buildPool(
    [anchor.certificate],
    [...pool.bySubject.values()]
      .flat()
      .filter((node) => !node.isAnchor)
      .map((node) => node.certificate),
  );
}

/**
 * Who may have issued a certificate, by name, the likeliest first: those whose key identifier fits before those that
 * have none before those with another, anchors before intermediates. A key identifier that doesn't fit excludes
 * nobody, since it only helps to find the way (RFC 4158 section 3.5.12).
 */
export function issuerCandidates(node: ChainNode, pool: Pool): readonly ChainNode[] {
  const candidates = pool.bySubject.get(node.issuerKey) ?? [];
  if (candidates.length < 2) return candidates;
  return candidates
    .map((candidate) => ({ candidate, score: likelihood(node.certificate, candidate) }))
    .sort((a, b) => b.score - a.score)
    .map(({ candidate }) => candidate);
}

function findAnchored(all: readonly ChainNode[]): Set<ChainNode> {
  const byIssuer = groupBy(all, (node) => node.issuerKey);
  const anchored = new Set(all.filter((node) => node.isAnchor));
  for (const node of anchored) {
    for (const child of byIssuer.get(node.subjectKey) ?? []) anchored.add(child);
  }
  return anchored;
}

function groupBy(nodes: readonly ChainNode[], keyOf: (node: ChainNode) => string): Map<string, ChainNode[]> {
  const groups = new Map<string, ChainNode[]>();
  for (const node of nodes) {
    const group = groups.get(keyOf(node));
    if (group === undefined) groups.set(keyOf(node), [node]);
    else group.push(node);
  }
  return groups;
}

function likelihood({ authorityKeyIdentifier: wanted }: Certificate, candidate: ChainNode): number {
  const { certificate, isAnchor } = candidate;
  const { subjectKeyIdentifier, issuer, serialNumber } = certificate;
  let score = isAnchor ? 1 : 0;
  if (wanted?.keyIdentifier !== undefined && subjectKeyIdentifier !== undefined) {
    score += bytesEqual(wanted.keyIdentifier, subjectKeyIdentifier) ? 4 : -4;
  }
  if (wanted?.authorityCertSerialNumber !== undefined) {
    const isNamed = wanted.authorityCertIssuer?.some(
      (name) => name.kind === 'directoryName' && nameEquals(name.name, issuer),
    );
    score += isNamed === true && wanted.authorityCertSerialNumber === serialNumber ? 2 : -2;
  }
  return score;
}
