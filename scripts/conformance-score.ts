import type { CaseOutcome } from './conformance-suite.ts';

/** Why a case is answered differently on purpose, by its id. */
export type Exceptions = Readonly<Record<string, string>>;

/** Right and run for one suite and tier, accepted-good and rejected-bad apart. */
export interface Score {
  readonly suite: string;
  readonly tier: string;
  right: number;
  run: number;
  goodAccepted: number;
  good: number;
  badRejected: number;
  bad: number;
  /** Wrong, with a reason in the exceptions. */
  excepted: number;
}

export interface Verdict {
  readonly scores: readonly Score[];
  readonly wrong: readonly CaseOutcome[];
  /** Cases with an exception that are right all the same: the exception has to go. */
  readonly unexpected: readonly CaseOutcome[];
  readonly crashed: readonly CaseOutcome[];
  readonly medianMs: number;
  readonly slowest: CaseOutcome | undefined;
}

export function score(outcomes: readonly CaseOutcome[], exceptions: Exceptions): Verdict {
  const scores = new Map<string, Score>();
  for (const outcome of outcomes) count(scoreOf(scores, outcome), outcome, exceptions);
  const isExcepted = ({ case: { id } }: CaseOutcome): boolean => Object.hasOwn(exceptions, id);
  const byTime = [...outcomes].sort((a, b) => a.ms - b.ms);
  return {
    scores: [...scores.values()],
    wrong: outcomes.filter((outcome) => !outcome.right && !isExcepted(outcome)),
    unexpected: outcomes.filter((outcome) => outcome.right && isExcepted(outcome)),
    crashed: outcomes.filter(({ crash }) => crash !== undefined),
    medianMs: byTime[byTime.length >> 1]?.ms ?? 0,
    slowest: byTime.at(-1),
  };
}

/** One line for each suite and tier. */
export function formatScores(scores: readonly Score[]): string {
  const rows = scores.map((s) => [
    s.suite,
    s.tier,
    `${s.right}/${s.run}`,
    `${s.goodAccepted}/${s.good}`,
    `${s.badRejected}/${s.bad}`,
    String(s.excepted),
  ]);
  const table = [['suite', 'tier', 'right', 'good accepted', 'bad rejected', 'on purpose'], ...rows];
  const widths = table[0]?.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0))) ?? [];
  return table
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function scoreOf(scores: Map<string, Score>, outcome: CaseOutcome): Score {
  const { suite } = outcome;
  const { tier } = outcome.case;
  const key = `${suite} ${tier}`;
  const zero = { right: 0, run: 0, goodAccepted: 0, good: 0, badRejected: 0, bad: 0, excepted: 0 };
  const found = scores.get(key) ?? { suite, tier, ...zero };
  scores.set(key, found);
  return found;
}

function count(into: Score, outcome: CaseOutcome, exceptions: Exceptions): void {
  into.run++;
  if (outcome.right) into.right++;
  else if (Object.hasOwn(exceptions, outcome.case.id)) into.excepted++;
  if (outcome.case.expected === 'ACCEPT') {
    into.good++;
    if (outcome.right) into.goodAccepted++;
  } else {
    into.bad++;
    if (outcome.right) into.badRejected++;
  }
}
