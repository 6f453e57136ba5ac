import type { Candidates, Certainty, FaultCode, FaultMatch, FoundName, SharedNames } from './fault.ts';
import { faultByCode, faultOfClient } from './fault-table.ts';
import type { NameInText, Side } from './names-in-text.ts';
import { vagueNames } from './shared-names/vague.ts';

/** The names that say what failed; where all are vague, those of the most telling kind. */
export function mostTelling(names: readonly NameInText[]): readonly NameInText[] {
  const isVague = ({ meaning }: NameInText): boolean => typeof meaning !== 'string' && meaning.vague === true;
  const clear = names.filter((name) => !isVague(name));
  if (clear.length > 0) return clear;
  const best = vagueNames.find((group) => names.some(({ meaning }) => meaning === group));
  return best === undefined ? names : names.filter(({ meaning }) => meaning === best);
}

/** Weighs names against each other: what a certain fault explains is no evidence for another. */
export function diagnose(names: readonly NameInText[], side: Side | undefined): FaultMatch[] {
  const votes = new Map<FaultCode, FoundName[]>();
  const vote = (code: FaultCode, found: FoundName): void => {
    votes.set(code, [...(votes.get(code) ?? []), found]);
  };
  const shared: Shared[] = [];
  for (const { meaning, found } of names) {
    if (typeof meaning === 'string') vote(side === 'server' ? faultOfClient(meaning) : meaning, found);
    else shared.push({ candidates: candidatesAt(meaning, side), found });
  }
  for (const { candidates, found } of shared) {
    const [only, ...others] = listOf(candidates);
    if (only !== undefined && others.length === 0) vote(only, found);
  }
  const certain = new Set(votes.keys());
  const open: Shared[] = [];
  for (const { candidates, found } of shared) {
    const all = listOf(candidates);
    const explaining = all.filter((code) => certain.has(code));
    for (const code of explaining) vote(code, found);
    if (explaining.length === 0) open.push({ candidates, found });
  }
  const sure = [...votes].flatMap(([code, found]) => match(code, 'certain', found));
  const rest = weigh(open);
  if (sure.length === 0) return rest;
  // Beside what is certain, the rest is most often the same failure in other words.
  const further = rest.filter(({ certainty }) => certainty === 'likely');
  return [...sure, ...further.map((one) => ({ ...one, certainty: 'possible' as const }))];
}

/** A name that may mean several faults. */
interface Shared {
  readonly candidates: Candidates;
  readonly found: FoundName;
}

const listOf = ({ likely, possible }: Candidates): FaultCode[] => [...likely, ...possible];

/** Where one fault explains every open name it is named; else all candidates are. */
function weigh(open: readonly Shared[]): FaultMatch[] {
  const [first] = open;
  if (first === undefined) return [];
  const lists = open.map(({ candidates }) => listOf(candidates));
  const common = (lists[0] ?? []).filter((code) => lists.every((list) => list.includes(code)));
  const kept = common.length > 0 ? common : [...new Set(lists.flat())];
  const isLikely = (code: FaultCode): boolean =>
    open.every(({ candidates }, index) => candidates.likely.includes(code) || !lists[index]?.includes(code));
  const best = kept.filter(isLikely);
  const narrowest = open.reduce(
    (a, b) => (listOf(b.candidates).length < listOf(a.candidates).length ? b : a),
    first,
  );
  return [...best, ...kept.filter((code) => !best.includes(code))].flatMap((code) =>
    match(
      code,
      best.includes(code) ? 'likely' : 'possible',
      open.filter((_, index) => lists[index]?.includes(code)).map(({ found }) => found),
      narrowest.candidates.question,
    ),
  );
}

function candidatesAt(shared: SharedNames, side: Side | undefined): Candidates {
  const { atServer } = shared;
  if (atServer === undefined || side === 'client') return shared;
  if (side === 'server') return atServer;
  const possible = [...shared.possible, ...atServer.likely, ...atServer.possible];
  return { ...shared, possible: [...new Set(possible)].filter((code) => !shared.likely.includes(code)) };
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
