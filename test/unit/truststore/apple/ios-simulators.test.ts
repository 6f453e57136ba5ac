import { beforeEach, describe, expect, it } from '@jest/globals';
import { decodePem } from '../../../../src/pki/pem.ts';
import {
  examineStores,
  installTrust,
  planScript,
  planTrust,
  trustStatus,
  uninstallTrust,
} from '../../../../src/truststore/trust.ts';
import { anchorFileName, anchorPem } from '../../../../src/truststore/trust-anchor.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { newAnchor } from '../../../support/trust-lab.ts';
import { type FakeMachine, fakeMachine } from '../fake-machine.ts';

const anchor = newAnchor('simulator');
const other = newAnchor('another');
const HOME = '/Users/ada';
const DEVICES = `${HOME}/Library/Developer/CoreSimulator/Devices`;
const BOOTED = 'CCCCCCCC-4444-5555-6666-DDDDDDDDDDDD';
const SHUT = 'AAAAAAAA-4444-5555-6666-BBBBBBBBBBBB';
const ID = `ios-simulator:${BOOTED}`;
const NEW = 'private/var/protected/trustd/private/TrustStore.sqlite3';
const OLD = 'Library/Keychains/TrustStore.sqlite3';
const FILE = `${HOME}/Library/Application Support/devca/${anchorFileName(anchor)}.pem`;
const only = { stores: [ID] };

/** What `simctl list -j devices` of Xcode 16 prints; that of Xcode 15 has fewer fields. */
const LIST = JSON.stringify({
  devices: {
    'com.apple.CoreSimulator.SimRuntime.iOS-18-3': [
      {
        lastBootedAt: '2026-01-27T20:28:25Z',
        dataPath: `${DEVICES}/${BOOTED}/data`,
        dataPathSize: 2734256128,
        logPath: `${HOME}/Library/Logs/CoreSimulator/${BOOTED}`,
        udid: BOOTED,
        isAvailable: true,
        deviceTypeIdentifier: 'com.apple.CoreSimulator.SimDeviceType.iPhone-16-Pro',
        state: 'Booted',
        name: 'iPhone 16 Pro',
      },
      { udid: 'EEEE', isAvailable: false, state: 'Shutdown', name: 'iPhone 14' },
    ],
    'com.apple.CoreSimulator.SimRuntime.xrOS-2-2': [
      { udid: SHUT, isAvailable: true, state: 'Shutdown', name: 'Apple Vision Pro' },
    ],
    'com.apple.CoreSimulator.SimRuntime.tvOS-18-2': [],
  },
});

