import { realWorld } from './platform/world.ts';
import { run } from './run.ts';

/** Runs devca in this process and gives its exit status. */
export async function main(): Promise<number> {
  return run(process.argv.slice(2), realWorld());
}
