import { faultOfProblem, namedFault } from '../diagnosis/named-fault.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { CertificateRevocationList } from '../pki/crl.ts';
import { bytesEqual, sha256Hex } from '../pki/fingerprint.ts';
import { formatName } from '../pki/name-text.ts';
import { OID } from '../pki/oid.ts';
import { checkIdentity } from '../validation/identity.ts';
import { describe } from '../validation/problem.ts';
import type { ReferenceName, ValidationPolicy, VerificationRequest } from '../validation/request.ts';
import { verifyChainSync } from '../validation/verify-chain.ts';
import { candidateTree } from './candidate-tree.ts';
import { checkServedOrder } from './chain-order.ts';
import { consumerNotes } from './consumers.ts';
import { belongsTo, endEntityIndex } from './end-entity.ts';
import type { PresentedCertificate, PresentedKey, Subject } from './presented.ts';
import {
  describeTargetFinding,
  sortByRank,
  type TargetFinding,
  type TargetProblem,
  targetFinding,
} from './target-problems.ts';
import type { ChainEntry, TargetReport } from './target-report.ts';
import { rootsFor, type TrustedRoots } from './trusted-roots.ts';

/** What all targets of one command line are held against. */
export interface VerificationSettings {
  readonly at: Date;
  readonly policy: ValidationPolicy;
  /** Default: that of the target, else `server`. */
  readonly purpose?: 'server' | 'client' | 'any';
  readonly names: readonly ReferenceName[];
  readonly minDays?: number;
  readonly roots: TrustedRoots;
  readonly intermediates: readonly Certificate[];
  readonly crls: readonly CertificateRevocationList[];
  readonly key?: PresentedKey;
  readonly explain: boolean;
  /** The fullchain file of a certificate whose intermediate only the inventory has. */
  readonly fullchainOf?: (endEntity: Certificate) => string | undefined;
}

/** Verifies one subject: the path by `verifyChain`, then everything that is not about the path. */
export function verifySubject(subject: Subject, settings: VerificationSettings): TargetReport {
  const index = endEntityIndex(subject);
  const presented = subject.certificates[index];
  const others = subject.certificates.filter((_, position) => position !== index);
  const purpose = settings.purpose ?? subject.purpose ?? 'server';
  const names = settings.names.length > 0 ? settings.names : (subject.names ?? []);
  const request = requestFor(presented, others, purpose, settings);
  const result = verifyChainSync(request);
  const endEntity = presented?.certificate;
  const found: TargetFinding[] = [
    ...keyFindings(endEntity, subject, settings.key),
    ...checkServedOrder(subject, index),
  ];
  const path = result.chain.flatMap(({ der }) => knownCertificate(der, subject, settings));
  const days = daysLeft(path, settings);
  const problems = sortByRank([
    ...result.problems.map((problem) => improve(problem, endEntity, purpose, settings)),
    ...(endEntity === undefined ? [] : nameProblems(endEntity, names, settings.policy)),
    ...describeAll(found.filter(isProblem), endEntity),
    ...describeAll(subject.findings.filter(isProblem), endEntity),
    ...(days?.problem === undefined || result.problems.some(isAboutTime) ? [] : [days.problem]),
  ]);
  const warnings = sortByRank([
    ...result.warnings,
    ...describeAll([...found, ...subject.findings].filter((each) => !isProblem(each))),
  ]);
  return {
    target: subject.target,
    valid: problems.length === 0,
    checked: true,
    ...(subject.file === undefined ? {} : { file: subject.file }),
    form: subject.form,
    purpose,
    names: names.map(({ value }) => value),
    chain: result.chain.map(({ subject: text, sha256, der }) => chainEntry(text, sha256, der, subject, path)),
    ...(days === undefined ? {} : { daysLeft: days.days }),
    problems: problems.map((problem) => withFault(problem, endEntity, purpose)),
    warnings,
    consumers:
      endEntity === undefined
        ? []
        : consumerNotes({
            endEntity,
            path,
            presented: subject.certificates,
            form: subject.form,
            hasKey: subject.keys.length > 0,
            purpose,
            problems,
            crls: settings.crls,
          }),
    ...(settings.explain && endEntity !== undefined
      ? { candidates: explain(endEntity, others, problems, purpose, settings) }
      : {}),
  };
}

function requestFor(
  endEntity: PresentedCertificate | undefined,
  others: readonly PresentedCertificate[],
  purpose: 'server' | 'client' | 'any',
  settings: VerificationSettings,
): VerificationRequest {
  const pool = [endEntity, ...others].flatMap((each) => each?.certificate ?? []);
  return {
    endEntity: endEntity?.der ?? new Uint8Array(),
    intermediates: [...others.map(({ der }) => der), ...settings.intermediates.map(({ der }) => der)],
    trustAnchors: rootsFor([...pool, ...settings.intermediates], settings.roots).map(({ der }) => der),
    at: settings.at,
    purpose,
    policy: settings.policy,
    // One list is often all that there is, that of the authority that issued the end entity.
    ...(settings.crls.length === 0
      ? {}
      : { crls: settings.crls.map(({ der }) => der), revocation: 'end-entity' as const }),
  };
}

