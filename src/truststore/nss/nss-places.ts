import { join } from 'node:path';
import { uniqueByRealPath } from '../real-path.ts';
import type { TrustSession } from '../session.ts';
import {
  boxedPlaces,
  findChromiumPlaces,
  findUnusedSnap,
  SYSTEM_DATABASE,
  userPlaces,
} from './chromium-places.ts';
import { findFirefoxPlaces, findUnusedFirefox } from './firefox-places.ts';
import { mayExist, type NssPlace, type UnusedBrowser } from './nss-place.ts';

/**
 * Every NSS database of the user, each once. On macOS and Windows only Firefox and its kin have any. `named`: the user
 * asked for NSS, so that a database is made even where no browser is found.
 */
export async function findNssPlaces(
  session: TrustSession,
  named: boolean,
): Promise<{ places: readonly NssPlace[]; unused: readonly UnusedBrowser[] }> {
  const { platform } = session.world.system;
  const profiles = findFirefoxPlaces(session);
  if (platform === 'win32' || platform === 'darwin') return { places: unique(profiles, session), unused: [] };
  const shared = await findChromiumPlaces(session, named);
  const boxed = boxedPlaces(session).filter(({ folder }) => mayExist(join(folder, 'cert9.db'), session));
  return {
    places: unique([...shared, ...boxed, ...profiles], session),
    unused: [...findUnusedSnap(boxed, session), ...findUnusedFirefox(profiles, session)],
  };
}

/** The place at a path that the user or the journal names. */
export function placeAt(folder: string, session: TrustSession): NssPlace {
  const known = [...userPlaces(session), ...boxedPlaces(session), ...findFirefoxPlaces(session)].find(
    (place) => place.folder === folder,
  );
  return known ?? { folder, name: 'NSS database', needsRoot: folder === SYSTEM_DATABASE, profile: false };
}

/** Two paths may lead to one database (links, `current` of snap): the first counts. */
const unique = (places: readonly NssPlace[], session: TrustSession): readonly NssPlace[] =>
  uniqueByRealPath(places, ({ folder }) => folder, session);
