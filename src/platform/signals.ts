import { Interruption } from './interruption.ts';

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

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Work that leaves nothing behind when it is stopped: the first signal aborts `stopped`, and when the work has ended
 * after that, Interruption is thrown whatever its outcome. A second signal ends the process at once.
 */
export async function tidyWhenStopped<T>(work: (stopped: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const release = (): void => {
    for (const signal of ENDING) process.off(signal, onSignal);
  };
  const onSignal = (): void => {
    release();
    stop.abort();
  };
  for (const signal of ENDING) process.on(signal, onSignal);
  try {
    const outcome = await work(stop.signal);
    stop.signal.throwIfAborted();
    return outcome;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    throw new Interruption('', { cause: error });
  } finally {
    release();
  }
}
