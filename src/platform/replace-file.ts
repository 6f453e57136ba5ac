import { dirname } from 'node:path';
import type { World } from './world.ts';

/**
 * Puts a file in its place in one move, so that whoever reads it meanwhile has the old one or the new one whole, and the
 * old one stays where the new one cannot be written. Throws DEVCA_FILE_*.
 */
export function replaceFile(
  path: string,
  bytes: Uint8Array,
  mode: number,
  { files, random }: Pick<World, 'files' | 'random'>,
): void {
  const temporary = `${path}.${Buffer.from(random(6)).toString('hex')}`;
  try {
    files.createExclusive(temporary, bytes, mode);
    files.rename(temporary, path);
  } catch (error) {
    files.remove(temporary);
    throw error;
  }
  files.syncFolder(dirname(path));
}
