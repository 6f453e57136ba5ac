import { exactMeanings } from './exact-names.ts';
import type { Candidates, Certainty, FaultCode, FaultMatch, FoundName, SharedNames } from './fault.ts';
import { faultByCode, faultOfClient } from './fault-table.ts';
import { findNames, type NameInText } from './names-in-text.ts';
import { type OwnCode, ownCodesIn } from './own-codes.ts';

/**
 * The faults that a text tells of, the surest first; none where it names nothing that the table knows.
 * The text may be one code (`ERR_CERT_DATE_INVALID`, `20`, `alert 48`) or a whole log, coloured, wrapped or as JSON.
 * `ownCodes` are devca's own codes, which the table does not hold.
 */
export function explainText(text: string, ownCodes: readonly OwnCode[] = []): FaultMatch[] {
  const exact = exactMeanings(text);
  const inText = findNames(text);
  const clear = inText.names.filter(({ meaning }) => typeof meaning === 'string' || meaning.vague !== true);
  const names = clear.length > 0 ? clear : [...exact, ...inText.names];
  return [...ownCodesIn(text, ownCodes), ...diagnose(names, inText.side)];
}

/** Weighs names against each other: what a certain fault explains is no evidence for another. */
export function diagnose(names: readonly NameInText[], side: 'server' | 'client' | undefined): FaultMatch[] {
  const votes = new Map<FaultCode, FoundName[]>();
  const vote = (code: FaultCode, found: FoundName): void => {
    votes.set(code, [...(votes.get(code) ?? []), found]);
  };
  for (const { meaning, found } of names) {
    if (typeof meaning === 'string') vote(side === 'server' ? faultOfClient(meaning) : meaning, found);
  }
  const certain = new Set(votes.keys());
  const open: { readonly candidates: Candidates; readonly found: FoundName }[] = [];
  for (const { meaning, found } of names) {
    if (typeof meaning === 'string') continue;
    const candidates = candidatesAt(meaning, side);
    const all = [...candidates.likely, ...candidates.possible];
    const explaining = all.filter((code) => certain.has(code));
    for (const code of explaining) vote(code, found);
    if (explaining.length === 0) open.push({ candidates, found });
  }
  return [...toMatches(votes, 'certain'), ...weigh(open, certain)];
}

type Open = readonly { readonly candidates: Candidates; readonly found: FoundName }[];

/** Where one fault explains every open name it is named; else all candidates are. */
function weigh(open: Open, certain: ReadonlySet<FaultCode>): FaultMatch[] {
  const first = open[0];
  // Beside a certain fault, what is left over is most often the same failure in other words.
  if (first === undefined || certain.size > 0) return [];
  const lists = open.map(({ candidates }) => [...candidates.likely, ...candidates.possible]);
  const common = (lists[0] ?? []).filter((code) => lists.every((list) => list.includes(code)));
  const kept = common.length > 0 ? common : [...new Set(lists.flat())];
  const isLikely = (code: FaultCode): boolean =>
    open.every(({ candidates }, index) => candidates.likely.includes(code) || !lists[index]?.includes(code));
  const best = kept.filter(isLikely);
  const narrowest = open.reduce((a, b) => (sizeOf(b.candidates) < sizeOf(a.candidates) ? b : a), first);
  return [...best, ...kept.filter((code) => !best.includes(code))].flatMap((code) =>
    match(
      code,
      best.includes(code) ? 'likely' : 'possible',
      open.filter((_, index) => lists[index]?.includes(code)).map(({ found }) => found),
      narrowest.candidates.question,
    ),
  );
}

const sizeOf = ({ likely, possible }: Candidates): number => likely.length + possible.length;

const candidatesAt = (shared: SharedNames, side: 'server' | 'client' | undefined): Candidates => {
  const { atServer } = shared;
  if (atServer === undefined || side === 'client') return shared;
  if (side === 'server') return atServer;
  const possible = [...shared.possible, ...atServer.likely, ...atServer.possible];
  return { ...shared, possible: possible.filter((code) => !shared.likely.includes(code)) };
};

function toMatches(votes: ReadonlyMap<FaultCode, FoundName[]>, certainty: Certainty): FaultMatch[] {
  return [...votes].flatMap(([code, found]) => match(code, certainty, found));
}

function match(
  code: FaultCode,
  certainty: Certainty,
  found: readonly FoundName[],
  question?: string,
): FaultMatch[] {
  const fault = faultByCode(code);
  if (fault === undefined) return [];
  const names = found.filter((one, index) => found.findIndex(({ text }) => text === one.text) === index);
  return [{ fault, certainty, found: names, ...(question === undefined ? {} : { question }) }];
}
