/** How a watch waits, and is told to end or to look again. */
export interface WatchControl {
  /** The signal that ends the watch, once there was one. */
  readonly stoppedBy: 'SIGTERM' | 'SIGINT' | undefined;
  /** As `stoppedBy`, of signals too that have come while nothing was waited for. */
  isStopped(): Promise<boolean>;
  /** When a hook that still runs after the signal has had time to end by itself. */
  readonly patienceEnds: AbortSignal;
  /** Whether there was a word to look again since it was asked last. */
  takeReload(): boolean;
  /** Waits that long, or until told to end or to look again. */
  pause(ms: number): Promise<void>;
}

export interface SignalledControl extends WatchControl {
  stop(signal: 'SIGTERM' | 'SIGINT'): void;
  reload(): void;
}

/** Less than service managers wait before they kill: Docker 10 seconds, launchd 20, systemd 90. */
const PATIENCE_MS = 5000;

/** A control that signals work on. */
export function watchControl(): SignalledControl {
  let stoppedBy: 'SIGTERM' | 'SIGINT' | undefined;
  let wantsReload = false;
  let wake = (): void => {};
  const patience = new AbortController();
  return {
    get stoppedBy() {
      return stoppedBy;
    },
    isStopped: async () => {
      // Signals are heard between the turns of the event loop alone.
      await new Promise((resolve) => setImmediate(resolve));
      return stoppedBy !== undefined;
    },
    patienceEnds: patience.signal,
    takeReload: () => {
      const wanted = wantsReload;
      wantsReload = false;
      return wanted;
    },
    pause: (ms) =>
      new Promise((resolve) => {
        if (stoppedBy !== undefined || wantsReload) return resolve();
        const timer = setTimeout(() => wake(), ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    stop: (signal) => {
      stoppedBy = signal;
      setTimeout(() => patience.abort(), PATIENCE_MS).unref();
      wake();
    },
    reload: () => {
      wantsReload = true;
      wake();
    },
  };
}
