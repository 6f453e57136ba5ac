import { forTerminal } from '../platform/escape.ts';
import type { World } from '../platform/world.ts';

/**
 * Asks a yes-or-no question on the terminal; anything but a clear yes is no, the end of input too. Ask only where
 * `terminal.canAsk`.
 */
export async function confirm(question: string, world: Pick<World, 'terminal'>): Promise<boolean> {
  const answer = await world.terminal.ask(`${forTerminal(question)} [y/N] `);
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}
