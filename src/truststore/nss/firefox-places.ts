import { join } from 'node:path';
import { isDevcaError } from '../../errors/devca-error.ts';
import { configFolder, userHome } from '../../platform/paths.ts';
import { listOrNothing } from '../readable-folder.ts';
import type { TrustSession } from '../session.ts';
import { FIREFOX_FLAVOURS, type FirefoxFlavour } from './firefox-flavours.ts';
import { type FirefoxProfile, parseInstallsIni, parseProfilesIni } from './firefox-profiles.ts';
import { databasePlace, mayExist, type NssPlace, type UnusedBrowser } from './nss-place.ts';
import { systemRootsNote } from './system-roots.ts';

/** The profiles of Firefox and its kin that have a database, and folders of theirs that can't be looked into. */
export function findFirefoxPlaces(session: TrustSession): readonly NssPlace[] {
  return FIREFOX_FLAVOURS.flatMap((flavour) =>
    foldersOf(flavour, session).flatMap((folder) => placesIn(folder, flavour, session)),
  );
}

/** A Firefox without any profile: it makes one at its first start. */
export function findUnusedFirefox(
  places: readonly NssPlace[],
  session: TrustSession,
): readonly UnusedBrowser[] {
  const { exec } = session.world;
  const program = ['firefox', 'firefox-esr'].find((name) => exec.find(name) !== undefined);
  if (program === undefined || places.some(({ name }) => name.startsWith('Firefox'))) return [];
  const old = join(userHome(session.world.system), '.mozilla');
  const parent = mayExist(old, session) ? old : join(configFolder(session.world.system), 'mozilla');
  return [{ name: 'Firefox', program, folder: join(parent, 'firefox') }];
}

function placesIn(folder: string, flavour: FirefoxFlavour, session: TrustSession): readonly NssPlace[] {
  const browser = `${flavour.name}${boxOf(folder)}`;
  try {
    return profilesIn(folder, session).flatMap((profile) => {
      const place = {
        ...databasePlace(`${browser} profile "${profile.name}"`, profile.folder),
        profile: true,
      };
      if (mayExist(join(place.folder, 'cert9.db'), session)) {
        const leftAlone = reasonToLeave(place, flavour, session);
        return [leftAlone === undefined ? place : { ...place, leftAlone }];
      }
      return mayExist(join(place.folder, 'cert8.db'), session) ? [{ ...place, leftAlone: OLD_FORMAT }] : [];
    });
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return isDevcaError(error, 'DEVCA_FILE_NOT_A_FOLDER')
      ? []
      : [{ ...databasePlace(browser, folder), error }];
  }
}

const OLD_FORMAT = {
  status: 'unsupported',
  detail: 'the database has the old format of before 2018 (cert8.db), which browsers convert when they start',
  fix: '',
} as const;

function reasonToLeave(
  place: NssPlace,
  flavour: FirefoxFlavour,
  session: TrustSession,
): NssPlace['leftAlone'] {
  if (flavour.advice !== undefined) return { status: 'unsupported', detail: flavour.advice, fix: '' };
  const { platform } = session.world.system;
  if (platform !== 'darwin' && platform !== 'win32') return undefined;
  return systemRootsNote(place.folder, flavour, session);
}

/**
 * All profiles below a folder: those that its ini files name, wherever they lie, and those that they don't, as Firefox's
 * own profile switcher makes them.
 */
function profilesIn(folder: string, session: TrustSession): readonly FirefoxProfile[] {
  const named = [
    ...parseProfilesIni(textOf(join(folder, 'profiles.ini'), session), folder),
    ...parseInstallsIni(textOf(join(folder, 'installs.ini'), session), folder),
  ];
  const found = [folder, join(folder, 'Profiles')].flatMap((parent) =>
    listOrNothing(parent, session.world.files)
      .map((name) => ({ name, folder: join(parent, name) }))
      .filter((profile) => isUsed(profile, session)),
  );
  const profiles = new Map<string, FirefoxProfile>();
  for (const profile of [...named, ...found]) {
    if (!profiles.has(profile.folder)) profiles.set(profile.folder, profile);
  }
  return [...profiles.values()];
}

function isUsed({ folder }: FirefoxProfile, session: TrustSession): boolean {
  try {
    return session.world.files.statusOfTarget(join(folder, 'cert9.db')) !== undefined;
  } catch {
    return false;
  }
}

function textOf(path: string, session: TrustSession): string {
  const { files } = session.world;
  if (files.statusOfTarget(path)?.kind !== 'file') return '';
  return Buffer.from(files.read(path)).toString('utf8');
}

function foldersOf({ folders }: FirefoxFlavour, session: TrustSession): readonly string[] {
  const { system } = session.world;
  const home = userHome(system);
  const bases: Readonly<Record<string, string>> = {
    '~': home,
    '@': configFolder(system),
    '%': system.environment['APPDATA'] ?? join(home, 'AppData', 'Roaming'),
  };
  const platform = system.platform === 'darwin' || system.platform === 'win32' ? system.platform : 'linux';
  return folders[platform].map((pattern) => join(bases[pattern.charAt(0)] ?? home, pattern.slice(2)));
}

/** What comes as a snap or flatpak sees a home of its own. */
function boxOf(folder: string): string {
  if (folder.includes('/.var/app/')) return ' (flatpak)';
  return folder.includes('/snap/') ? ' (snap)' : '';
}
