import { isDevcaError } from '../errors/devca-error.ts';
import type { TrustSession } from './session.ts';

/** Where a path leads to; the path itself where that can't be told. */
export function realPathOr(path: string, { world }: TrustSession): string {
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
  session: TrustSession,
): readonly T[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    const path = realPathOr(pathOf(item), session);
    return !seen.has(path) && seen.add(path);
  });
}
