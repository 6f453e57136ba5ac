import { join } from 'node:path';
import { run } from '../../src/run.ts';
import { scratchFolder } from './scratch.ts';
import { testWorld } from './test-world.ts';

export type ScratchUser = ReturnType<typeof scratchUser>;

/** A user with a folder of their own, whose devca runs in this process with a home below it. */
export function scratchUser() {
  const user = scratchFolder();
  const home = join(user, 'authority');
  const worldOf = (answers?: readonly string[]) =>
    testWorld({
      home: user,
      environment: { DEVCA_HOME: home },
      ...(answers === undefined ? {} : { answers }),
    });
  const devca = async (args: readonly string[], world = worldOf()) => {
    const status = await run(args, world);
    return { status, out: world.written.out, error: world.written.error };
  };
  return { user, home, worldOf, devca };
}
