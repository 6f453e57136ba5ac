import { describe, expect, it } from '@jest/globals';
import type { System } from '../../../../src/platform/system.ts';
import {
  overlayScript,
  parseListing,
  subjectHash,
} from '../../../../src/truststore/android/system-certificates.ts';
import {
  installTrust,
  planScript,
  planTrust,
  trustStatus,
  uninstallTrust,
} from '../../../../src/truststore/trust.ts';
import { anchorPem } from '../../../../src/truststore/trust-anchor.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { newAnchor } from '../../../support/trust-lab.ts';
import { type FakeMachine, fakeMachine, HOME } from '../fake-machine.ts';
import { emulator, type FakeAndroid, installAdb } from './fake-android.ts';

const anchor = newAnchor('android');
const sibling = newAnchor('android');
const HASH = '53ef3a55';
const ID = 'android:emulator-5554';
const only = { stores: [ID] };

function machineWith(devices: readonly FakeAndroid[], system: Partial<System> = {}): FakeMachine {
  const machine = fakeMachine({ folder: scratchFolder(), system: { uid: 1000, ...system } });
  machine.write(`${system.homeFolder ?? HOME}/.android/avd/Pixel_8.ini`);
  installAdb(machine, devices, HASH);
  return machine;
}

const rows = async (machine: FakeMachine, options = {}) =>
  (await trustStatus(anchor, options, machine.world)).filter(({ id }) => id.startsWith('android'));

