import { join } from 'node:path';
import type { ExecOptions } from '../../../platform/exec.ts';
import type { World } from '../../../platform/world.ts';
import type { FetchContext, TrustClient } from '../trust-client.ts';

/** Its profile is a new one; the database of roots is the user's all the same, since it is found by the home. */
const CHROMIUM_FLAGS = [
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-proxy-server',
];

/** What it would otherwise do or ask before it loads a page. */
const FIREFOX_SETTINGS = `
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.proxy.type", 0);
user_pref("security.OCSP.enabled", 0);
user_pref("toolkit.telemetry.enabled", false);
`;

/** What a profile holds of trust. */
const FIREFOX_FILES = ['cert9.db', 'key4.db'] as const;
const FIREFOX_PREFERENCES = /^user_pref\("security\.enterprise_roots\.[^\n]*$/gm;

const PROGRAMS: readonly {
  readonly id: string;
  readonly name: string;
  readonly programs: readonly string[];
}[] = [
  {
    id: 'chromium',
    name: 'Chromium',
    programs: ['chromium', 'chromium-browser', '/Applications/Chromium.app/Contents/MacOS/Chromium'],
  },
  {
    id: 'chrome',
    name: 'Chrome',
    programs: [
      'google-chrome',
      'google-chrome-stable',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
  },
  {
    id: 'edge',
    name: 'Edge',
    programs: [
      'microsoft-edge',
      'microsoft-edge-stable',
      '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ],
  },
  {
    id: 'brave',
    name: 'Brave',
    programs: ['brave-browser', '/Applications/Brave Browser.app/Contents/MacOS/Brave Browser'],
  },
];

/** @param profile the folder of the Firefox profile whose trust is to be proved; without one, that of a new one */
export const browserClients = (profile: string | undefined): readonly TrustClient[] => [
  ...PROGRAMS.map(chromiumClient),
  firefoxClient(profile),
];

function chromiumClient(browser: (typeof PROGRAMS)[number]): TrustClient {
  return {
    ...browser,
    store: 'nss',
    variables: [],
    unverified: `${browser.programs[0]} --version`,
    timeLimitMs: 30_000,
    fetch: ({ url }, context, world) =>
      world.exec.run(
        context.program,
        [
          ...CHROMIUM_FLAGS,
          // It refuses to sandbox root.
          ...(world.system.uid === 0 ? ['--no-sandbox'] : []),
          `--user-data-dir=${join(context.scratch, 'profile')}`,
          '--dump-dom',
          url,
        ],
        optionsFor(context),
      ),
  };
}

function firefoxClient(profile: string | undefined): TrustClient {
  return {
    id: 'firefox',
    name: 'Firefox',
    ...(profile === undefined
      ? { decides: 'a new profile, as it has none yet', makesStore: 'firefox' }
      : { decides: `a copy of the profile ${profile}` }),
    programs: ['firefox', 'firefox-esr', '/Applications/Firefox.app/Contents/MacOS/firefox'],
    store: 'nss',
    variables: [],
    unverified: 'firefox --version',
    timeLimitMs: 30_000,
    lingers: true,
    fetch: ({ url }, context, world) => {
      const own = join(context.scratch, 'profile');
      world.files.makeFolder(own, 0o700);
      if (profile !== undefined) copyTrust(profile, own, world);
      else world.files.createExclusive(join(own, 'user.js'), Buffer.from(FIREFOX_SETTINGS), 0o600);
      const words = ['--headless', '--no-remote', '--profile', own, url];
      return world.exec.run(context.program, words, optionsFor(context));
    },
  };
}

const optionsFor = ({ environment, timeLimitMs, scratch, signal }: FetchContext): ExecOptions => ({
  environment: { ...environment, ...temporaryFolder(scratch) },
  timeoutMs: timeLimitMs,
  workingFolder: scratch,
  signal,
});

/**
 * For what a browser leaves behind when it is ended. Chromium has a socket below it, whose path may have no more than 107
 * bytes: unix(7).
 */
const temporaryFolder = (scratch: string): Readonly<Record<string, string>> =>
  Buffer.byteLength(scratch) <= 60 ? { TMPDIR: scratch } : {};

/** The profile itself may be in use, and Firefox would change it. */
function copyTrust(from: string, to: string, { files }: World): void {
  for (const name of FIREFOX_FILES) {
    const bytes = files.readIfPresent(join(from, name));
    if (bytes !== undefined) files.createExclusive(join(to, name), bytes, 0o600);
  }
  const preferences = ['prefs.js', 'user.js'].flatMap(
    (name) =>
      Buffer.from(files.readIfPresent(join(from, name)) ?? [])
        .toString('utf8')
        .match(FIREFOX_PREFERENCES) ?? [],
  );
  const text = `${FIREFOX_SETTINGS}${preferences.join('\n')}\n`;
  files.createExclusive(join(to, 'user.js'), Buffer.from(text), 0o600);
}
