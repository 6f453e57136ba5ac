/** Time as a value that is passed in, so that a test can give it. */
export interface Clock {
  /** The wall-clock time. */
  now(): Date;
  /** Milliseconds on a clock that never goes back, for durations only. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  // The global `performance` loads a dozen modules of the runtime at its first use.
  monotonicMs: () => Number(process.hrtime.bigint()) / 1e6,
};
