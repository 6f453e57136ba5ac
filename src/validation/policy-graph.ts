import type { Certificate } from '../pki/certificate.ts';
import type { PolicyMapping } from '../pki/extensions/policy-mappings.ts';
import { OID } from '../pki/oid.ts';
import type { ChainNode } from './chain-node.ts';
import { type Finding, finding } from './problem.ts';
import type { PolicyRequest } from './request.ts';

/** The outputs of RFC 5280 section 6.1.6: policies as dotted object identifiers, anyPolicy among them. */
export interface PolicyOutcome {
  readonly authorityConstrained: readonly string[];
  readonly userConstrained: readonly string[];
  readonly explicitRequired: boolean;
}

/**
 * Processes certificate policies down a path whose last node is the anchor. It keeps the graph of RFC 9618 instead
 * of the tree of RFC 5280, which a hostile chain makes grow without bound; the outcome is the same. What an anchor
 * itself says about policies bounds the inputs (RFC 5937 section 3.2).
 */
export function processPolicies(
  path: readonly ChainNode[],
  request: PolicyRequest,
): { findings: Finding[]; outcome: PolicyOutcome } {
  const anchor = path.at(-1)?.certificate;
  const certificates = path.slice(0, -1).reverse();
  const state = startState(certificates.length, request, anchor);
  for (const [index, node] of certificates.entries()) {
    const isLast = index === certificates.length - 1;
    processCertificate(state, node, isLast);
    if (state.explicitPolicy === 0 && state.levels === undefined) break;
    if (isLast) wrapUp(state, node.certificate);
    else if (!prepareForNext(state, node)) {
      return { findings: [finding('DEVCA_POLICY_ANY_MAPPED', {}, node.certificate)], outcome: NO_POLICIES };
    }
  }
  const outcome = constrain(state, initialPolicies(request, anchor));
  const isSatisfied = !outcome.explicitRequired || outcome.userConstrained.length > 0;
  if (isSatisfied) return { findings: [], outcome };
  const context = { wanted: request.initial ?? ['any'], valid: outcome.authorityConstrained };
  return { findings: [finding('DEVCA_POLICY_UNSATISFIED', context, path[0]?.certificate)], outcome };
}

interface PolicyNode {
  readonly policy: string;
  expected: readonly string[];
  readonly parents: readonly PolicyNode[];
}

type Level = Map<string, PolicyNode>;

interface State {
  /** The graph by depth; undefined is the NULL of the standard. */
  levels: Level[] | undefined;
  explicitPolicy: number;
  inhibitAnyPolicy: number;
  policyMapping: number;
}

const ANY = OID.anyPolicy;
const NO_POLICIES: PolicyOutcome = { authorityConstrained: [], userConstrained: [], explicitRequired: true };

function startState(length: number, request: PolicyRequest, anchor: Certificate | undefined): State {
  const unlimited = length + 1;
  const constraints = anchor?.policyConstraints;
  const root: PolicyNode = { policy: ANY, expected: [ANY], parents: [] };
  return {
    levels: [new Map([[ANY, root]])],
    explicitPolicy: Math.min(
      request.requireExplicit === true ? 0 : unlimited,
      constraints?.requireExplicitPolicy ?? unlimited,
    ),
    inhibitAnyPolicy: Math.min(
      request.inhibitAny === true ? 0 : unlimited,
      anchor?.inhibitAnyPolicy ?? unlimited,
    ),
    policyMapping: Math.min(
      request.inhibitMapping === true ? 0 : unlimited,
      constraints?.inhibitPolicyMapping ?? unlimited,
    ),
  };
}

/** The policies that the caller wants, none meaning any, cut down to those of the anchor. */
function initialPolicies(
  { initial }: PolicyRequest,
  anchor: Certificate | undefined,
): readonly string[] | undefined {
  const wanted = initial === undefined || initial.includes(ANY) ? undefined : initial;
  const anchored = anchor?.certificatePolicies?.map(({ policyIdentifier }) => policyIdentifier);
  if (anchored === undefined || anchored.includes(ANY)) return wanted;
  return wanted === undefined ? anchored : wanted.filter((policy) => anchored.includes(policy));
}

/** RFC 5280 section 6.1.3 (d) and (e), as RFC 9618 section 5.3 has them. */
function processCertificate(state: State, { certificate, isSelfIssued }: ChainNode, isLast: boolean): void {
  const above = state.levels?.at(-1);
  const stated = certificate.certificatePolicies?.map(({ policyIdentifier }) => policyIdentifier);
  if (state.levels === undefined || above === undefined) return;
  if (stated === undefined) {
    state.levels = undefined;
    return;
  }
  const level: Level = new Map();
  const expecting = expectations(above);
  const add = (policy: string, parents: readonly PolicyNode[]): void => {
    level.set(policy, { policy, expected: [policy], parents });
  };
  const anyAbove = above.get(ANY);
  for (const policy of stated) {
    if (policy === ANY) continue;
    const parents = expecting.get(policy);
    if (parents !== undefined) add(policy, parents);
    else if (anyAbove !== undefined) add(policy, [anyAbove]);
  }
  if (stated.includes(ANY) && (state.inhibitAnyPolicy > 0 || (!isLast && isSelfIssued))) {
    for (const [policy, parents] of expecting) if (!level.has(policy)) add(policy, parents);
  }
  state.levels.push(level);
  prune(state);
}

