import { findExtension } from '../pki/extensions/extension.ts';
import { formatSubtree, type GeneralSubtree } from '../pki/extensions/name-constraints.ts';
import { formatGeneralName, type GeneralName } from '../pki/general-name.ts';
import { isWithinName } from '../pki/name.ts';
import { formatName } from '../pki/name-text.ts';
import { OID } from '../pki/oid.ts';
import { type Budget, boundFinding } from './budget.ts';
import type { ChainNode } from './chain-node.ts';
import { constrainedNames } from './constrained-names.ts';
import { isWithinDomain, overlapsDomain, parseDnsPattern } from './dns-pattern.ts';
import { type Mailbox, parseMailbox } from './mailbox.ts';
import { type Finding, finding } from './problem.ts';
import type { ValidationPolicy } from './request.ts';
import { uriHost } from './uri-host.ts';

/**
 * Checks the names of every certificate below an authority against its constraints (RFC 5280 section 6.1.3 (b) and
 * (c)). Doing so at each authority is the same as carrying the intersection down the path. A self-issued
 * certificate is only checked where it is the end entity, `below[0]`.
 */
export function checkNameConstraints(
  authority: ChainNode,
  below: readonly ChainNode[],
  policy: ValidationPolicy,
  budget: Budget,
): Finding[] {
  const constraints = authority.certificate.nameConstraints;
  if (constraints === undefined) return [];
  const isCritical = findExtension(authority.certificate.extensions, OID.nameConstraints)?.critical === true;
  const findings: Finding[] = [];
  for (const [index, node] of below.entries()) {
    if (index > 0 && node.isSelfIssued) continue;
    for (const name of constrainedNames(node.certificate)) {
      const permitted = constraints.permitted.filter(({ base }) => base.kind === name.kind);
      const excluded = constraints.excluded.filter(({ base }) => base.kind === name.kind);
      if (!budget.spend('comparisons', permitted.length + excluded.length))
        return [boundFinding('comparisons')];
      const found = checkName(name, permitted, excluded, { authority, node, policy, isCritical });
      if (found !== undefined) findings.push(found);
      if (findings.length >= MOST_FINDINGS) return findings;
    }
  }
  return findings;
}

interface Circumstances {
  readonly authority: ChainNode;
  readonly node: ChainNode;
  readonly policy: ValidationPolicy;
  readonly isCritical: boolean;
}

// A certificate with a thousand names outside needs no thousand problems.
const MOST_FINDINGS = 8;

function checkName(
  name: GeneralName,
  permitted: readonly GeneralSubtree[],
  excluded: readonly GeneralSubtree[],
  { authority, node, policy, isCritical }: Circumstances,
): Finding | undefined {
  const [firstConstraint] = [...permitted, ...excluded];
  if (firstConstraint === undefined) return undefined;
  const who = formatName(authority.certificate.subject);
  const { certificate } = node;
  const unprocessable = (subtree: GeneralSubtree): Finding =>
    finding(
      'DEVCA_CONSTRAINT_UNPROCESSABLE',
      { name: formatGeneralName(name), constraint: formatSubtree(subtree), authority: who },
      certificate,
    );
  const compare = comparerOf(name, policy);
  // Only a critical constraint on a kind that is not processed forces a refusal (RFC 5280 section 4.2.1.10).
  if (compare === 'unknown-kind') return isCritical ? unprocessable(firstConstraint) : undefined;
  if (compare === 'malformed') return unprocessable(firstConstraint);
  let isPermitted = permitted.length === 0;
  for (const subtree of permitted) {
    const relation = compare(subtree.base);
    if (relation === undefined) return unprocessable(subtree);
    isPermitted ||= relation === 'within';
  }
  for (const subtree of excluded) {
    const relation = compare(subtree.base);
    if (relation === undefined) return unprocessable(subtree);
    if (relation === 'apart') continue;
    const context = { name: formatGeneralName(name), excluded: formatSubtree(subtree), authority: who };
    return finding('DEVCA_CONSTRAINT_EXCLUDED', context, certificate);
  }
  if (isPermitted) return undefined;
  const context = { name: formatGeneralName(name), permitted: permitted.map(formatSubtree), authority: who };
  return finding('DEVCA_CONSTRAINT_NOT_PERMITTED', context, certificate);
}

