import { join } from 'node:path';
import { dataFolder, userHome } from '../../platform/paths.ts';
import { listOrNothing } from '../readable-folder.ts';
import type { TrustSession } from '../session.ts';
import { CHROMIUM_BROWSERS, installedBrowsers } from './chromium-browsers.ts';
import { databasePlace, mayExist, type NssPlace, type UnusedBrowser } from './nss-place.ts';

/** Shared by all programs of the system that ask for it; Fedora has it. */
export const SYSTEM_DATABASE = '/etc/pki/nssdb';

/** The first Chromium that keeps its database in the data folder. */
const FIRST_WITH_NEW_PLACE = 146;

/**
 * The database that Chromium and its kin share. All of them use the old folder where it exists, even if it is empty, and
 * nothing in the new one counts then. Where there is no database yet, one is made in the folder that counts; `named`: the
 * user asked for NSS, so that this is done even where no browser is found.
 */
export async function findChromiumPlaces(
  session: TrustSession,
  named: boolean,
): Promise<readonly NssPlace[]> {
  const [old, fresh] = userPlaces(session);
  const there = [old, fresh].filter(({ folder }) => mayExist(join(folder, 'cert9.db'), session));
  const oldCounts = mayExist(old.folder, session);
  const counting = oldCounts ? old : fresh;
  if (there.some(({ folder }) => folder === counting.folder)) return there;
  const programs = installedPrograms(session);
  if (programs.length === 0 && !named && there.length === 0) return [];
  if (!oldCounts && (await someIsOld(programs, session))) return [old];
  return [counting, ...there];
}

/** Browsers in boxes, which see a home of their own, and the system's database. */
export function boxedPlaces(session: TrustSession): readonly NssPlace[] {
  const { files } = session.world;
  const home = userHome(session.world.system);
  const snaps = join(home, 'snap');
  const flatpaks = join(home, '.var', 'app');
  return [
    ...listOrNothing(snaps, files).flatMap((app) =>
      ['current', 'common'].flatMap((part) => [
        databasePlace(`snap ${app}`, snaps, app, part, '.pki', 'nssdb'),
        databasePlace(`snap ${app}`, snaps, app, part, '.local', 'share', 'pki', 'nssdb'),
      ]),
    ),
    ...listOrNothing(flatpaks, files).flatMap((app) => [
      databasePlace(`flatpak ${app}`, flatpaks, app, '.pki', 'nssdb'),
      databasePlace(`flatpak ${app}`, flatpaks, app, 'data', 'pki', 'nssdb'),
    ]),
    { ...databasePlace('NSS programs of the system', SYSTEM_DATABASE), needsRoot: true },
  ];
}

/** A snap makes its database when it is started. */
export function findUnusedSnap(boxed: readonly NssPlace[], session: TrustSession): readonly UnusedBrowser[] {
  const snaps = join(userHome(session.world.system), 'snap');
  const program = session.world.exec.find('chromium');
  if (program?.startsWith('/snap/') !== true) return [];
  if (boxed.some(({ folder }) => folder.startsWith(join(snaps, 'chromium', '/')))) return [];
  return [{ name: 'snap chromium', program, folder: join(snaps, 'chromium', 'current', '.pki', 'nssdb') }];
}

/** The old place and the new one, named after the browsers that are there. */
export function userPlaces(session: TrustSession): readonly [NssPlace, NssPlace] {
  const { system } = session.world;
  const browsers = installedBrowsers(session).map((browser) => browser.name);
  const name = browsers.join(', ') || 'Chromium and Chrome';
  const old = databasePlace(name, userHome(system), '.pki', 'nssdb');
  const shadowed = mayExist(old.folder, session) ? `${name}, once ~/.pki/nssdb is gone` : name;
  return [old, databasePlace(shadowed, dataFolder(system), 'pki', 'nssdb')];
}

function installedPrograms({ world }: TrustSession): readonly string[] {
  return CHROMIUM_BROWSERS.flatMap(({ programs }) =>
    programs.flatMap((program) => {
      const path = world.exec.find(program);
      // A snap sees another home.
      return path === undefined || path.startsWith('/snap/') ? [] : [path];
    }),
  );
}

async function someIsOld(programs: readonly string[], session: TrustSession): Promise<boolean> {
  const versions = await Promise.all(programs.map((program) => majorVersion(program, session)));
  return versions.some((version) => version !== undefined && version < FIRST_WITH_NEW_PLACE);
}

/** Vivaldi and Opera count their versions in another way, and are asked for nothing. */
async function majorVersion(program: string, session: TrustSession): Promise<number | undefined> {
  const outcome = await session.run({ program, args: ['--version'], needsRoot: false }, 10_000);
  const match = /^(?:Chromium|Google Chrome|Microsoft Edge|Brave Browser)\D* (\d+)\.\d+\.\d+/m.exec(
    outcome.stdout,
  );
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
