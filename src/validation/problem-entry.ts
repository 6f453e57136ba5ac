/**
 * One row of the table of problem codes.
 * `rank` orders reasons by how much they help: of several, the one with the lowest rank is told first.
 */
export interface ProblemEntry<Context> {
  readonly rank: number;
  /** The section of the standard that asks for it. */
  readonly rfc: string;
  /** What is wrong: lower case, no full stop. */
  readonly what: (context: Context) => string;
  /** What mends it; a command stands between double quotes and can be pasted. */
  readonly fix: (context: Context) => string;
  /** The two sides of a comparison, where there is one. */
  readonly expected?: (context: Context) => string;
  readonly presented?: (context: Context) => string;
}

/** Lets TypeScript infer the context of a row from its annotation. */
export const problemEntry = <Context>(row: ProblemEntry<Context>): ProblemEntry<Context> => row;

/** The context of a row that needs none. */
export type NoContext = Record<never, never>;
