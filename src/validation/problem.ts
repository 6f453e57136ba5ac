import type { Certificate } from '../pki/certificate.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { formatName } from '../pki/name-text.ts';
import { certificateProblems } from './certificate-problems.ts';
import { nameProblems } from './name-problems.ts';
import { pathProblems } from './path-problems.ts';
import type { ProblemEntry } from './problem-entry.ts';
import { revocationProblems } from './revocation-problems.ts';

/** Every problem that validation can find, by code. A code is never renamed. */
export const problemCodes = {
  ...certificateProblems,
  ...pathProblems,
  ...nameProblems,
  ...revocationProblems,
} as const satisfies Record<`DEVCA_${string}`, ProblemEntry<never>>;

export type ProblemCode = keyof typeof problemCodes;

export type ProblemContext<Code extends ProblemCode> =
  (typeof problemCodes)[Code] extends ProblemEntry<infer Context> ? Context : never;

/** A problem as it is reported. `expected` and `presented` are the two sides of a comparison. */
export interface Problem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly certificate?: { readonly subject: string; readonly sha256: string };
  readonly fix?: string;
  readonly rfc?: string;
  readonly expected?: string;
  readonly presented?: string;
}

/** A problem as it is found: cheap to make, since a search finds many that nobody will read. */
export interface Finding {
  readonly code: ProblemCode;
  readonly context: unknown;
  readonly certificate: Certificate | undefined;
}

export function finding<Code extends ProblemCode>(
  code: Code,
  context: ProblemContext<Code>,
  certificate?: Certificate,
): Finding {
  return { code, context, certificate };
}

export const rankOf = ({ code }: Finding): number => problemCodes[code].rank;

/** Findings in the order in which they help most. Those of equal rank keep their order. */
export const byRank = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((a, b) => rankOf(a) - rankOf(b));

/** Writes a finding out. */
export function describe({ code, context, certificate }: Finding): Problem {
  const row = problemCodes[code] as unknown as ProblemEntry<unknown>;
  const expected = row.expected?.(context) ?? '';
  const presented = row.presented?.(context) ?? '';
  return {
    code,
    message: row.what(context),
    ...(certificate === undefined
      ? {}
      : {
          certificate: { subject: formatName(certificate.subject), sha256: sha256Hex(certificate.der) },
        }),
    fix: row.fix(context),
    rfc: row.rfc,
    ...(expected === '' ? {} : { expected }),
    ...(presented === '' ? {} : { presented }),
  };
}
