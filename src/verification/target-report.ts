import type { CandidateTree } from './candidate-tree.ts';
import type { ConsumerNote } from './consumers.ts';
import type { Form } from './presented.ts';
import type { TargetProblem } from './target-problems.ts';

/** What is said about one target: a row of `devca verify --json`. */
export interface TargetReport {
  readonly target: string;
  readonly valid: boolean;
  /** False where it could not be read; its one problem says why. */
  readonly checked: boolean;
  /** Exit status of what kept it from being checked. */
  readonly exitStatus?: number;
  readonly file?: string;
  readonly form?: Form;
  readonly purpose?: 'server' | 'client' | 'any';
  /** The names that were expected. */
  readonly names?: readonly string[];
  /** End entity first, of the best path. */
  readonly chain: readonly ChainEntry[];
  /** Whole days until the first of the chain ends. */
  readonly daysLeft?: number;
  /** Best reason first. */
  readonly problems: readonly TargetProblem[];
  readonly warnings: readonly TargetProblem[];
  /** Clients that are known to judge this very chain differently. */
  readonly consumers: readonly ConsumerNote[];
  readonly candidates?: CandidateTree;
}

export interface ChainEntry {
  readonly subject: string;
  readonly sha256: string;
  readonly notAfter: string;
  /** Of its `BEGIN` in the file. */
  readonly line?: number;
}

export interface VerificationReport {
  readonly valid: boolean;
  readonly targets: readonly TargetReport[];
  /** Files of folders that were no target of their own. */
  readonly leftOut: readonly { readonly file: string; readonly reason: string }[];
}
