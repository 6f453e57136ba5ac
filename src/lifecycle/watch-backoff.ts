import type { Clock } from '../platform/clock.ts';

const LONGEST_MS = 3_600_000;

/**
 * What failed is tried again after one step, then two, four and so on, up to an hour. On the monotonic clock, so that
 * setting the wall clock back does not put a retry off for years.
 */
export interface Backoff<Key> {
  isReady(key: Key): boolean;
  /** Notes a failure; gives how long it is until the next try. */
  failed(key: Key): number;
  succeeded(key: Key): void;
  /** Everything is tried again at once: the machine has slept, or somebody says that things have changed. */
  reset(): void;
}

export function backoff<Key>(stepMs: number, clock: Clock): Backoff<Key> {
  const failures = new Map<Key, { count: number; retryAt: number }>();
  return {
    isReady: (key) => clock.monotonicMs() >= (failures.get(key)?.retryAt ?? Number.NEGATIVE_INFINITY),
    failed: (key) => {
      const count = (failures.get(key)?.count ?? 0) + 1;
      const waitMs = Math.min(stepMs * 2 ** Math.min(count - 1, 30), LONGEST_MS);
      failures.set(key, { count, retryAt: clock.monotonicMs() + waitMs });
      return waitMs;
    },
    succeeded: (key) => {
      failures.delete(key);
    },
    reset: () => failures.clear(),
  };
}
