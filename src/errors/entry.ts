/** Exit statuses that an error may carry; docs/errors.md explains each. */
export type ExitStatus = 1 | 2 | 3 | 4 | 5 | 70 | 126 | 127 | 130;

/**
 * One row of the error catalogue.
 * `what` says what happened, with the value and the place: lower case, no full stop.
 * `fix` gives at least one thing to do; a command in it stands between double quotes and can be pasted.
 */
export interface ErrorEntry<Context> {
  readonly exit: ExitStatus;
  readonly what: (context: Context) => string;
  readonly fix: (context: Context) => readonly string[];
  /** The standard that the refusal rests on, such as `RFC 5280 section 4.2.1.10`. */
  readonly see?: string;
}

/** Lets TypeScript infer the context of a row from its annotation. */
export const entry = <Context>(row: ErrorEntry<Context>): ErrorEntry<Context> => row;
