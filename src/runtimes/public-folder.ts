import { dirname, join, relative, resolve } from 'node:path';
import { sha256Hex } from '../pki/fingerprint.ts';
import { dataFolder } from '../platform/paths.ts';
import { replaceFile } from '../platform/replace-file.ts';
import type { System } from '../platform/system.ts';
import type { World } from '../platform/world.ts';

/**
 * Where the files lie that variables name. Not below the authority's home, which is for its owner alone, while other users
 * and containers may have to read these; not in the cache either, since a shell that names a file which is gone trusts nothing.
 */
export const publicFolder = (system: System): string => join(dataFolder(system), 'devca-trust');

/** Whether a path that a variable holds is that of a file of devca's own. */
export function isPublicFile(path: string, system: System): boolean {
  const rest = relative(publicFolder(system), resolve(system.workingFolder, path));
  return rest !== '' && !rest.startsWith('..');
}

/** A name that is the same for as long as what it is made of is. */
export const publicName = (what: string, parts: readonly unknown[]): string =>
  `${what}-${sha256Hex(Buffer.from(JSON.stringify(parts), 'utf8')).slice(0, 16)}`;

/** The bytes of a file of devca's own, where it is a file that nobody else could have written. */
export function readPublicFile(path: string, { files, system }: World): Uint8Array | undefined {
  const status = files.status(path);
  const isOwn = system.uid === undefined || status?.uid === system.uid;
  return status?.kind === 'file' && isOwn && (status.mode & 0o022) === 0 ? files.read(path) : undefined;
}

/** Puts a file of devca's own in its place, and makes its folder. */
export function writePublicFile(
  path: string,
  bytes: Uint8Array,
  world: Pick<World, 'files' | 'random'>,
): void {
  world.files.makeFolder(dirname(path), 0o755);
  replaceFile(path, bytes, 0o644, world);
}
