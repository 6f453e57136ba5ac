import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { DevcaError } from '../../../../src/errors/devca-error.ts';
import type { System } from '../../../../src/platform/system.ts';
import { findNssPlaces } from '../../../../src/truststore/nss/nss-places.ts';
import { openSession } from '../../../../src/truststore/session.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { type FakeMachine, fakeMachine, HOME } from '../fake-machine.ts';

describe('where NSS databases are', () => {
  let machine: FakeMachine;
  let scratch: string;
  const newMachine = (system: Partial<System> = {}): void => {
    scratch = scratchFolder();
    machine = fakeMachine({ folder: scratch, system });
  };
  beforeEach(() => newMachine());
  const find = async (named = false) => findNssPlaces(await openSession(machine.world), named);
  const folders = async (named = false) =>
    (await find(named)).places.map(({ folder }) => folder.replace(HOME, '~'));
  const makeDatabase = (path: string): void => machine.write(`${path.replace('~', HOME)}/cert9.db`);

  it('is nowhere without a browser, and in the new place where the user asks for one', async () => {
    expect(await folders()).toEqual([]);
    expect(await folders(true)).toEqual(['~/.local/share/pki/nssdb']);
  });

  it('is the new place of Chromium where it has none yet, and the old one for an old Chromium', async () => {
    machine.programs.set('chromium', () => ({ stdout: 'Chromium 156.0.8078.79 built on Debian' }));
    expect(await folders()).toEqual(['~/.local/share/pki/nssdb']);
    machine.programs.set('google-chrome', () => ({ stdout: 'Google Chrome 145.0.7000.1' }));
    expect(await folders()).toEqual(['~/.pki/nssdb']);
  });

  it('follows XDG_DATA_HOME and XDG_CONFIG_HOME', async () => {
    newMachine({ environment: { XDG_DATA_HOME: '/data', XDG_CONFIG_HOME: '/config' } });
    machine.write('/config/mozilla/firefox/profiles.ini', '[Profile0]\nIsRelative=1\nPath=p\n');
    makeDatabase('/config/mozilla/firefox/p');
    expect(await folders(true)).toEqual(['/data/pki/nssdb', '/config/mozilla/firefox/p']);
  });

  it('is every place that exists, and no further one is made then', async () => {
    machine.programs.set('chromium', () => ({ stdout: 'Chromium 156.0.1.1' }));
    const places = [
      '~/.pki/nssdb',
      '~/.local/share/pki/nssdb',
      '~/snap/chromium/current/.pki/nssdb',
      '~/.var/app/com.brave.Browser/data/pki/nssdb',
      '/etc/pki/nssdb',
    ];
    makeDatabase('~/.pki/nssdb');
    expect(await folders()).toEqual(['~/.pki/nssdb']);
    for (const place of places) makeDatabase(place);
    expect(await folders()).toEqual(places);
    expect((await find()).places.map(({ needsRoot }) => needsRoot)).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it('is in profiles of Firefox and its kin, boxed or not, that have been used', async () => {
    const roots = [
      '~/.mozilla/firefox',
      '~/snap/firefox/common/.mozilla/firefox',
      '~/.var/app/org.mozilla.firefox/config/mozilla/firefox',
      '~/.librewolf',
    ];
    for (const root of roots) {
      machine.write(
        `${root.replace('~', HOME)}/profiles.ini`,
        '[Profile0]\nName=n\nIsRelative=1\nPath=used\n[Profile1]\nIsRelative=1\nPath=unused\n',
      );
      makeDatabase(`${root}/used`);
    }
    const { places } = await find();
    expect(places.map(({ folder }) => folder.replace(HOME, '~'))).toEqual(
      roots.map((root) => `${root}/used`),
    );
    expect(places.map(({ name }) => name)).toContain('LibreWolf profile "n"');
  });

  it('says of a Firefox that was never started that it has no profile', async () => {
    machine.programs.set('firefox-esr', () => ({}));
    expect((await find()).unused).toEqual([
      { name: 'Firefox', program: 'firefox-esr', folder: `${HOME}/.config/mozilla/firefox` },
    ]);
  });

  it('says of a Chromium in a snap that was never started that it has no database', async () => {
    const find = (program: string) => (program === 'chromium' ? '/snap/bin/chromium' : undefined);
    const world = { ...machine.world, exec: { ...machine.world.exec, find } };
    const unused = async () => (await findNssPlaces(await openSession(world), false)).unused;
    expect(await unused()).toMatchObject([{ name: 'snap chromium', program: '/snap/bin/chromium' }]);
    makeDatabase('~/snap/chromium/current/.pki/nssdb');
    expect(await unused()).toEqual([]);
  });

  it('is the old place of Chromium as soon as that folder is there, even empty: it shadows the new one', async () => {
    machine.programs.set('chromium', () => ({ stdout: 'Chromium 156.0.1.1' }));
    machine.write(`${HOME}/.pki/nssdb/.keep`);
    expect(await folders()).toEqual(['~/.pki/nssdb']);
    makeDatabase('~/.local/share/pki/nssdb');
    expect(await folders()).toEqual(['~/.pki/nssdb', '~/.local/share/pki/nssdb']);
    expect((await find()).places.map(({ name }) => name)).toEqual([
      'Chromium',
      'Chromium, once ~/.pki/nssdb is gone',
    ]);
  });

  it('has the names of the browsers that share it', async () => {
    for (const program of ['google-chrome-stable', 'brave-browser', 'vivaldi', 'opera', 'microsoft-edge-dev'])
      machine.programs.set(program, () => ({ stdout: 'Vivaldi 7.5.3735.41' }));
    const [place] = (await find()).places;
    expect(place).toMatchObject({
      name: 'Google Chrome, Microsoft Edge, Brave, Vivaldi, Opera',
      folder: `${HOME}/.local/share/pki/nssdb`,
    });
  });

  it.each([
    ['~/.mozilla/firefox', 'Firefox'],
    ['~/.config/mozilla/firefox', 'Firefox'],
    ['~/snap/firefox/common/.mozilla/firefox', 'Firefox (snap)'],
    ['~/.var/app/org.mozilla.firefox/config/mozilla/firefox', 'Firefox (flatpak)'],
    ['~/.var/app/org.mozilla.firefox/.mozilla/firefox', 'Firefox (flatpak)'],
    ['~/.librewolf', 'LibreWolf'],
    ['~/.config/librewolf/librewolf', 'LibreWolf'],
    ['~/.var/app/io.gitlab.librewolf-community/.librewolf', 'LibreWolf (flatpak)'],
    ['~/.waterfox', 'Waterfox'],
    ['~/.var/app/net.waterfox.waterfox/.waterfox', 'Waterfox (flatpak)'],
    ['~/.zen', 'Zen'],
    ['~/.var/app/app.zen_browser.zen/.zen', 'Zen (flatpak)'],
    ['~/.floorp', 'Floorp'],
    ['~/.var/app/one.ablaze.floorp/.floorp', 'Floorp (flatpak)'],
    ['~/.thunderbird', 'Thunderbird'],
    ['~/snap/thunderbird/common/.thunderbird', 'Thunderbird (snap)'],
    ['~/.var/app/org.mozilla.Thunderbird/.thunderbird', 'Thunderbird (flatpak)'],
    ['~/.var/app/eu.betterbird.Betterbird/.thunderbird', 'Betterbird (flatpak)'],
    ['~/.mozilla/seamonkey', 'SeaMonkey'],
    ['~/.mozilla/icecat', 'GNU IceCat'],
    ['~/.moonchild productions/pale moon', 'Pale Moon'],
  ])('is in %s, of %s', async (folder, name) => {
    machine.write(
      `${folder.replace('~', HOME)}/profiles.ini`,
      '[General]\nStartWithLastProfile=1\n[Profile0]\nName=work\nIsRelative=1\nPath=a.b\n',
    );
    makeDatabase(`${folder}/a.b`);
    expect((await find()).places).toEqual([
      {
        folder: `${folder.replace('~', HOME)}/a.b`,
        name: `${name} profile "work"`,
        needsRoot: false,
        profile: true,
      },
    ]);
  });

  it.each([
    '~/.local/share/torbrowser/tbb/x86_64/tor-browser/Browser/TorBrowser/Data/Browser',
    '~/.mullvad/mullvadbrowser',
  ])('is left alone in %s', async (folder) => {
    makeDatabase(`${folder}/profile.default`);
    expect((await find()).places).toMatchObject([
      { leftAlone: { status: 'unsupported', detail: expect.stringContaining('looks the same') } },
    ]);
  });

  it('is in profiles that no ini file names, as those of the profile switcher, and nowhere twice', async () => {
    const root = `${HOME}/.mozilla/firefox`;
    machine.write(`${root}/profiles.ini`, `[Profile0]\nName=a\nIsRelative=0\nPath=${root}/a\n`);
    machine.write(`${root}/installs.ini`, '[1F]\nDefault=../away\n');
    for (const name of ['a', 'b', '../away']) makeDatabase(`${root}/${name}`);
    machine.write(`${root}/Crash Reports/x`);
    symlinkSync('a', join(scratch, root, 'link'));
    expect(await folders()).toEqual(['~/.mozilla/firefox/a', '~/.mozilla/away', '~/.mozilla/firefox/b']);
  });

  it('is not in a profile whose folder is gone, and not yet in the format of before 2018', async () => {
    const root = `${HOME}/.mozilla/firefox`;
    machine.write(`${root}/profiles.ini`, '[Profile0]\nPath=gone\n[Profile1]\nName=old\nPath=old\n');
    machine.write(`${root}/old/cert8.db`);
    expect((await find()).places).toMatchObject([
      { name: 'Firefox profile "old"', leftAlone: { status: 'unsupported' } },
    ]);
  });

  it('is for Firefox alone on macOS and Windows, which takes the roots of the system there', async () => {
    const places = {
      darwin: 'Library/Application Support/Firefox',
      win32: 'AppData/Roaming/Mozilla/Firefox',
    };
    for (const platform of ['darwin', 'win32'] as const) {
      newMachine({ platform });
      machine.write(`${HOME}/.pki/nssdb/cert9.db`);
      const profiles = `${HOME}/${places[platform]}/Profiles`;
      machine.write(`${profiles}/new/cert9.db`);
      machine.write(`${profiles}/old/cert9.db`);
      machine.write(`${profiles}/old/compatibility.ini`, '[Compatibility]\nLastVersion=115.30.0_2025\n');
      machine.write(`${profiles}/off/cert9.db`);
      machine.write(`${profiles}/off/prefs.js`, 'user_pref("security.enterprise_roots.enabled", false);\n');
      machine.write(`${profiles}/on/cert9.db`);
      machine.write(`${profiles}/on/compatibility.ini`, '[Compatibility]\nLastVersion=115.30.0_2025\n');
      machine.write(`${profiles}/on/user.js`, 'user_pref("security.enterprise_roots.enabled", true);\n');
      const found = (await find()).places.map(({ folder, leftAlone }) => [
        folder.slice(profiles.length + 1),
        leftAlone?.status,
      ]);
      const changed = platform === 'darwin' ? undefined : 'not-trusted';
      expect(found).toEqual([
        ['new', 'unsupported'],
        ['off', changed],
        ['old', changed],
        ['on', 'unsupported'],
      ]);
    }
  });

  it('gives a folder that cannot be read a row of its own, and finds the others', async () => {
    makeDatabase('~/.pki/nssdb');
    const { files } = machine.world;
    const statusOfTarget = (path: string) => {
      if (path.includes('.mozilla'))
        throw new DevcaError('DEVCA_FILE_PERMISSION', { path, action: 'look at' });
      return files.statusOfTarget(path);
    };
    const world = { ...machine.world, files: { ...files, statusOfTarget } };
    const { places } = await findNssPlaces(await openSession(world), false);
    const [first, ...others] = places;
    expect(first).toMatchObject({ folder: `${HOME}/.pki/nssdb` });
    expect(others[0]).toMatchObject({ name: 'Firefox', error: { code: 'DEVCA_FILE_PERMISSION' } });
  });

  it('is not in what only has the name of a folder', async () => {
    for (const name of ['.pki', 'snap', '.mozilla', '.var']) machine.write(`${HOME}/${name}`, 'a file');
    expect(await folders()).toEqual([]);
  });
});
