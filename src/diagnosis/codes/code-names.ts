import type { Candidates, SharedNames, Wordings } from '../fault.ts';

/** A number that a library or protocol gives a fault, with what the fault may be. */
export interface CodeRow extends Partial<Candidates> {
  readonly number: number;
  readonly name: string;
  readonly likely: Candidates['likely'];
  readonly atServer?: Candidates;
}

/** A row as names that are looked for in a text. */
export function namesOfRow(row: CodeRow, observed: Wordings, documented: Wordings): SharedNames {
  return {
    likely: row.likely,
    possible: row.possible ?? [],
    question: row.question ?? '',
    ...(row.atServer === undefined ? {} : { atServer: row.atServer }),
    observed,
    documented,
  };
}
