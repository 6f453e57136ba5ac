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

/** A folder for one client, for its user alone. */
export function scratchFolder(world: Pick<World, 'files' | 'random' | 'system'>): ScratchFolder {
  const { TMPDIR, TEMP } = world.system.environment;
  const path = join(TMPDIR || TEMP || '/tmp', `devca-client-${bytesToHex(world.random(8))}`);
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

function removeTree(path: string, world: Pick<World, 'files'>): void {
  const { files } = world;
  if (files.status(path)?.kind !== 'folder') {
    files.remove(path);
    return;
  }
  for (const name of files.list(path)) removeTree(join(path, name), world);
  files.removeFolder(path);
}
