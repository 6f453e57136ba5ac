/** Time as a value that is passed in, so that a test can give it. */
export interface Clock {
  /** The wall-clock time. */
  now(): Date;
  /** Milliseconds on a clock that never goes back, for durations only. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};
