import { join } from 'node:path';
import { bytesToHex } from '../../pki/fingerprint.ts';
import type { World } from '../../platform/world.ts';

/** Files for a program that takes nothing but files. Only their owner can read them. */
export interface ScratchFiles {
  /** Writes a file and gives its path. */
  write(name: string, text: string): string;
  remove(): void;
}

export function scratchFiles(world: Pick<World, 'files' | 'random' | 'system'>): ScratchFiles {
  const { TMPDIR, TEMP } = world.system.environment;
  const folder = join(TMPDIR || TEMP || '/tmp', `devca-proof-${bytesToHex(world.random(8))}`);
  world.files.makeFolder(folder, 0o700);
  const written: string[] = [];
  return {
    write: (name, text) => {
      const path = join(folder, name);
      written.push(path);
      world.files.createExclusive(path, Buffer.from(text, 'latin1'), 0o600);
      return path;
    },
    remove: () => {
      for (const path of written) world.files.remove(path);
      world.files.removeFolder(folder);
    },
  };
}
