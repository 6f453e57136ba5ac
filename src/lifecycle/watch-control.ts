/** How a watch waits, and is told to end or to look again. */
export interface WatchControl {
  /** The signal that ends the watch, once there was one. */
  readonly stoppedBy: 'SIGTERM' | 'SIGINT' | undefined;
  /** Whether there was a word to look again since it was asked last. */
  takeReload(): boolean;
  /** Waits that long, or until told to end or to look again. */
  pause(ms: number): Promise<void>;
}

export interface SignalledControl extends WatchControl {
  stop(signal: 'SIGTERM' | 'SIGINT'): void;
  reload(): void;
}

/** A control that signals work on. */
export function watchControl(): SignalledControl {
  let stoppedBy: 'SIGTERM' | 'SIGINT' | undefined;
  let wantsReload = false;
  let wake = (): void => {};
  return {
    get stoppedBy() {
      return stoppedBy;
    },
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
      wake();
    },
    reload: () => {
      wantsReload = true;
      wake();
    },
  };
}
