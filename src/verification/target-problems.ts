import type { NamedFault } from '../diagnosis/named-fault.ts';
import type { Certificate } from '../pki/certificate.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { formatName } from '../pki/name-text.ts';
import { type Problem, problemCodes } from '../validation/problem.ts';
import { type NoContext, type ProblemEntry, problemEntry } from '../validation/problem-entry.ts';

/** A problem or warning as it is reported, whoever found it. */
export interface TargetProblem extends Omit<Problem, 'code'> {
  readonly code: string;
  /** What a problem stands for, by the fault table; warnings have none. */
  readonly fault?: NamedFault;
}

/** What is wrong with a target beside its path. Ranks are those of the table of validation, and lie between them. */
const targetProblems = {
  DEVCA_CHAIN_END_ENTITY_NOT_FIRST: problemEntry<{ position: number; first: string }>({
    rank: 36,
    rfc: 'RFC 8446 section 4.4.2',
    what: (c) =>
      `it is certificate ${c.position} of the file, and servers take the first for theirs, which is "${c.first}"`,
    fix: () =>
      'put the end entity first, then each issuer after what it has issued: serve the fullchain file that "devca issue" wrote',
    expected: () => 'certificate 1',
    presented: (c) => `certificate ${c.position}`,
  }),
  DEVCA_CHAIN_MISPLACED: problemEntry<{ positions: readonly number[] }>({
    rank: 94,
    rfc: 'RFC 8446 section 4.4.2',
    what: (c) =>
      `the chain is out of order: certificate ${c.positions.join(', ')} does not certify the one before it`,
    fix: () =>
      'put each issuer directly after what it has issued: clients of TLS 1.2 may refuse another order',
  }),
  DEVCA_CHAIN_ROOT_SENT: problemEntry<{ position: number }>({
    rank: 95,
    rfc: 'RFC 8446 section 4.4.2',
    what: (c) =>
      `the root is sent too (certificate ${c.position}), which costs bytes in every handshake and helps nobody`,
    fix: () => 'leave the root out of the chain file: clients have it, or do not trust it',
  }),
  DEVCA_CHAIN_DUPLICATE: problemEntry<{ positions: readonly number[] }>({
    rank: 96,
    rfc: 'RFC 8446 section 4.4.2',
    what: (c) => `the chain has the same certificate more than once (certificate ${c.positions.join(', ')})`,
    fix: () => 'leave each certificate in the file once',
  }),
  DEVCA_CHAIN_UNRELATED: problemEntry<{ positions: readonly number[] }>({
    rank: 97,
    rfc: 'RFC 8446 section 4.4.2',
    what: (c) => `certificate ${c.positions.join(', ')} belongs to no place in the chain`,
    fix: () => 'leave out what does not lead from the end entity to its root',
  }),
  DEVCA_CHAIN_TOO_LARGE: problemEntry<{ certificates: number; bytes: number; limit: number }>({
    rank: 37,
    rfc: 'RFC 8446 section 4.4.2',
    what: (c) =>
      `the chain has ${c.certificates} certificates in ${c.bytes} bytes, and OpenSSL and BoringSSL end a handshake beyond ${c.limit}`,
    fix: () => 'serve only the end entity and what leads from it to its root',
    expected: (c) => `at most ${c.limit} bytes`,
    presented: (c) => `${c.bytes} bytes`,
  }),
  DEVCA_KEY_MISMATCH: problemEntry<{ source: string; expected: string; presented: string }>({
    rank: 35,
    rfc: 'RFC 8446 section 4.4.3',
    what: (c) => `the key in "${c.source}" does not belong to it`,
    fix: () => 'give the key that was made with the certificate, or run "devca issue" for its names again',
    expected: (c) => `public key with SHA-256 ${c.expected}`,
    presented: (c) => `public key with SHA-256 ${c.presented}`,
  }),
  DEVCA_KEY_NOT_COMPARED: problemEntry<{ source: string; reason: string }>({
    rank: 98,
    rfc: 'RFC 8446 section 4.4.3',
    what: (c) => `whether the key in "${c.source}" belongs to it was not checked: ${c.reason}`,
    fix: () => 'give the key without encryption, with "--key"',
  }),
  DEVCA_DAYS_LEFT: problemEntry<{ days: number; least: number; notAfter: string }>({
    rank: 34,
    rfc: 'RFC 5280 section 4.1.2.5',
    what: (c) => `it ends in ${c.days} days, at ${c.notAfter}, and at least ${c.least} were asked for`,
    fix: () => 'run "devca issue" for its names again, then restart what serves it',
    expected: (c) => `at least ${c.least} days`,
    presented: (c) => `${c.days} days`,
  }),
  DEVCA_FILE_MODE_KEY: problemEntry<{ path: string; mode: string; command: string }>({
    rank: 99,
    rfc: 'RFC 5280 section 9',
    what: (c) => `the private key in "${c.path}" can be read by others: its mode is ${c.mode}`,
    fix: (c) => `run "${c.command}"`,
    expected: () => '0600',
    presented: (c) => c.mode,
  }),
  DEVCA_FILE_MODE_WRITABLE: problemEntry<{ path: string; mode: string; command: string }>({
    rank: 99,
    rfc: 'RFC 5280 section 9',
    what: (c) => `"${c.path}" can be changed by others: its mode is ${c.mode}`,
    fix: (c) => `run "${c.command}"`,
    expected: () => '0644',
    presented: (c) => c.mode,
  }),
  DEVCA_INVENTORY_REVOKED: problemEntry<{ at: string }>({
    rank: 32,
    rfc: 'RFC 5280 section 3.3',
    what: (c) => `the inventory says that it was revoked at ${c.at}`,
    fix: () => 'run "devca issue" for its names and serve the new certificate',
  }),
  DEVCA_INVENTORY_REPLACED: problemEntry<NoContext>({
    rank: 98,
    rfc: 'RFC 5280 section 3.3',
    what: () => 'the inventory says that another certificate took its place',
    fix: () => 'run "devca list" to see the newer one, and serve that',
  }),
} as const satisfies Record<`DEVCA_${string}`, ProblemEntry<never>>;

