import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { OID } from '../src/pki/oid.ts';
import type { PolicyRequest, ReferenceName, VerificationRequest } from '../src/validation/request.ts';
import { type VerificationResult, verifyChainSync } from '../src/validation/verify-chain.ts';

/** One case of a suite in the unified form. */
export interface SuiteCase {
  readonly id: string;
  readonly group: string;
  readonly tier: string;
  readonly expected: 'ACCEPT' | 'REJECT';
  readonly trusted: readonly string[];
  readonly untrusted: readonly string[];
  readonly leaf: string;
  readonly crls: readonly string[];
  readonly time: string | null;
  readonly purpose: string;
  readonly peer: readonly { readonly kind: string; readonly value: string }[] | null;
  readonly maxDepth: number | null;
  readonly revocation: 'none' | 'leaf' | 'chain';
  readonly policy: {
    readonly initial: readonly string[] | null;
    readonly explicit: boolean;
    readonly inhibitMapping: boolean;
    readonly inhibitAny: boolean;
  } | null;
  readonly na: string | null;
}

export interface Suite {
  readonly suite: string;
  readonly cases: readonly SuiteCase[];
}

export interface CaseOutcome {
  readonly case: SuiteCase;
  readonly suite: string;
  readonly accepted: boolean;
  readonly right: boolean;
  readonly ms: number;
  readonly results: readonly VerificationResult[];
  /** Set where verification threw, which it never should. */
  readonly crash?: string;
}

/** Reads a suite file, plain or gzip. */
export function readSuite(file: string): Suite {
  const bytes = readFileSync(file);
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return JSON.parse((isGzip ? gunzipSync(bytes) : bytes).toString('utf8')) as Suite;
}

/** Runs every case that applies. `now` stands for the time of cases that have none. */
export function runSuite(suite: Suite, now: Date): CaseOutcome[] {
  return suite.cases.filter(({ na }) => na === null).map((each) => runCase(each, suite.suite, now));
}

function runCase(each: SuiteCase, suite: string, now: Date): CaseOutcome {
  const started = performance.now();
  let results: VerificationResult[] = [];
  let crash: string | undefined;
  try {
    results = requestsOf(each, now).map(verifyChainSync);
  } catch (cause) {
    crash = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  }
  const ms = performance.now() - started;
  const accepted = crash === undefined && results.every(({ valid }) => valid);
  const right = crash === undefined && accepted === (each.expected === 'ACCEPT');
  return { case: each, suite, accepted, right, ms, results, ...(crash === undefined ? {} : { crash }) };
}

/** One request for each name that the peer must have, or one without a name. */
function requestsOf(each: SuiteCase, now: Date): VerificationRequest[] {
  const base: VerificationRequest = {
    endEntity: each.leaf,
    intermediates: each.untrusted,
    trustAnchors: each.trusted,
    crls: each.crls,
    at: each.time === null ? now : new Date(each.time),
    revocation: REVOCATION[each.revocation],
    policy: each.id.startsWith('limbo/webpki') ? 'webpki' : 'rfc5280',
    ...purposeOf(each.purpose),
    ...(each.maxDepth === null ? {} : { maxDepth: each.maxDepth }),
    ...(each.policy === null ? {} : { policies: policiesOf(each.policy) }),
  };
  const names = each.peer ?? [];
  return names.length === 0 ? [base] : names.map((peer) => ({ ...base, name: referenceName(peer) }));
}

const REVOCATION = { none: 'off', leaf: 'end-entity', chain: 'required' } as const;

const KINDS: Readonly<Record<string, ReferenceName['kind']>> = {
  DNS: 'dns',
  IP: 'ip',
  RFC822: 'email',
  URI: 'uri',
};

function referenceName({ kind, value }: { kind: string; value: string }): ReferenceName {
  const known = KINDS[kind];
  if (known === undefined) throw new Error(`a peer of the kind ${kind}`);
  return { kind: known, value };
}

function purposeOf(purpose: string): Pick<VerificationRequest, 'purpose' | 'extendedKeyUsage'> {
  if (purpose === 'serverAuth') return { purpose: 'server' };
  if (purpose === 'clientAuth') return { purpose: 'client' };
  if (purpose === 'any') return { purpose: 'any' };
  const dotted = Object.entries(OID).find(([name]) => name === purpose)?.[1] ?? purpose;
  return { purpose: 'any', extendedKeyUsage: [dotted] };
}

const policiesOf = (policy: NonNullable<SuiteCase['policy']>): PolicyRequest => ({
  ...(policy.initial === null ? {} : { initial: policy.initial }),
  requireExplicit: policy.explicit,
  inhibitMapping: policy.inhibitMapping,
  inhibitAny: policy.inhibitAny,
});