/** The nodes that expect a policy, by policy. */
function expectations(level: Level): Map<string, PolicyNode[]> {
  const expecting = new Map<string, PolicyNode[]>();
  for (const node of level.values()) {
    for (const policy of node.expected) {
      const nodes = expecting.get(policy);
      if (nodes === undefined) expecting.set(policy, [node]);
      else nodes.push(node);
    }
  }
  return expecting;
}

/** RFC 5280 section 6.1.4 (a), (b), (h), (i) and (j); false where a mapping names anyPolicy. */
function prepareForNext(state: State, { certificate, isSelfIssued }: ChainNode): boolean {
  const { policyMappings, policyConstraints, inhibitAnyPolicy } = certificate;
  if (policyMappings !== undefined) {
    const mapsAny = policyMappings.some(
      ({ issuerDomainPolicy, subjectDomainPolicy }) =>
        issuerDomainPolicy === ANY || subjectDomainPolicy === ANY,
    );
    if (mapsAny) return false;
    applyMappings(state, policyMappings);
  }
  if (!isSelfIssued) {
    state.explicitPolicy = Math.max(0, state.explicitPolicy - 1);
    state.policyMapping = Math.max(0, state.policyMapping - 1);
    state.inhibitAnyPolicy = Math.max(0, state.inhibitAnyPolicy - 1);
  }
  state.explicitPolicy = Math.min(
    state.explicitPolicy,
    policyConstraints?.requireExplicitPolicy ?? state.explicitPolicy,
  );
  state.policyMapping = Math.min(
    state.policyMapping,
    policyConstraints?.inhibitPolicyMapping ?? state.policyMapping,
  );
  state.inhibitAnyPolicy = Math.min(state.inhibitAnyPolicy, inhibitAnyPolicy ?? state.inhibitAnyPolicy);
  return true;
}

function applyMappings(state: State, mappings: readonly PolicyMapping[]): void {
  const level = state.levels?.at(-1);
  const above = state.levels?.at(-2);
  if (level === undefined) return;
  const mapped = new Map<string, string[]>();
  for (const { issuerDomainPolicy, subjectDomainPolicy } of mappings) {
    const subjects = mapped.get(issuerDomainPolicy);
    if (subjects === undefined) mapped.set(issuerDomainPolicy, [subjectDomainPolicy]);
    else if (!subjects.includes(subjectDomainPolicy)) subjects.push(subjectDomainPolicy);
  }
  for (const [policy, subjects] of mapped) {
    if (state.policyMapping === 0) {
      level.delete(policy);
      continue;
    }
    const node = level.get(policy);
    const anyAbove = above?.get(ANY);
    if (node !== undefined) node.expected = subjects;
    else if (level.has(ANY) && anyAbove !== undefined) {
      level.set(policy, { policy, expected: subjects, parents: [anyAbove] });
    }
  }
  prune(state);
}

/** Takes out nodes without a child, from the last level but one upwards; an empty last level empties all. */
function prune(state: State): void {
  const levels = state.levels ?? [];
  for (let depth = levels.length - 1; depth > 0; depth--) {
    const used = new Set([...(levels[depth]?.values() ?? [])].flatMap(({ parents }) => parents));
    const above = levels[depth - 1];
    for (const node of above?.values() ?? []) if (!used.has(node)) above?.delete(node.policy);
  }
  if (levels.at(-1)?.size === 0) state.levels = undefined;
}

/** RFC 5280 section 6.1.5 (a) and (b). */
function wrapUp(state: State, { policyConstraints }: Certificate): void {
  state.explicitPolicy = Math.max(0, state.explicitPolicy - 1);
  if (policyConstraints?.requireExplicitPolicy === 0) state.explicitPolicy = 0;
}

/** RFC 5280 section 6.1.5 (g), as RFC 9618 section 5.5 has it. */
function constrain(state: State, initial: readonly string[] | undefined): PolicyOutcome {
  const levels = state.levels ?? [];
  const nodes = levels
    .slice(1)
    .flatMap((level) => [...level.values()])
    .filter(({ policy, parents }) => policy !== ANY && parents.every((parent) => parent.policy === ANY))
    .map(({ policy }) => policy);
  const endsInAny = levels.length > 1 && levels.at(-1)?.has(ANY) === true;
  const authorityConstrained = [...new Set(nodes), ...(endsInAny ? [ANY] : [])];
  const userConstrained =
    initial === undefined
      ? authorityConstrained
      : initial.filter((policy) => endsInAny || authorityConstrained.includes(policy));
  return { authorityConstrained, userConstrained, explicitRequired: state.explicitPolicy === 0 };
}
