import { join } from 'node:path';
import { type DevcaError, isDevcaError } from '../../errors/devca-error.ts';
import { configFolder, dataFolder, userHome } from '../../platform/paths.ts';
import type { TrustSession } from '../session.ts';
import { type FirefoxProfile, parseProfilesIni } from './firefox-profiles.ts';

/** A folder with an NSS database, or where one belongs. */
export interface NssPlace {
  readonly folder: string;
  /** For people: whose database it is. */
  readonly name: string;
  readonly needsRoot: boolean;
  /** Why nobody can tell which databases are here: it gets its row, and the others are found all the same. */
  readonly error?: DevcaError;
}

/** A Firefox that is installed and has never been started. */
export interface UnusedBrowser {
  readonly program: string;
  readonly folder: string;
}

/** Shared by all programs of the system that ask for it; Fedora has it. */
const SYSTEM_DATABASE = '/etc/pki/nssdb';

const CHROMIUM_PROGRAMS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'google-chrome-beta',
  'google-chrome-unstable',
  'microsoft-edge',
  'microsoft-edge-stable',
  'brave-browser',
  'vivaldi',
  'vivaldi-stable',
  'opera',
];

/** The first Chromium that keeps its database in the data folder; where the old folder exists, it goes on using that. */
const FIRST_WITH_NEW_PLACE = 146;

/** Folders that hold a profiles.ini, below the home (`~`) or the configuration folder (`@`). */
const FIREFOX_FOLDERS: readonly { readonly browser: string; readonly folders: readonly string[] }[] = [
  {
    browser: 'Firefox',
    folders: [
      // Since Firefox 147; where the old folder exists, it goes on using that.
      '@/mozilla/firefox',
      '~/.mozilla/firefox',
      '~/snap/firefox/common/.mozilla/firefox',
      '~/snap/firefox/common/.config/mozilla/firefox',
      '~/.var/app/org.mozilla.firefox/.mozilla/firefox',
      '~/.var/app/org.mozilla.firefox/config/mozilla/firefox',
    ],
  },
  {
    browser: 'LibreWolf',
    folders: ['~/.librewolf', '@/librewolf/librewolf', '~/.var/app/io.gitlab.librewolf-community/.librewolf'],
  },
  { browser: 'Waterfox', folders: ['~/.waterfox', '~/.var/app/net.waterfox.waterfox/.waterfox'] },
  { browser: 'Zen', folders: ['~/.zen', '@/zen', '~/.var/app/app.zen_browser.zen/.zen'] },
  {
    browser: 'Thunderbird',
    folders: ['~/.thunderbird', '~/.var/app/org.mozilla.Thunderbird/.thunderbird'],
  },
];

/**
 * Every NSS database of the user, each once. macOS and Windows have none that count: browsers there take roots from the
 * system. `named`: the user asked for NSS, so that a database is made even where no browser is found.
 */
export async function findNssPlaces(
  session: TrustSession,
  named: boolean,
): Promise<{ places: readonly NssPlace[]; unused: readonly UnusedBrowser[] }> {
  const { platform } = session.user;
  if (platform === 'win32' || platform === 'darwin') return { places: [], unused: [] };
  const shared = existing(userPlaces(session), session);
  const profiles = existing(firefoxPlaces(session), session);
  const fresh = shared.length === 0 ? await newUserPlace(session, named) : undefined;
  const boxed = existing(otherPlaces(session), session);
  const places = [...shared, ...(fresh === undefined ? [] : [fresh]), ...boxed, ...profiles];
  return { places: unique(places, session), unused: unusedFirefox(profiles, session) };
}

/** The place at a path that the user or the journal names. */
export function placeAt(folder: string, session: TrustSession): NssPlace {
  const known = [...userPlaces(session), ...otherPlaces(session), ...firefoxPlaces(session)].find(
    (place) => place.folder === folder,
  );
  return known ?? { folder, name: 'NSS database', needsRoot: folder === SYSTEM_DATABASE };
}

/** What Chromium, Chrome, Edge, Brave and others share, in the old and the new place. */
function userPlaces({ user }: TrustSession): readonly NssPlace[] {
  return [
    place('Chromium and Chrome', userHome(user), '.pki', 'nssdb'),
    place('Chromium and Chrome', dataFolder(user), 'pki', 'nssdb'),
  ];
}

