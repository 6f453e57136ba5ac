import type { PlatformPath } from 'node:path';
import type { Files } from '../../platform/files.ts';
import { listOrNothing } from '../readable-folder.ts';

/** More than this in one folder, or in all, is no collection of runtimes. */
const MOST_NAMES = 1_000;
const MOST_FOLDERS = 2_000;

/**
 * The paths below `base` that a pattern stands for, sorted: a `*` is any part of one name, and never the beginning of a
 * hidden one. What follows the last `*` need not be there. A folder that can't be listed has nothing in it.
 */
export function expandPattern(
  base: string,
  pattern: string,
  files: Pick<Files, 'list'>,
  { join }: PlatformPath,
): readonly string[] {
  let paths: readonly string[] = [base];
  for (const part of pattern.split('/')) {
    paths = part.includes('*')
      ? paths
          .flatMap((path) => matching(path, part, files).map((name) => join(path, name)))
          .slice(0, MOST_FOLDERS)
      : paths.map((path) => join(path, part));
  }
  return paths;
}

function matching(folder: string, part: string, files: Pick<Files, 'list'>): readonly string[] {
  const escaped = part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  const expression = new RegExp(`^(?!\\.)${escaped}$`);
  return listOrNothing(folder, files)
    .filter((name) => expression.test(name))
    .slice(0, MOST_NAMES);
}