function explain(
  endEntity: Certificate,
  others: readonly PresentedCertificate[],
  problems: readonly TargetProblem[],
  purpose: 'server' | 'client' | 'any',
  settings: VerificationSettings,
): ReturnType<typeof candidateTree> {
  const intermediates = [
    ...others.flatMap(({ certificate }) => certificate ?? []),
    ...settings.intermediates,
  ];
  const anchors = rootsFor([endEntity, ...intermediates], settings.roots);
  const tree = candidateTree(endEntity, intermediates, anchors, { ...settings, purpose });
  const own = problems
    .filter(({ certificate }) => certificate?.sha256 === tree.sha256)
    .map(({ message }) => message);
  return { ...tree, reasons: [...new Set([...own, ...tree.reasons])] };
}

function withFault(
  problem: TargetProblem,
  endEntity: Certificate | undefined,
  purpose: 'server' | 'client' | 'any',
): TargetProblem {
  const sha256 = endEntity === undefined ? undefined : sha256Hex(endEntity.der);
  const code = faultOfProblem(problem, sha256, purpose === 'client' ? 'server' : 'client');
  const fault = code === undefined ? undefined : namedFault(code, 'verify');
  return fault === undefined ? problem : { ...problem, fault };
}

const nameProblems = (
  endEntity: Certificate,
  names: readonly ReferenceName[],
  policy: ValidationPolicy,
): TargetProblem[] => names.flatMap((name) => checkIdentity(endEntity, name, policy).map(describe));

/** Findings that make a target bad; the others are warnings. */
const PROBLEM_CODES: ReadonlySet<string> = new Set([
  'DEVCA_CHAIN_END_ENTITY_NOT_FIRST',
  'DEVCA_CHAIN_TOO_LARGE',
  'DEVCA_KEY_MISMATCH',
  'DEVCA_INVENTORY_REVOKED',
]);

const isProblem = ({ code }: TargetFinding): boolean => PROBLEM_CODES.has(code);

const isAboutTime = ({ code }: TargetProblem): boolean => code === 'DEVCA_PATH_EXPIRED';

const describeAll = (findings: readonly TargetFinding[], certificate?: Certificate): TargetProblem[] =>
  findings.map((each) => describeTargetFinding(each, certificate));

function keyFindings(
  endEntity: Certificate | undefined,
  { keys }: Subject,
  given: PresentedKey | undefined,
): TargetFinding[] {
  if (endEntity === undefined) return [];
  return [...keys, ...(given === undefined ? [] : [given])].flatMap((key) => {
    const { source, subjectPublicKeyInfo, problem = 'the runtime cannot read it' } = key;
    if (subjectPublicKeyInfo === undefined)
      return [targetFinding('DEVCA_KEY_NOT_COMPARED', { source, reason: problem })];
    if (belongsTo(endEntity, key)) return [];
    const expected = sha256Hex(endEntity.subjectPublicKeyInfo);
    return [
      targetFinding('DEVCA_KEY_MISMATCH', { source, expected, presented: sha256Hex(subjectPublicKeyInfo) }),
    ];
  });
}

/** A fix that knows the inventory and the certificate says more than the table's. */
function improve(
  problem: TargetProblem,
  endEntity: Certificate | undefined,
  purpose: 'server' | 'client' | 'any',
  settings: VerificationSettings,
): TargetProblem {
  if (problem.code === 'DEVCA_PATH_MISSING_INTERMEDIATE' && endEntity !== undefined) {
    if (problem.certificate?.sha256 !== sha256Hex(endEntity.der)) {
      const fix = `give the root "${problem.expected}" with "--roots" if you trust it, or the intermediate with "--intermediates"`;
      return { ...problem, fix };
    }
    const fullchain = settings.fullchainOf?.(endEntity);
    return fullchain === undefined
      ? problem
      : { ...problem, fix: `serve the fullchain file instead: ${fullchain}` };
  }
  const isForClients = endEntity?.extendedKeyUsage?.includes(OID.clientAuth) === true;
  if (problem.code === 'DEVCA_PATH_PURPOSE' && purpose === 'server' && isForClients)
    return { ...problem, fix: `${problem.fix}, or add "--purpose client" if a client presents it` };
  return problem;
}

function daysLeft(
  path: readonly Certificate[],
  { at, minDays }: VerificationSettings,
): { readonly days: number; readonly problem: TargetProblem | undefined } | undefined {
  const [first] = [...path].sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime());
  if (first === undefined) return undefined;
  const days = Math.floor((first.notAfter.getTime() - at.getTime()) / 86_400_000);
  const context = { days, least: minDays ?? 0, notAfter: first.notAfter.toISOString().replace('.000Z', 'Z') };
  const isShort = minDays !== undefined && days < minDays;
  return {
    days,
    problem: isShort ? describeTargetFinding(targetFinding('DEVCA_DAYS_LEFT', context), first) : undefined,
  };
}

/** The parsed form of a certificate of the path, which came from somewhere in the settings or the subject. */
function knownCertificate(
  der: Uint8Array,
  { certificates }: Subject,
  settings: VerificationSettings,
): Certificate[] {
  const own = certificates.find((each) => bytesEqual(each.der, der))?.certificate;
  const found =
    own ?? [...settings.intermediates, ...settings.roots.all].find((each) => bytesEqual(each.der, der));
  return found === undefined ? [] : [found];
}

function chainEntry(
  text: string,
  sha256: string,
  der: Uint8Array,
  { certificates }: Subject,
  path: readonly Certificate[],
): ChainEntry {
  const line = certificates.find((each) => bytesEqual(each.der, der))?.line;
  const certificate = path.find((each) => bytesEqual(each.der, der));
  return {
    subject: certificate === undefined ? text : formatName(certificate.subject),
    sha256,
    notAfter: certificate?.notAfter.toISOString() ?? '',
    ...(line === undefined ? {} : { line }),
  };
}