/** Browsers in boxes, which see a home of their own, and the system's database. */
function otherPlaces(session: TrustSession): readonly NssPlace[] {
  const home = userHome(session.user);
  const snap = join(home, 'snap', 'chromium', 'current');
  const boxes = join(home, '.var', 'app');
  return [
    place('snap chromium', snap, '.pki', 'nssdb'),
    place('snap chromium', snap, '.local', 'share', 'pki', 'nssdb'),
    ...listOrNothing(boxes, session).flatMap((app) => [
      place(`flatpak ${app}`, boxes, app, '.pki', 'nssdb'),
      place(`flatpak ${app}`, boxes, app, 'data', 'pki', 'nssdb'),
    ]),
    { ...place('NSS programs of the system', SYSTEM_DATABASE), needsRoot: true },
  ];
}

const place = (name: string, ...parts: readonly string[]): NssPlace => ({
  name,
  folder: join(...parts),
  needsRoot: false,
});

function firefoxPlaces(session: TrustSession): readonly NssPlace[] {
  return FIREFOX_FOLDERS.flatMap(({ browser, folders }) =>
    folders.flatMap((pattern) => {
      const folder = expand(pattern, session);
      try {
        return profilesIn(folder, session).map(({ name, folder: profile }) =>
          place(`${browser} profile "${name}"`, profile),
        );
      } catch (error) {
        if (!isDevcaError(error)) throw error;
        return isDevcaError(error, 'DEVCA_FILE_NOT_A_FOLDER') ? [] : [{ ...place(browser, folder), error }];
      }
    }),
  );
}

function profilesIn(folder: string, session: TrustSession): readonly FirefoxProfile[] {
  const { files } = session.world;
  const ini = join(folder, 'profiles.ini');
  if (files.statusOfTarget(ini)?.kind !== 'file') return [];
  return parseProfilesIni(Buffer.from(files.read(ini)).toString('utf8'), folder);
}

/**
 * Where a database has to be made because there is none. Never the old place where it can be helped: it would shadow
 * the new one, and everything that is in it, from then on.
 */
async function newUserPlace(session: TrustSession, named: boolean): Promise<NssPlace | undefined> {
  const { user, world } = session;
  const programs = CHROMIUM_PROGRAMS.flatMap((program) => {
    const path = world.exec.find(program);
    // A snap sees another home.
    return path === undefined || path.startsWith('/snap/') ? [] : [path];
  });
  if (programs.length === 0 && !named) return undefined;
  const versions = await Promise.all(programs.map((program) => majorVersion(program, session)));
  const old = versions.some((version) => version !== undefined && version < FIRST_WITH_NEW_PLACE);
  const parent = old ? join(userHome(user), '.pki') : join(dataFolder(user), 'pki');
  return place('Chromium and Chrome', parent, 'nssdb');
}

async function majorVersion(program: string, session: TrustSession): Promise<number | undefined> {
  const outcome = await session.run({ program, args: ['--version'], needsRoot: false }, 10_000);
  const major = /\b(\d+)\.\d+\.\d+/.exec(outcome.stdout)?.[1];
  return major === undefined ? undefined : Number(major);
}

function unusedFirefox(profiles: readonly NssPlace[], session: TrustSession): readonly UnusedBrowser[] {
  const { exec } = session.world;
  const program = ['firefox', 'firefox-esr'].find((name) => exec.find(name) !== undefined);
  if (program === undefined || profiles.some(({ name }) => name.startsWith('Firefox'))) return [];
  return [{ program, folder: expand('@/mozilla/firefox', session) }];
}

/** What can't be looked at counts as there: its row says why. What lies below a file (`~/snap`, say) is not there. */
function existing(places: readonly NssPlace[], session: TrustSession): readonly NssPlace[] {
  return places.filter(
    ({ folder, error }) => error !== undefined || mayExist(join(folder, 'cert9.db'), session),
  );
}

function mayExist(path: string, session: TrustSession): boolean {
  try {
    return session.world.files.statusOfTarget(path) !== undefined;
  } catch (error) {
    return !isDevcaError(error, 'DEVCA_FILE_NOT_A_FOLDER');
  }
}

/** Two paths may lead to one database (links, `current` of snap): the first counts. */
function unique(places: readonly NssPlace[], session: TrustSession): readonly NssPlace[] {
  const seen = new Set<string>();
  return places.filter(({ folder }) => {
    const path = realPathOf(folder, session);
    return !seen.has(path) && seen.add(path);
  });
}

function realPathOf(path: string, session: TrustSession): string {
  try {
    return session.world.files.realPath(path);
  } catch {
    return path;
  }
}

function expand(pattern: string, session: TrustSession): string {
  const base = pattern.startsWith('@') ? configFolder(session.user) : userHome(session.user);
  return join(base, pattern.slice(2));
}

function listOrNothing(path: string, session: TrustSession): readonly string[] {
  try {
    return session.world.files.list(path);
  } catch (error) {
    if (isDevcaError(error)) return [];
    throw error;
  }
}
