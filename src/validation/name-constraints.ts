import type { Certificate } from '../pki/certificate.ts';
import { findExtension } from '../pki/extensions/extension.ts';
import {
  formatSubtree,
  type GeneralSubtree,
  type NameConstraints,
} from '../pki/extensions/name-constraints.ts';
import { formatGeneralName, type GeneralNameKind } from '../pki/general-name.ts';
import { formatName } from '../pki/name-text.ts';
import { OID } from '../pki/oid.ts';
import { type Budget, boundFinding } from './budget.ts';
import type { ChainNode } from './chain-node.ts';
import { type ConstrainedGeneralName, readConstrainedNames } from './constrained-names.ts';
import { compileSubtree, type Relate } from './name-subtree.ts';
import { type Finding, finding } from './problem.ts';

/**
 * Checks the names of every certificate below an authority against its constraints (RFC 5280 section 6.1.3 (b) and
 * (c)). Doing so at each authority is the same as carrying the intersection down the path. A self-issued
 * certificate is only checked where it is the end entity, `below[0]`.
 */
export function checkNameConstraints(
  { certificate: authority }: ChainNode,
  below: readonly ChainNode[],
  budget: Budget,
): Finding[] {
  if (authority.nameConstraints === undefined) return [];
  const constraints = compile(authority.nameConstraints);
  const isCritical = findExtension(authority.extensions, OID.nameConstraints)?.critical === true;
  const findings: Finding[] = [];
  for (const [index, node] of below.entries()) {
    if (index > 0 && node.isSelfIssued) continue;
    node.constrainedNames ??= readConstrainedNames(node.certificate);
    for (const name of node.constrainedNames) {
      const ofKind = constraints.get(name.name.kind);
      if (ofKind === undefined) continue;
      if (!budget.spend('comparisons', ofKind.count)) return [boundFinding('comparisons')];
      const found = checkName(name, ofKind, { authority, certificate: node.certificate, isCritical });
      if (found !== undefined) findings.push(found);
      if (findings.length >= MOST_FINDINGS) return findings;
    }
  }
  return findings;
}

/** Constraints that are no names of their kind: what they forbid cannot be told. */
export function checkConstraintForm(certificate: Certificate): Finding[] {
  if (certificate.nameConstraints === undefined) return [];
  const subtrees = [...compile(certificate.nameConstraints).values()].flatMap(({ permitted, excluded }) => [
    ...permitted,
    ...excluded,
  ]);
  return subtrees
    .filter(({ subtree, relate }) => relate === undefined && PROCESSED.has(subtree.base.kind))
    .map(({ subtree }) =>
      finding('DEVCA_CONSTRAINT_MALFORMED', { constraint: formatSubtree(subtree) }, certificate),
    );
}

interface CompiledSubtree {
  readonly subtree: GeneralSubtree;
  readonly relate: Relate | undefined;
}

interface ConstraintsOfKind {
  readonly permitted: CompiledSubtree[];
  readonly excluded: CompiledSubtree[];
  count: number;
}

interface Circumstances {
  readonly authority: Certificate;
  readonly certificate: Certificate;
  readonly isCritical: boolean;
}

const PROCESSED = new Set<GeneralNameKind>([
  'dNSName',
  'rfc822Name',
  'uniformResourceIdentifier',
  'iPAddress',
  'directoryName',
]);

// A certificate with a thousand names outside needs no thousand problems.
const MOST_FINDINGS = 8;

const compiled = new WeakMap<NameConstraints, Map<GeneralNameKind, ConstraintsOfKind>>();

function compile(constraints: NameConstraints): Map<GeneralNameKind, ConstraintsOfKind> {
  const known = compiled.get(constraints);
  if (known !== undefined) return known;
  const byKind = new Map<GeneralNameKind, ConstraintsOfKind>();
  const add = (subtree: GeneralSubtree, list: 'permitted' | 'excluded'): void => {
    const { kind } = subtree.base;
    const ofKind = byKind.get(kind) ?? { permitted: [], excluded: [], count: 0 };
    byKind.set(kind, ofKind);
    ofKind.count++;
    ofKind[list].push({ subtree, relate: compileSubtree(subtree, list === 'excluded') });
  };
  for (const subtree of constraints.permitted) add(subtree, 'permitted');
  for (const subtree of constraints.excluded) add(subtree, 'excluded');
  compiled.set(constraints, byKind);
  return byKind;
}

function checkName(
  { name, read }: ConstrainedGeneralName,
  { permitted, excluded }: ConstraintsOfKind,
  { authority, certificate, isCritical }: Circumstances,
): Finding | undefined {
  const who = () => ({ name: formatGeneralName(name), authority: formatName(authority.subject) });
  if (read === undefined) {
    // Only a critical constraint on a kind that is not processed forces a refusal (RFC 5280 section 4.2.1.10).
    if (!PROCESSED.has(name.kind) && !isCritical) return undefined;
    const constraint = [...permitted, ...excluded].map(({ subtree }) => formatSubtree(subtree)).join(', ');
    return finding('DEVCA_CONSTRAINT_UNPROCESSABLE', { ...who(), constraint }, certificate);
  }
  const hit = excluded.find(({ relate }) => relate !== undefined && relate(read) !== 'apart');
  if (hit !== undefined) {
    const context = { ...who(), excluded: formatSubtree(hit.subtree) };
    return finding('DEVCA_CONSTRAINT_EXCLUDED', context, certificate);
  }
  if (permitted.length === 0 || permitted.some(({ relate }) => relate?.(read) === 'within')) return undefined;
  const context = { ...who(), permitted: permitted.map(({ subtree }) => formatSubtree(subtree)) };
  return finding('DEVCA_CONSTRAINT_NOT_PERMITTED', context, certificate);
}
