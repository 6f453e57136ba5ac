import type { CaseOutcome } from './conformance-suite.ts';

/** Why a case is answered differently on purpose, by its id; `*` in an id stands for any text. */
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
  /** Cases with an exception of their own that are right all the same: the exception has to go. */
  readonly unexpected: readonly CaseOutcome[];
  readonly crashed: readonly CaseOutcome[];
  readonly medianMs: number;
  readonly slowest: CaseOutcome | undefined;
}

export function score(outcomes: readonly CaseOutcome[], exceptions: Exceptions): Verdict {
  const scores = new Map<string, Score>();
  const isExcepted = exceptionMatcher(exceptions);
  for (const outcome of outcomes) count(scoreOf(scores, outcome), outcome, isExcepted(outcome));
  const byTime = [...outcomes].sort((a, b) => a.ms - b.ms);
  return {
    scores: [...scores.values()],
    wrong: outcomes.filter((outcome) => !outcome.right && !isExcepted(outcome)),
    unexpected: outcomes.filter(({ right, case: { id } }) => right && Object.hasOwn(exceptions, id)),
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

function exceptionMatcher(exceptions: Exceptions): (outcome: CaseOutcome) => boolean {
  const patterns = Object.keys(exceptions).map((id) => {
    const parts = id.split('*').map((part) => part.replaceAll(/[^\w-]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`);
  });
  return ({ case: { id } }) => patterns.some((pattern) => pattern.test(id));
}

function count(into: Score, outcome: CaseOutcome, isExcepted: boolean): void {
  into.run++;
  if (outcome.right) into.right++;
  else if (isExcepted) into.excepted++;
  if (outcome.case.expected === 'ACCEPT') {
    into.good++;
    if (outcome.right) into.goodAccepted++;
  } else {
    into.bad++;
    if (outcome.right) into.badRejected++;
  }
}