/** `overlaps`: some of the names that a wildcard stands for are within, and some are not. */
type Relation = 'within' | 'overlaps' | 'apart';

/** Undefined where the constraint cannot be processed. */
type Comparer = (base: GeneralName) => Relation | undefined;

function comparerOf(name: GeneralName, policy: ValidationPolicy): Comparer | 'malformed' | 'unknown-kind' {
  switch (name.kind) {
    case 'dNSName':
      return compareDns(name.value, policy);
    case 'rfc822Name': {
      const mailbox = parseMailbox(name.value);
      return mailbox === undefined
        ? 'malformed'
        : (base) => (base.kind === 'rfc822Name' ? relateMailbox(mailbox, base.value) : undefined);
    }
    case 'uniformResourceIdentifier': {
      // RFC 5280 section 4.2.1.10: under a constraint, a URI without a host that has a name must be refused.
      const host = uriHost(name.value);
      return host === undefined
        ? 'malformed'
        : (base) => (base.kind === 'uniformResourceIdentifier' ? relateHost(host, base.value) : undefined);
    }
    case 'iPAddress':
      return (base) => (base.kind === 'iPAddress' ? relateIp(name.bytes, base.bytes) : undefined);
    case 'directoryName':
      return (base) =>
        base.kind === 'directoryName' ? relation(isWithinName(name.name, base.name)) : undefined;
    default:
      return 'unknown-kind';
  }
}

const relation = (isWithin: boolean): Relation => (isWithin ? 'within' : 'apart');

/** A dot at the start of a dNSName constraint has no meaning in RFC 5280, but one that the web's clients agree on. */
function compareDns(value: string, policy: ValidationPolicy): Comparer | 'malformed' {
  const pattern = parseDnsPattern(value, true);
  if (pattern === undefined) return 'malformed';
  return (base) => {
    if (base.kind !== 'dNSName') return undefined;
    const constraint = base.value.toLowerCase();
    const onlyBelow = policy === 'webpki' && constraint.startsWith('.');
    const domain = onlyBelow ? constraint.slice(1) : constraint;
    if (domain !== '' && parseDnsPattern(domain, true)?.isWildcard !== false) return undefined;
    if (onlyBelow && !pattern.isWildcard && pattern.name === domain) return 'apart';
    if (isWithinDomain(pattern, domain)) return 'within';
    return overlapsDomain(pattern, domain) ? 'overlaps' : 'apart';
  };
}

/** A mailbox, a host whose mailboxes are all meant, or with a dot before it a domain below which they are. */
function relateMailbox(mailbox: Mailbox, constraint: string): Relation | undefined {
  if (!constraint.includes('@')) return relateHost(mailbox.domain, constraint);
  const only = parseMailbox(constraint);
  if (only === undefined) return undefined;
  return relation(mailbox.localPart === only.localPart && mailbox.domain === only.domain);
}

function relateHost(host: string, constraint: string): Relation | undefined {
  const onlyBelow = constraint.startsWith('.');
  const domain = (onlyBelow ? constraint.slice(1) : constraint).toLowerCase();
  if (parseDnsPattern(domain, true)?.isWildcard !== false) return undefined;
  return relation(onlyBelow ? host.endsWith(`.${domain}`) : host === domain);
}

function relateIp(address: Uint8Array, range: Uint8Array): Relation {
  const size = address.length;
  if (range.length !== 2 * size) return 'apart';
  return relation(
    address.every((octet, i) => {
      const mask = range[size + i] ?? 0;
      return (octet & mask) === ((range[i] ?? 0) & mask);
    }),
  );
}
