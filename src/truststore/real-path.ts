import { isDevcaError } from '../errors/devca-error.ts';
import type { World } from '../platform/world.ts';

interface Lookup {
  readonly world: Pick<World, 'files'>;
}

/** Where a path leads to; the path itself where that can't be told. */
export function realPathOr(path: string, { world }: Lookup): string {
  try {
    return world.files.realPath(path);
  } catch (error) {
    if (isDevcaError(error)) return path;
    throw error;
  }
}

/** Things that several paths may lead to, each once: the first counts. */
export function uniqueByRealPath<T>(
  items: readonly T[],
  pathOf: (item: T) => string,
  session: Lookup,
): readonly T[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const path = realPathOr(pathOf(item), session);
    return !seen.has(path) && seen.add(path);
  });
}
