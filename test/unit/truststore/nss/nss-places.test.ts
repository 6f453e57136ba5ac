import { beforeEach, describe, expect, it } from '@jest/globals';
import { DevcaError } from '../../../../src/errors/devca-error.ts';
import type { System } from '../../../../src/platform/system.ts';
import { findNssPlaces } from '../../../../src/truststore/nss/nss-places.ts';
import { openSession } from '../../../../src/truststore/session.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { type FakeMachine, fakeMachine, HOME } from '../fake-machine.ts';

describe('where NSS databases are', () => {
  let machine: FakeMachine;
  const newMachine = (system: Partial<System> = {}): void => {
    machine = fakeMachine({ folder: scratchFolder(), system });
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

  it('is nowhere on macOS and Windows, where browsers ask the system', async () => {
    for (const platform of ['darwin', 'win32'] as const) {
      newMachine({ platform });
      machine.write(`${HOME}/.pki/nssdb/cert9.db`);
      expect(await folders(true)).toEqual([]);
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
