import { statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute } from 'node:path';

/**
 * The part of a path that others than root could replace; `undefined` where there is none. Folders may be open to a group,
 * since that is one of administrators.
 */
export function foreignPart(path: string): string | undefined {
  const { uid, mode } = statSync(path);
  if (uid !== 0 || (mode & 0o002) !== 0) return path;
  return path === dirname(path) ? undefined : foreignPart(dirname(path));
}

/** The folders of a PATH from which root can start programs, whoever has put the others there. */
export function pathForRoot(path: string): string {
  return path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && isRootsAlone(folder))
    .join(delimiter);
}

function isRootsAlone(folder: string): boolean {
  try {
    return foreignPart(folder) === undefined;
  } catch {
    return false;
  }
}
