import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDevcaError } from '../../errors/devca-error.ts';
import { bytesToHex } from '../../pki/fingerprint.ts';
import type { World } from '../../platform/world.ts';

export interface ScratchFolder {
  readonly path: string;
  /** With all that a client has left in it. */
  remove(): Promise<void>;
}

/** How often and how long after each other it is tried, while the last processes of a browser end. */
const ATTEMPTS = 10;
const PAUSE_MS = 100;

/** Ubuntu's `firefox` is a script that starts the snap. */
const SCRIPT_LIMIT = 16 * 1024;

/** A folder for one run of a program, for its user alone. */
export function scratchFolder(
  program: string,
  world: Pick<World, 'files' | 'random' | 'system'>,
): ScratchFolder {
  const { TMPDIR, TEMP } = world.system.environment;
  const parent = snapFolder(program, world) ?? (TMPDIR || TEMP || '/tmp');
  const path = join(parent, `devca-client-${bytesToHex(world.random(8))}`);
  world.files.makeFolder(path, 0o700);
  return {
    path,
    remove: async () => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        try {
          removeTree(path, world);
          return;
        } catch (error) {
          if (!isDevcaError(error)) throw error;
          await delay(PAUSE_MS);
        }
      }
    },
  };
}

/** A snap has a /tmp of its own, and sees nothing that is hidden in the home; this folder it shares with others. */
function snapFolder(program: string, { files, system }: Pick<World, 'files' | 'system'>): string | undefined {
  const isScript = !program.startsWith('/snap/') && (files.statusOfTarget(program)?.size ?? 0) < SCRIPT_LIMIT;
  const text = isScript ? Buffer.from(files.read(program)).toString('latin1') : program;
  const name = /\/snap\/bin\/([\w.-]+)/.exec(text)?.[1];
  if (name === undefined || system.homeFolder === undefined) return undefined;
  const folder = join(system.homeFolder, 'snap', name.split('.')[0] ?? name, 'common');
  return files.statusOfTarget(folder)?.kind === 'folder' ? folder : undefined;
}

function removeTree(path: string, world: Pick<World, 'files'>): void {
  const { files } = world;
  if (files.status(path)?.kind !== 'folder') {
    files.remove(path);
    return;
  }
  for (const name of files.list(path)) removeTree(join(path, name), world);
  files.removeFolder(path);
}