describe('the simulators of Xcode', () => {
  let machine: FakeMachine;
  /** Rows of the databases, by the path of the database. */
  let databases: Map<string, Set<string>>;
  const database = (udid: string, path = NEW): string => `${DEVICES}/${udid}/data/${path}`;
  const addDatabase = (path: string): void => {
    databases.set(path, new Set());
    machine.write(path);
  };
  beforeEach(() => {
    databases = new Map();
    machine = fakeMachine({
      folder: scratchFolder(),
      system: { platform: 'darwin', uid: 501, homeFolder: HOME, environment: { HOME } },
    });
    machine.write(`${DEVICES}/.keep`);
    machine.write('/tmp/.keep');
    machine.programs.set('xcode-select', () => ({
      stdout: '/Applications/Xcode.app/Contents/Developer\n',
    }));
    machine.programs.set('xcrun', (args) => {
      if (args[1] === 'list') return { stdout: LIST };
      if (args[2] !== BOOTED) return { status: 149, stderr: 'Unable to lookup in current state: Shutdown' };
      const path = database(BOOTED);
      if (!databases.has(path)) addDatabase(path);
      const der = decodePem(machine.read(args.at(-1) ?? '') ?? '', 'file')[0]?.der;
      databases.get(path)?.add(
        Buffer.from(der ?? [])
          .toString('hex')
          .toUpperCase(),
      );
      return {};
    });
    machine.programs.set('sqlite3', (args) => {
      const rows = databases.get(args.at(-2) ?? '');
      const deleted = /^DELETE .* = '([0-9A-F]+)'$/.exec(args.at(-1) ?? '')?.[1];
      if (deleted !== undefined) rows?.delete(deleted);
      return rows === undefined
        ? { status: 14, stderr: 'Error: unable to open database' }
        : { stdout: [...rows].map((row) => `${row}\n`).join('') };
    });
  });
  const row = async (options: object = only) =>
    (await trustStatus(anchor, options, machine.world)).filter(({ id }) => id.startsWith('ios'));

  it('take the root through simctl, and give up exactly its row', async () => {
    expect(await row()).toMatchObject([{ name: 'iPhone 16 Pro (iOS 18.3)', status: 'not-trusted' }]);
    const plan = await planTrust('install', anchor, only, machine.world);
    expect(planScript(plan, machine.world)).toBe(
      [
        `## ${ID}`,
        '# make the folder for the next step',
        `install -d -m 0700 '${HOME}/Library/Application Support/devca'`,
        '# bring the root to a file for the next step',
        `install -m 0644 /dev/null '${FILE}'`,
        `dd 'of=${FILE}' conv=notrunc <<'DEVCA_END'`,
        `${anchorPem(anchor)}DEVCA_END`,
        '# add the root',
        `/usr/bin/xcrun simctl keychain ${BOOTED} add-root-cert '${FILE}'`,
        '# remove that file again',
        `rm -f -- '${FILE}'`,
        '',
      ].join('\n'),
    );
    expect((await installTrust(anchor, only, machine.world))[0]).toMatchObject({
      status: 'trusted',
      changed: true,
    });
    databases.get(database(BOOTED))?.add(Buffer.from(other.certificate).toString('hex').toUpperCase());
    expect((await uninstallTrust(anchor, only, machine.world))[0]).toMatchObject({
      status: 'different-root',
      changed: true,
    });
    expect(databases.get(database(BOOTED))?.size).toBe(1);
    expect(machine.has(FILE)).toBe(false);
  });

  it('have a row where they run; the others are left alone unless they are named', async () => {
    expect(await row({})).toMatchObject([{ id: ID }]);
    expect((await row({ stores: ['ios-simulator'] })).map(({ id }) => id)).toEqual([
      ID,
      `ios-simulator:${SHUT}`,
    ]);
    const [outcome] = await installTrust(anchor, { stores: [`ios-simulator:${SHUT}`] }, machine.world);
    expect(outcome).toMatchObject({
      changed: false,
      fix: `xcrun simctl boot ${SHUT}`,
      error: { code: 'DEVCA_TRUST_DEVICE_UNREADY' },
    });
  });

  it('are looked into where older systems keep their roots, also when they do not run', async () => {
    addDatabase(database(SHUT, OLD));
    databases.get(database(SHUT, OLD))?.add(Buffer.from(anchor.certificate).toString('hex').toUpperCase());
    const stores = [`ios-simulator:${SHUT}`];
    expect(await row({ stores })).toMatchObject([{ status: 'trusted' }]);
    expect((await uninstallTrust(anchor, { stores }, machine.world))[0]).toMatchObject({
      status: 'not-trusted',
      changed: true,
    });
  });

  it('are examined for what was added to them', async () => {
    await installTrust(anchor, only, machine.world);
    const found = await examineStores(machine.world);
    const [entry] = found.find(({ id }) => id === ID)?.entries ?? [];
    expect(entry?.place).toBe('iPhone 16 Pro (iOS 18.3)');
    expect(entry?.remove).toContain(`/usr/bin/sqlite3 ${database(BOOTED)} 'DELETE FROM tsettings`);
  });

  it('have one row for all where none runs', async () => {
    machine.programs.set('xcrun', () => ({ stdout: LIST.replace('"Booted"', '"Shutdown"') }));
    expect(await row({})).toMatchObject([
      { id: 'ios-simulator', status: 'unsupported', detail: 'none of them is running' },
    ]);
    machine.programs.set('xcrun', () => ({ stdout: 'no JSON' }));
    expect(await row({})).toEqual([]);
  });

  it('say so where Xcode, simctl or the database tool is missing or fails', async () => {
    machine.programs.set('xcrun', () => ({
      status: 72,
      stderr: 'xcrun: error: unable to find utility "simctl"',
    }));
    expect(await row({})).toMatchObject([{ id: 'ios-simulator', status: 'tool-missing' }]);
    machine.programs.set('xcrun', () => ({ status: 69, stderr: 'You have not agreed to the Xcode license' }));
    expect(await row({})).toMatchObject([{ status: 'unknown', detail: expect.stringContaining('license') }]);
    machine.programs.set('xcode-select', () => ({ status: 2 }));
    expect(await row({})).toMatchObject([{ status: 'tool-missing' }]);
    expect(machine.commands.at(-1)).toBe('/usr/bin/xcode-select -p');
  });

  it('have no row on a Mac without them, nor elsewhere', async () => {
    machine = fakeMachine({
      folder: scratchFolder(),
      system: { platform: 'darwin', homeFolder: HOME },
    });
    expect(await row({})).toEqual([]);
    machine = fakeMachine({ folder: scratchFolder() });
    expect(await row({ stores: ['ios-simulator'] })).toMatchObject([{ detail: 'only macOS has them' }]);
  });

  it('say so where the database cannot be read', async () => {
    machine.write(database(BOOTED));
    expect(await row()).toMatchObject([
      { status: 'unknown', detail: expect.stringContaining('unable to open') },
    ]);
    machine.programs.delete('sqlite3');
    expect(await row()).toMatchObject([{ status: 'tool-missing' }]);
  });
});
