import { worldOfInvoker } from './platform/invoker.ts';
import { PASSPHRASE_VARIABLE } from './platform/system.ts';
import { realWorld } from './platform/world.ts';
import { run } from './run.ts';

/** Runs devca in this process and gives its exit status. */
export async function main(): Promise<number> {
  const world = realWorld();
  // The native code and the threads of this process see its environment, whatever `world` does not show.
  delete process.env[PASSPHRASE_VARIABLE];
  return run(process.argv.slice(2), world, worldOfInvoker);
}
