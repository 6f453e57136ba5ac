import type { Certificate } from '../pki/certificate.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { formatName } from '../pki/name-text.ts';
import { Budget } from './budget.ts';
import { type CheckOptions, checkCertificate, checkEndEntity } from './certificate-checks.ts';
import { type ChainNode, chainNode, isSameCertificate } from './chain-node.ts';
import { checkIdentity } from './identity.ts';
import { type ParsedInput, parseInput } from './input.ts';
import { checkEndEntityKeyUsage, checkExtendedKeyUsage, wantedPurposes } from './key-purpose.ts';
import { explainFailure, findPath } from './path-search.ts';
import type { PathOptions } from './path-validation.ts';
import { type PolicyOutcome, processPolicies } from './policy-graph.ts';
import { buildPool, type Pool } from './pool.ts';
import { byRank, describe, type Finding, finding, type Problem } from './problem.ts';
import type { VerificationRequest, VerificationRules } from './request.ts';
import { revocationChecker } from './revocation.ts';
import { SignatureChecker } from './signature.ts';
import { collectWarnings } from './warnings.ts';

export interface VerificationResult {
  readonly valid: boolean;
  /** The best path, end entity first. */
  readonly chain: readonly { readonly subject: string; readonly sha256: string; readonly der: Uint8Array }[];
  /** The best reason first; empty when valid. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly policies?: PolicyOutcome;
  /** How many paths reached an anchor and were validated. */
  readonly pathsTried: number;
}

/**
 * Builds and validates a path from an end entity to a trust anchor: RFC 5280 section 6, names by RFC 9525,
 * revocation by the lists that are given. Pure: no files, no clock, no system store. Input that cannot be read is a
 * problem in the result, never an exception.
 */
export async function verifyChain(request: VerificationRequest): Promise<VerificationResult> {
  return verifyChainSync(request);
}

/** The same, for callers that cannot wait, such as the check of a certificate before it is handed out. */
export function verifyChainSync(request: VerificationRequest): VerificationResult {
  return verifyInput(parseInput(request), request);
}

/**
 * Says of an end entity what is wrong with it: nothing where it has a valid path. A key that is known to be readable is
 * not read, as in `refuseKey`.
 */
export type EndEntityCheck = (
  endEntity: Certificate,
  rules: VerificationRules,
  isKeyKnown?: boolean,
) => readonly Problem[];

/**
 * A check of many end entities under certificates that were parsed before: a signature of those is checked once, and
 * what the same rules make of them is found once.
 */
export function endEntityCheck(
  anchors: readonly Certificate[],
  intermediates: readonly Certificate[],
): EndEntityCheck {
  const pool = buildPool(anchors, intermediates);
  return (endEntity, rules, isKeyKnown = false) =>
    describeAll(byRank(searchPath(endEntity, pool, [], { ...rules, isKeyKnown }).problems));
}

function verifyInput(input: ParsedInput, rules: VerificationRules): VerificationResult {
  const { endEntity } = input;
  if (endEntity === undefined || input.problems.length > 0) {
    return report(endEntity === undefined ? [] : [endEntity], input.problems, input.warnings, new Budget());
  }
  const { found, path, problems, options } = searchPath(
    endEntity,
    buildPool(input.anchors, input.intermediates),
    input.crls,
    rules,
  );
  const certificates = path.map((node) => node.certificate);
  const warnings = [...input.warnings, ...collectWarnings(certificates, options)];
  const result = report(certificates, problems, warnings, options.budget);
  if (path.at(-1)?.isAnchor !== true) return result;
  return { ...result, valid: found, policies: processPolicies(path, options.policies).outcome };
}

interface SearchResult {
  readonly found: boolean;
  /** The best one, where none is valid. */
  readonly path: readonly ChainNode[];
  /** None where a valid path was found. */
  readonly problems: readonly Finding[];
  readonly options: PathOptions;
}

type SearchRules = VerificationRules & Pick<CheckOptions, 'isKeyKnown'>;

function searchPath(
  endEntity: Certificate,
  pool: Pool,
  crls: ParsedInput['crls'],
  rules: SearchRules,
): SearchResult {
  const options = pathOptions(rules, pool, crls);
  const target = targetNode(endEntity, pool);
  const noTime = checkTime(rules.at);
  if (noTime.length > 0) return { found: false, path: [target], problems: noTime, options };
  const ownFindings = checkTarget(endEntity, rules, options.wanted);
  const found = ownFindings.length === 0 ? findPath(target, pool, options) : undefined;
  if (found !== undefined) return { found: true, path: found.path, problems: [], options };
  const bound = options.budget.finding;
  const { path, findings } = explainFailure(target, pool, options);
  const problems = [...ownFindings, ...(bound === undefined ? [] : [bound]), ...findings];
  return { found: false, path, problems, options };
}

/** No comparison with a date that is none fails. */
const checkTime = (at: Date): Finding[] =>
  Number.isNaN(at.getTime()) ? [finding('DEVCA_PATH_TIME_INVALID', {})] : [];

function pathOptions(rules: VerificationRules, pool: Pool, crls: ParsedInput['crls']): PathOptions {
  const budget = new Budget();
  const base = {
    at: rules.at,
    policy: rules.policy ?? 'webpki',
    wanted: wantedPurposes(rules),
    maxDepth: rules.maxDepth,
    policies: rules.policies ?? {},
    budget,
    signatures: new SignatureChecker(budget),
  };
  return { ...base, checkRevocation: revocationChecker(rules.revocation ?? 'off', crls, pool, base) };
}

/** An end entity that is an anchor itself needs no issuer. */
function targetNode(endEntity: Certificate, pool: Pool): ChainNode {
  const node = chainNode(endEntity, false);
  return pool.anchors.find((anchor) => isSameCertificate(anchor, node)) ?? node;
}

function checkTarget(endEntity: Certificate, rules: SearchRules, wanted: readonly string[]): Finding[] {
  const { at, policy = 'webpki', isKeyKnown = false } = rules;
  return [
    ...checkCertificate(endEntity, 'end-entity', { at, policy, wanted, isKeyKnown }),
    ...checkEndEntity(endEntity, policy),
    ...checkExtendedKeyUsage(endEntity, wanted, true, policy),
    ...checkEndEntityKeyUsage(endEntity, wanted, policy),
    ...(rules.name === undefined ? [] : checkIdentity(endEntity, rules.name, policy)),
  ];
}

function report(
  certificates: readonly Certificate[],
  problems: readonly Finding[],
  warnings: readonly Finding[],
  budget: Budget,
): VerificationResult {
  return {
    valid: false,
    chain: certificates.map(({ subject, der }) => ({
      subject: formatName(subject),
      sha256: sha256Hex(der),
      der,
    })),
    problems: describeAll(byRank(problems)),
    warnings: describeAll(warnings),
    pathsTried: budget.used('paths'),
  };
}

/** One finding may come up by several ways; it is told once. */
function describeAll(findings: readonly Finding[]): Problem[] {
  const problems = new Map<string, Problem>();
  for (const found of findings) {
    const problem = describe(found);
    const key = `${problem.code} ${problem.certificate?.sha256} ${problem.message}`;
    if (!problems.has(key)) problems.set(key, problem);
  }
  return [...problems.values()];
}
