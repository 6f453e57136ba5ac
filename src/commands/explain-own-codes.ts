import type { OwnCode } from '../diagnosis/own-codes.ts';
import { catalogue, type ErrorCode } from '../errors/catalogue.ts';
import type { ErrorEntry } from '../errors/entry.ts';
import { placeholder } from '../errors/placeholder.ts';
import { type ProblemCode, problemCodes } from '../validation/problem.ts';
import type { ProblemEntry } from '../validation/problem-entry.ts';

/** devca's own codes as data, with `<name>` in the place of values. */
export function ownCodes(): OwnCode[] {
  const errors = Object.keys(catalogue).map((code) => {
    const { what, fix } = catalogue[code as ErrorCode] as unknown as ErrorEntry<unknown>;
    return { code, title: String(what(placeholder(''))), fixes: fix(placeholder('')).map(String) };
  });
  const problems = Object.keys(problemCodes).map((code) => {
    const { what, fix } = problemCodes[code as ProblemCode] as unknown as ProblemEntry<unknown>;
    return { code, title: String(what(placeholder(''))), fixes: [String(fix(placeholder('')))] };
  });
  return [...errors, ...problems];
}
