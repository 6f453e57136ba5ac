import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemExec } from '../../../src/platform/exec.ts';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';
import { cleanEnvironment } from '../../support/tools.ts';

export interface Outcome {
  readonly status: number;
  readonly out: string;
  readonly error: string;
}

export interface Lab {
  /** The folder that commands are run in. */
  readonly folder: string;
  /** Where the authority is. */
  readonly home: string;
  run(...args: string[]): Promise<Outcome>;
}

/** A user with an empty home, the machine's clock and the machine's programs. Call it outside of tests. */
export function proofLab(): Lab {
  const user = scratchFolder();
  const folder = join(user, 'work');
  const home = join(user, 'authority');
  mkdirSync(folder);
  return {
    folder,
    home,
    run: async (...args) => {
      const environment = { ...cleanEnvironment(user), DEVCA_HOME: home };
      const world = testWorld({
        home: user,
        now: new Date(),
        environment,
        system: { workingFolder: folder },
      });
      const status = await run(args, { ...world, exec: systemExec(world.system) });
      return { status, out: world.written.out, error: world.written.error };
    },
  };
}
