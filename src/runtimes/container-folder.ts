import { dirname, resolve } from 'node:path';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { replaceFile } from '../platform/replace-file.ts';
import type { World } from '../platform/world.ts';
import type { ContainerFile } from './container-files.ts';

/**
 * Writes files below a folder and gives their paths. What stands there already is left where it is the same; where one is
 * something else nothing is written, unless `force`. A failure takes back what was made, and an old file stays until the
 * new one is whole. Throws DEVCA_FILE_EXISTS and what files throw.
 */
export function writeContainerFiles(
  files: readonly ContainerFile[],
  folder: string,
  force: boolean,
  world: World,
): readonly string[] {
  const targets = files.map(({ path, bytes }) => {
    const target = resolve(folder, path);
    return { path: target, bytes, present: world.files.readIfPresent(target) };
  });
  const changed = targets.filter(
    ({ bytes, present }) => present === undefined || !Buffer.from(present).equals(bytes),
  );
  const other = changed.find(({ present }) => present !== undefined);
  if (other !== undefined && !force)
    throw new DevcaError('DEVCA_FILE_EXISTS', { path: other.path, canForce: true });
  const made: string[] = [];
  const newFolders = changed.flatMap(({ path }) => missingFolders(path, world));
  try {
    for (const { path, bytes } of changed) {
      world.files.makeFolder(dirname(path), 0o755);
      if (world.files.status(path) === undefined) made.push(path);
      if (force) replaceFile(path, bytes, 0o644, world);
      else world.files.createExclusive(path, bytes, 0o644);
    }
  } catch (error) {
    takeBack(made, newFolders, world);
    if (!isDevcaError(error, 'DEVCA_FILE_EXISTS')) throw error;
    const { path } = error.context as { path: string };
    throw new DevcaError('DEVCA_FILE_EXISTS', { path, canForce: true }, { cause: error });
  }
  return targets.map(({ path }) => path);
}

/** The folders above a path that have to be made, innermost first. */
function missingFolders(path: string, world: World): readonly string[] {
  const folder = dirname(path);
  if (folder === path || world.files.statusOfTarget(folder) !== undefined) return [];
  return [folder, ...missingFolders(folder, world)];
}

function takeBack(made: readonly string[], newFolders: readonly string[], world: World): void {
  try {
    for (const path of made) world.files.remove(path);
    for (const folder of [...new Set(newFolders)].sort((a, b) => b.length - a.length))
      world.files.removeFolder(folder);
  } catch {
    // Something else is in it by now, or was never made.
  }
}