export type TargetProblemCode = keyof typeof targetProblems;

type ContextOf<Code extends TargetProblemCode> =
  (typeof targetProblems)[Code] extends ProblemEntry<infer Context> ? Context : never;

/** A problem of a target before it is known which certificate it is about. */
export interface TargetFinding {
  readonly code: TargetProblemCode;
  readonly context: unknown;
}

export const targetFinding = <Code extends TargetProblemCode>(
  code: Code,
  context: ContextOf<Code>,
): TargetFinding => ({
  code,
  context,
});

export function describeTargetFinding(
  { code, context }: TargetFinding,
  certificate?: Certificate,
): TargetProblem {
  const row = targetProblems[code] as unknown as ProblemEntry<unknown>;
  const expected = row.expected?.(context);
  const presented = row.presented?.(context);
  return {
    code,
    message: row.what(context),
    ...(certificate === undefined
      ? {}
      : { certificate: { subject: formatName(certificate.subject), sha256: sha256Hex(certificate.der) } }),
    fix: row.fix(context),
    rfc: row.rfc,
    ...(expected === undefined ? {} : { expected }),
    ...(presented === undefined ? {} : { presented }),
  };
}

/** Those that help most first, over both tables. */
export function sortByRank(problems: readonly TargetProblem[]): TargetProblem[] {
  return [...problems].sort((a, b) => rankOf(a.code) - rankOf(b.code));
}

const RANKS: ReadonlyMap<string, number> = new Map(
  Object.entries({ ...problemCodes, ...targetProblems }).map(([code, { rank }]) => [code, rank]),
);

const rankOf = (code: string): number => RANKS.get(code) ?? 0;
