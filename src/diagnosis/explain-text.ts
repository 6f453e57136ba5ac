import { DevcaError } from '../errors/devca-error.ts';
import { diagnose, mostTelling } from './diagnose.ts';
import { exactMeanings } from './exact-names.ts';
import type { FaultMatch } from './fault.ts';
import { findNames } from './names-in-text.ts';
import { type OwnCode, ownCodesIn } from './own-codes.ts';

/**
 * The faults that a text tells of, the surest first; none where it names nothing that the table knows.
 * The text may be one code (`ERR_CERT_DATE_INVALID`, `20`, `alert 48`) or a whole log, coloured, wrapped or as JSON.
 * `ownCodes` are devca's own codes, which the table does not hold.
 */
export function explainText(text: string, ownCodes: readonly OwnCode[] = []): FaultMatch[] {
  const exact = exactMeanings(text);
  const { names, side } = findNames(text);
  const own = ownCodesIn(text, ownCodes);
  const named = new Set(own.map(({ fault }) => fault.code));
  return [
    ...own,
    ...diagnose(exact.length > 0 ? exact : mostTelling(names), side).filter(
      ({ fault }) => !named.has(fault.code),
    ),
  ];
}

/** As `explainText`, for a text that should hold something: throws DEVCA_EXPLAIN_UNKNOWN where nothing is known. */
export function explain(text: string, ownCodes: readonly OwnCode[] = []): FaultMatch[] {
  const matches = explainText(text, ownCodes);
  if (matches.length === 0) throw new DevcaError('DEVCA_EXPLAIN_UNKNOWN', { text: shortened(text) });
  return matches;
}

/** The beginning of a text on one line, for a message. */
function shortened(text: string): string {
  const line = text.slice(0, 200).replace(/\s+/g, ' ').trim();
  return line.length <= 60 && text.length <= 200 ? line : `${line.slice(0, 60)}...`;
}
