/** What the system tells a service to do. */
export interface SignalHandlers {
  /** SIGTERM or SIGINT, once: a second one ends the process as if nothing handled it. */
  readonly stop: (signal: 'SIGTERM' | 'SIGINT') => void;
  /** SIGHUP. */
  readonly reload: () => void;
}

/** Handles signals until the function that it returns is called. */
export function handleSignals({ stop, reload }: SignalHandlers): () => void {
  const stopOnce = (signal: NodeJS.Signals): void => {
    release();
    stop(signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
  };
  const release = (): void => {
    process.off('SIGTERM', stopOnce);
    process.off('SIGINT', stopOnce);
    process.off('SIGHUP', reload);
  };
  process.on('SIGTERM', stopOnce);
  process.on('SIGINT', stopOnce);
  process.on('SIGHUP', reload);
  return release;
}
