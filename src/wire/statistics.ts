/** A set of measured times, in microseconds. */
export interface Statistics {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly mean: number;
  readonly histogram: readonly Bucket[];
}

export interface Bucket {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

const BUCKETS = 10;

/** `undefined` without a value. Percentiles by nearest rank, so that each is a value that was measured. */
export function statisticsOf(values: readonly number[]): Statistics | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) return undefined;
  const rank = (percent: number): number =>
    sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? max;
  return {
    count: sorted.length,
    min,
    median: rank(50),
    p90: rank(90),
    p99: rank(99),
    max,
    mean: Math.round(sorted.reduce((sum, value) => sum + value, 0) / sorted.length),
    histogram: histogramOf(sorted, min, rank(95)),
  };
}

/** Equal steps up to the 95th percentile; what is slower falls into the last, or it would flatten the rest. */
function histogramOf(sorted: readonly number[], min: number, end: number): Bucket[] {
  const step = Math.max(1, Math.ceil((end - min + 1) / BUCKETS));
  const count = Math.max(1, Math.ceil((end - min + 1) / step));
  const counts = Array.from({ length: count }, () => 0);
  for (const value of sorted) {
    const index = Math.min(count - 1, Math.floor((value - min) / step));
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts.map((found, index) => ({
    from: min + index * step,
    to: min + (index + 1) * step,
    count: found,
  }));
}
