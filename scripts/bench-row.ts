/** One comparison: what was measured, against what. */
export interface BenchRow {
  readonly what: string;
  readonly against: string;
  /** Medians, in milliseconds. */
  readonly ms: number;
  readonly againstMs: number;
  /** The median of the ratios of pairs that ran one after the other, so that a busy machine slows both. */
  readonly ratio: number;
  /** What the project wants the ratio to be at most. */
  readonly target: number | undefined;
}

/** Measurements in pairs: of the subject and of what it is held against. */
export function benchRow(
  names: { readonly what: string; readonly against: string; readonly target?: number },
  pairs: readonly (readonly [ms: number, againstMs: number])[],
): BenchRow {
  return {
    what: names.what,
    against: names.against,
    ms: median(pairs.map(([ms]) => ms)),
    againstMs: median(pairs.map(([, againstMs]) => againstMs)),
    ratio: median(pairs.map(([ms, againstMs]) => ms / againstMs)),
    target: names.target,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
