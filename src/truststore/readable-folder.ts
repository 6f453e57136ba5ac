import { isDevcaError } from '../errors/devca-error.ts';
import type { Files } from '../platform/files.ts';

/** Names in a folder; one that can't be listed has nothing in it. */
export function listOrNothing(path: string, files: Pick<Files, 'list'>): readonly string[] {
  try {
    return files.list(path);
  } catch (error) {
    if (isDevcaError(error)) return [];
    throw error;
  }
}
