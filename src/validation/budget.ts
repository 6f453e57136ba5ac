import { type Finding, finding } from './problem.ts';

/**
 * How much one verification may do, so that a hostile pool ends in an answer instead of a hang. Signatures are what
 * costs (about a tenth of a millisecond each), names are as many as BoringSSL compares.
 */
export const LIMITS = {
  signatures: 200,
  candidates: 10_000,
  comparisons: 1_048_576,
  paths: 200,
  /** Certificates in one path: no path of practice comes near, PKITS has nine at most. */
  length: 40,
} as const;

const BOUND_TEXT = {
  signatures: 'signatures checked',
  candidates: 'candidates tried',
  comparisons: 'names compared with constraints',
  paths: 'paths validated',
  length: 'certificates in a path',
} as const;

export type Bound = keyof typeof LIMITS;

/** Counts what a verification has done. Once a bound is hit, nothing more of that kind is granted. */
export class Budget {
  readonly #left: Record<Bound, number>;
  #reached: Bound | undefined;

  constructor(limits: Readonly<Record<Bound, number>> = LIMITS) {
    this.#left = { ...limits };
  }

  /** Takes from the budget; false where it is not enough. */
  spend(bound: Bound, amount = 1): boolean {
    if (this.#left[bound] < amount) {
      this.#reached ??= bound;
      this.#left[bound] = 0;
      return false;
    }
    this.#left[bound] -= amount;
    return true;
  }

  /** How much of a bound has been used. */
  used(bound: Bound): number {
    return LIMITS[bound] - this.#left[bound];
  }

  /** Notes that a bound which is not counted was hit. */
  reach(bound: Bound): void {
    this.#reached ??= bound;
  }

  /** The bound that was hit first, as a finding. */
  get finding(): Finding | undefined {
    return this.#reached === undefined ? undefined : boundFinding(this.#reached);
  }
}

export const boundFinding = (bound: Bound): Finding =>
  finding('DEVCA_PATH_BOUND_REACHED', { bound: BOUND_TEXT[bound], limit: LIMITS[bound] });
