import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';

/**
 * Throws DEVCA_FILE_PERMISSION or DEVCA_FILE_READ_ONLY for a database file that cannot be changed, or whose folder
 * cannot. SQLite would open it for reading, and say so only at the first change, or just that it cannot be opened.
 */
export function requireWritable(path: string): void {
  for (const place of [path, dirname(path)]) {
    try {
      accessSync(place, constants.R_OK | constants.W_OK);
    } catch (cause) {
      const readOnly = (cause as NodeJS.ErrnoException).code === 'EROFS';
      const code = readOnly ? 'DEVCA_FILE_READ_ONLY' : 'DEVCA_FILE_PERMISSION';
      throw new DevcaError(code, { path: place, action: 'write to' }, { cause });
    }
  }
}
