import { lstatSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';

/** The system's error number as an error of the catalogue, which names the path. */
export function fileError(path: string, action: string, cause: unknown): DevcaError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const options = { cause };
  switch (code) {
    case 'ENOENT':
      return missing(path, action, options);
    case 'EACCES':
    case 'EPERM':
      return new DevcaError(
        'DEVCA_FILE_PERMISSION',
        { ...shown(path, action), there: nearestThere(path) },
        options,
      );
    case 'EROFS':
      return new DevcaError('DEVCA_FILE_READ_ONLY', shown(path, action), options);
    case 'ENOSPC':
    case 'EDQUOT':
      return new DevcaError('DEVCA_FILE_DISK_FULL', shown(path, action), options);
    case 'EEXIST':
      return new DevcaError('DEVCA_FILE_EXISTS', { path }, options);
    case 'EISDIR':
      return new DevcaError('DEVCA_FILE_NOT_A_FILE', { path, kind: 'folder' }, options);
    case 'ENOTDIR':
      // What stands in the way is a parent, where the path goes on below it.
      return new DevcaError('DEVCA_FILE_NOT_A_FOLDER', { path: nearestThere(path) }, options);
    default:
      return new DevcaError(
        'DEVCA_FILE_IO',
        { ...shown(path, action), detail: message ?? String(cause) },
        options,
      );
  }
}

/** The folder, where something was to be made in it; where that is there, it is none that takes files, as below /proc. */
function missing(path: string, action: string, options: { readonly cause: unknown }): DevcaError {
  const folder = dirname(path);
  if (!MAKING.includes(action)) return new DevcaError('DEVCA_FILE_NOT_FOUND', { path }, options);
  if (nearestThere(folder) !== folder)
    return new DevcaError('DEVCA_FILE_FOLDER_MISSING', { path: folder }, options);
  const detail = 'nothing can be made there';
  return new DevcaError('DEVCA_FILE_IO', { ...shown(path, action), detail }, options);
}

const MAKING = ['create', 'append to', 'make the folder'];

/** A file under a passing name means nothing to a person: the folder that it was to stand in does. */
const shown = (path: string, action: string): { readonly path: string; readonly action: string } =>
  /^\.devca-[0-9a-f]+\.tmp$/.test(basename(path))
    ? { path: dirname(path), action: 'write into' }
    : { path, action };

/** The path, or the nearest of its parents, that can be looked at. */
function nearestThere(path: string): string {
  try {
    lstatSync(path);
    return path;
  } catch {
    return dirname(path) === path ? path : nearestThere(dirname(path));
  }
}
