/** A browser or mail program that keeps profiles as Firefox does, each with an NSS database of its own. */
export interface FirefoxFlavour {
  readonly name: string;
  /**
   * Folders that hold a profiles.ini: `~` is the home, `@` the configuration folder of XDG, `%` the roaming folder of
   * Windows.
   */
  readonly folders: {
    readonly linux: readonly string[];
    readonly darwin: readonly string[];
    readonly win32: readonly string[];
  };
  /** Since which version it takes roots from macOS and Windows by itself. */
  readonly systemRootsSince?: number;
  /** Why devca leaves it alone. */
  readonly advice?: string;
}

const TOR_ADVICE =
  'it looks the same for all of its users, which a root of your own would end; devca leaves it alone';

/** Developer Edition, Nightly and ESR share the folder of Firefox, and Betterbird that of Thunderbird. */
export const FIREFOX_FLAVOURS: readonly FirefoxFlavour[] = [
  {
    name: 'Firefox',
    folders: {
      linux: [
        // Since Firefox 147; where the old folder exists, it goes on using that.
        '@/mozilla/firefox',
        '~/.mozilla/firefox',
        ...snap('firefox', '.mozilla/firefox', '.config/mozilla/firefox'),
        ...flatpak('org.mozilla.firefox', '.mozilla/firefox', 'config/mozilla/firefox'),
        ...flatpak('org.mozilla.Firefox', '.mozilla/firefox', 'config/mozilla/firefox'),
      ],
      darwin: [support('Firefox')],
      win32: ['%/Mozilla/Firefox'],
    },
    systemRootsSince: 120,
  },
  {
    name: 'LibreWolf',
    folders: {
      linux: [
        '~/.librewolf',
        '@/librewolf/librewolf',
        ...flatpak('io.gitlab.librewolf-community', '.librewolf', 'config/librewolf/librewolf'),
      ],
      darwin: [support('librewolf')],
      win32: ['%/librewolf'],
    },
    systemRootsSince: 120,
  },
  {
    name: 'Waterfox',
    folders: {
      linux: [
        '~/.waterfox',
        '@/waterfox',
        ...flatpak('net.waterfox.waterfox', '.waterfox', 'config/waterfox'),
      ],
      darwin: [support('Waterfox')],
      win32: ['%/Waterfox'],
    },
    systemRootsSince: 120,
  },
  {
    name: 'Zen',
    folders: {
      linux: [
        '~/.zen',
        '@/zen',
        ...flatpak('app.zen_browser.zen', '.zen', 'config/zen'),
        ...flatpak('io.github.zen_browser.zen', '.zen'),
      ],
      darwin: [support('zen')],
      win32: ['%/zen'],
    },
    systemRootsSince: 120,
  },
  {
    name: 'Floorp',
    folders: {
      linux: ['~/.floorp', '@/floorp', ...flatpak('one.ablaze.floorp', '.floorp', 'config/floorp')],
      darwin: [support('Floorp')],
      win32: ['%/Floorp'],
    },
    systemRootsSince: 120,
  },
  flavour('CachyOS browser', { linux: ['~/.cachy', '@/cachy'] }),
  flavour('GNU IceCat', {
    linux: ['~/.mozilla/icecat', '@/mozilla/icecat'],
    darwin: [support('IceCat')],
    win32: ['%/Mozilla/IceCat'],
  }),
  flavour('SeaMonkey', {
    linux: ['~/.mozilla/seamonkey', '@/mozilla/seamonkey'],
    darwin: [support('SeaMonkey')],
    win32: ['%/Mozilla/SeaMonkey'],
  }),
  flavour('Pale Moon', {
    linux: ['~/.moonchild productions/pale moon'],
    darwin: [support('Pale Moon')],
    win32: ['%/Moonchild Productions/Pale Moon'],
  }),
  flavour('Thunderbird', {
    linux: [
      '~/.thunderbird',
      '@/thunderbird',
      ...snap('thunderbird', '.thunderbird', '.config/thunderbird'),
      ...flatpak('org.mozilla.Thunderbird', '.thunderbird', 'config/thunderbird'),
      ...flatpak('org.mozilla.thunderbird', '.thunderbird', 'config/thunderbird'),
    ],
    darwin: ['~/Library/Thunderbird'],
    win32: ['%/Thunderbird'],
  }),
  flavour('Betterbird', { linux: flatpak('eu.betterbird.Betterbird', '.thunderbird') }),
  {
    ...flavour('Tor Browser', {
      linux: [
        '~/.local/share/torbrowser/tbb/x86_64/tor-browser/Browser/TorBrowser/Data/Browser',
        '~/tor-browser/Browser/TorBrowser/Data/Browser',
        ...flatpak(
          'org.torproject.torbrowser-launcher',
          'data/torbrowser/tbb/x86_64/tor-browser/Browser/TorBrowser/Data/Browser',
        ),
      ],
      darwin: [support('TorBrowser-Data/Browser')],
    }),
    advice: TOR_ADVICE,
  },
  {
    ...flavour('Mullvad Browser', {
      linux: [
        '~/.mullvad/mullvadbrowser',
        '@/mullvad/mullvadbrowser',
        '~/.local/share/mullvad-browser/x86_64/mullvad-browser/Browser/TorBrowser/Data/Browser',
        ...flatpak('net.mullvad.MullvadBrowser', '.mullvad/mullvadbrowser'),
      ],
      darwin: [support('MullvadBrowser')],
      win32: ['%/Mullvad/MullvadBrowser'],
    }),
    advice: TOR_ADVICE,
  },
];

function flavour(name: string, folders: Partial<FirefoxFlavour['folders']>): FirefoxFlavour {
  return { name, folders: { linux: [], darwin: [], win32: [], ...folders } };
}

function snap(name: string, ...paths: readonly string[]): string[] {
  return paths.map((path) => `~/snap/${name}/common/${path}`);
}

function flatpak(id: string, ...paths: readonly string[]): string[] {
  return paths.map((path) => `~/.var/app/${id}/${path}`);
}

function support(path: string): string {
  return `~/Library/Application Support/${path}`;
}