describe("Android's emulators", () => {
  it('take the root into a copy of their roots, and give it up again', async () => {
    const device = emulator();
    const { world } = machineWith([device]);
    expect((await trustStatus(anchor, only, world))[0]).toMatchObject({
      name: 'Android emulator sdk gphone64 x86 64',
      status: 'not-trusted',
      fix: `devca trust install --store ${ID}`,
    });
    const plan = await planTrust('install', anchor, only, world);
    expect(planScript(plan, world)).toBe(
      [
        `## ${ID}`,
        '# become root in the emulator',
        '/usr/bin/adb -s emulator-5554 root',
        '# wait until it is back',
        '/usr/bin/adb -s emulator-5554 wait-for-device',
        '# lay the roots, with this one, over the image',
        `/usr/bin/adb -s emulator-5554 shell 'tr -d '\\''\\r'\\'' | sh' <<'DEVCA_END'`,
        `${overlayScript(anchor)}DEVCA_END`,
        '',
      ].join('\n'),
    );
    expect((await installTrust(anchor, only, world))[0]).toMatchObject({
      status: 'trusted',
      changed: true,
      detail:
        'until the emulator is started anew; apps that are running there see the change when they are started again',
    });
    device.files.set(`${HASH}.1`, sibling.certificate);
    expect((await uninstallTrust(anchor, only, world))[0]).toMatchObject({
      status: 'different-root',
      changed: true,
      error: undefined,
    });
    expect([...device.files.keys()]).toEqual([`${HASH}.1`]);
  });

  it('have their own row each, beside devices that nobody can change from outside', async () => {
    const machine = machineWith([
      emulator(),
      emulator({ serial: 'emulator-5556', build: 'user', sdk: 36 }),
      emulator({ serial: 'emulator-5558', state: 'offline' }),
      emulator({ serial: 'R58M123ABC', details: 'usb:1-1 model:SM_G991B', build: 'user' }),
      emulator({ serial: '192.168.1.5:5555', state: 'unauthorized', details: '', build: 'user' }),
    ]);
    const found = await rows(machine);
    expect(found.map(({ id, status }) => [id, status])).toEqual([
      [ID, 'unsupported'],
      ['android:emulator-5556', 'unsupported'],
      ['android:emulator-5558', 'unknown'],
      ['android:R58M123ABC', 'unsupported'],
      ['android:192.168.1.5:5555', 'unsupported'],
    ]);
    expect(found[0]?.detail).toBe(`changed only with "--store ${ID}", since adb becomes root in it`);
    expect(found[3]).toMatchObject({
      name: 'Android device SM G991B',
      fix: 'devca trust serve --lan',
    });
    const unnamed = await installTrust(anchor, {}, machine.world);
    expect(unnamed.filter(({ changed }) => changed)).toEqual([]);
    expect(machine.commands.filter((command) => command.endsWith(' root'))).toEqual([]);
    const outcomes = await installTrust(anchor, { stores: ['android:R58M123ABC'] }, machine.world);
    expect(outcomes[0]).toMatchObject({ status: 'unsupported', changed: false, error: undefined });
  });

  it('say so where they hang or went away', async () => {
    const device = emulator({ hangs: true });
    const machine = machineWith([device]);
    expect((await rows(machine))[0]).toMatchObject({
      status: 'unknown',
      detail: expect.stringContaining('no answer in time'),
    });
    const [gone] = await installTrust(anchor, { stores: ['android:emulator-5560'] }, machine.world);
    expect(gone).toMatchObject({
      status: 'unknown',
      error: { code: 'DEVCA_TRUST_DEVICE_UNREADY', exitStatus: 5 },
      fix: 'adb -s emulator-5560 wait-for-device',
    });
  });

  it('have nothing to give up once they are gone', async () => {
    const machine = machineWith([emulator()]);
    await installTrust(anchor, only, machine.world);
    installAdb(machine, [], HASH);
    const outcomes = await uninstallTrust(anchor, {}, machine.world);
    expect(outcomes.find(({ id }) => id === ID)).toMatchObject({ changed: false, error: undefined });
    expect((await uninstallTrust(anchor, {}, machine.world)).map(({ id }) => id)).not.toContain(ID);
  });

  it('are asked for only where somebody has made one, since that starts a server', async () => {
    const machine = fakeMachine({ folder: scratchFolder() });
    installAdb(machine, [], HASH);
    expect(await rows(machine)).toEqual([]);
    expect(machine.commands.filter((command) => command.startsWith('/usr/bin/adb'))).toEqual([]);
    expect(await rows(machine, { stores: ['android'] })).toMatchObject([
      { id: 'android', status: 'unsupported', detail: 'no emulator is running, and no device is attached' },
    ]);
  });

  it('have a row that names the package of a missing adb', async () => {
    const machine = machineWith([]);
    machine.programs.delete('adb');
    machine.programs.set('apt-get', () => ({}));
    expect(await rows(machine)).toMatchObject([
      { id: 'android', status: 'tool-missing', fix: expect.stringContaining('install -y adb') },
    ]);
  });

  it('are found on Windows too, and planned for PowerShell', async () => {
    const homeFolder = 'C:\\Users\\Jürgen Öz';
    const environment = { LOCALAPPDATA: `${homeFolder}\\AppData\\Local` };
    const { world } = machineWith([emulator({ sdk: 30 })], { platform: 'win32', homeFolder, environment });
    const script = planScript(await planTrust('install', anchor, only, world), world);
    expect(script).toContain(`'@ | & '/usr/bin/adb' -s emulator-5554 shell 'tr -d ''\\r'' | sh'\n`);
    expect((await installTrust(anchor, only, world))[0]).toMatchObject({ status: 'trusted', changed: true });
  });
});

describe("Android's names for roots", () => {
  it('are the hash that OpenSSL calls subject_hash_old', () => {
    expect(subjectHash(anchor)).toBe(HASH);
  });

  it('come with the files in a listing, whatever ends its lines', () => {
    const text = `file: ${HASH}.0\r\n${anchorPem(anchor).replaceAll('\n', '\r\n')}file: ${HASH}.1\r\nDER\r\n`;
    expect(parseListing(text).map(({ name, certificates }) => [name, certificates.length])).toEqual([
      [`${HASH}.0`, 1],
      [`${HASH}.1`, 0],
    ]);
    expect(parseListing('')).toEqual([]);
  });
});
