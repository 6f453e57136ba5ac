import { handleSignals } from '../platform/signals.ts';
import type { World } from '../platform/world.ts';

/** Why serving ended. */
export type Ending = 'time' | 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** A machine that slept has to notice that the time is over. */
const LOOK_EVERY_MS = 1_000;

/**
 * Waits until a time or a signal, whichever comes first. The time is over when the wall clock says so, or when as much has
 * passed on the one that nobody sets.
 */
export async function untilEnd(until: Date, { clock }: Pick<World, 'clock'>): Promise<Ending> {
  const end = clock.monotonicMs() + (until.getTime() - clock.now().getTime());
  let timer: NodeJS.Timeout | undefined;
  let release: () => void = () => undefined;
  try {
    return await new Promise<Ending>((resolve) => {
      release = handleSignals({ stop: resolve, reload: () => resolve('SIGHUP') });
      const look = (): void => {
        const left = Math.min(until.getTime() - clock.now().getTime(), end - clock.monotonicMs());
        if (left <= 0) resolve('time');
        else timer = setTimeout(look, Math.min(left, LOOK_EVERY_MS));
      };
      look();
    });
  } finally {
    clearTimeout(timer);
    release();
  }
}
