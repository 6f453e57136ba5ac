import { join } from 'node:path';
import { isDevcaError } from '../../errors/devca-error.ts';
import { configFolder } from '../../platform/paths.ts';
import type { TrustSession } from '../session.ts';
import { CHROMIUM_BROWSERS } from './chromium-browsers.ts';
import type { NssPlace } from './nss-place.ts';

/** A browser that has a database open now, such as `process 4711`; undefined where none does, or nobody can tell. */
export function runningBrowser(
  place: Pick<NssPlace, 'folder' | 'profile'>,
  session: TrustSession,
): string | undefined {
  const profile = processOf(join(place.folder, 'lock'), /\+(\d+)$/, session);
  if (profile !== undefined)
    return holds(profile, join(place.folder, '.parentlock'), session) ? `process ${profile}` : undefined;
  if (place.profile) return undefined;
  const running = CHROMIUM_BROWSERS.flatMap(({ name, config }) =>
    config.flatMap((folder) => {
      const lock = join(configFolder(session.world.system), folder, 'SingletonLock');
      const id = processOf(lock, /-(\d+)$/, session);
      return id !== undefined && isAlive(id, session) ? [`${name}, process ${id}`] : [];
    }),
  );
  return running.length === 0 ? undefined : running.join('; ');
}

/** Browsers lock their profiles by a link whose text, `ADDRESS:+PID` or `HOST-PID`, leads nowhere. */
function processOf(lock: string, pattern: RegExp, { world }: TrustSession): string | undefined {
  try {
    if (world.files.status(lock)?.kind !== 'link') return undefined;
    return pattern.exec(world.files.readLink(lock))?.[1];
  } catch (error) {
    if (isDevcaError(error)) return undefined;
    throw error;
  }
}

/** Links of crashed browsers stay; by now their number may be another process's, so what it has open is looked at. */
function holds(id: string, path: string, session: TrustSession): boolean {
  if (!isAlive(id, session)) return false;
  const { files } = session.world;
  const folder = `/proc/${id}/fd`;
  try {
    const target = files.realPath(path);
    return files.list(folder).some((name) => linkText(join(folder, name), session) === target);
  } catch {
    // Nobody can tell: another user's process, or no /proc here.
    return true;
  }
}

function linkText(path: string, { world }: TrustSession): string | undefined {
  try {
    return world.files.readLink(path);
  } catch {
    return undefined;
  }
}

/** Without a /proc nobody can tell, and a lock counts. */
function isAlive(id: string, { world }: TrustSession): boolean {
  return world.files.status('/proc/self') === undefined || world.files.status(`/proc/${id}`) !== undefined;
}
