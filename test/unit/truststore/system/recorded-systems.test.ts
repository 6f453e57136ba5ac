import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  installTrust,
  planScript,
  planTrust,
  trustStatus,
  uninstallTrust,
} from '../../../../src/truststore/trust.ts';
import { type RecordedMachine, ROOT, recordedMachine } from './recorded-machine.ts';
import { RECORDED_SYSTEMS, recordedSystem } from './recorded-systems.ts';

const only = { stores: ['system'] };
const row = async ({ world }: RecordedMachine) => (await trustStatus(ROOT, only, world))[0];
const install = async ({ world }: RecordedMachine) => (await installTrust(ROOT, only, world))[0];
const uninstall = async ({ world }: RecordedMachine) => (await uninstallTrust(ROOT, only, world))[0];
const script = async (action: 'install' | 'uninstall', { world }: RecordedMachine) =>
  planScript(await planTrust(action, ROOT, only, world), {
    exec: world.exec,
    system: { ...world.system, uid: 1000 },
  });

/** The plan as it was looked at and found right once; a new one is written with UPDATE_PLANS=1. */
function recordedPlan(id: string, action: string, text: string): string {
  const path = join(import.meta.dirname, 'recorded/plans', `${id}-${action}.sh`);
  if (process.env['UPDATE_PLANS'] === '1') writeFileSync(path, text);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

const changed = RECORDED_SYSTEMS.filter(({ store }) => store !== undefined);
const declared = RECORDED_SYSTEMS.filter(({ store }) => store === undefined);

describe.each(changed)('the system store of $id', (system) => {
  const anchors = system.store?.anchors ?? '';
  const extension = /\/pki\/|flatcar/.test(anchors + system.id) ? '.pem' : '.crt';
  const file = `${anchors}/devca-${ROOT.sha256.slice(0, 16)}${extension}`;

  it('is changed by the recorded plan, and is afterwards what it was before', async () => {
    const machine = recordedMachine(system);
    const before = machine.snapshot();
    expect(await row(machine)).toMatchObject({ status: 'not-trusted' });

    const installing = await script('install', machine);
    expect(installing).toBe(recordedPlan(system.id, 'install', installing));
    expect(await install(machine)).toMatchObject({ status: 'trusted', changed: true, error: undefined });
    expect(machine.has(file)).toBe(true);
    expect(await install(machine)).toMatchObject({ status: 'trusted', changed: false });

    const uninstalling = await script('uninstall', machine);
    expect(uninstalling).toBe(recordedPlan(system.id, 'uninstall', uninstalling));
    expect(await uninstall(machine)).toMatchObject({
      status: 'not-trusted',
      changed: true,
      error: undefined,
    });
    expect(machine.snapshot()).toEqual(before);
    expect(await uninstall(machine)).toMatchObject({ changed: false, error: undefined });
  });

  it('is partial where the file is there and the tool was not run', async () => {
    const machine = recordedMachine(system);
    machine.write(file, readFileSync(join(import.meta.dirname, 'recorded/devca-root.pem'), 'utf8'));
    expect(await row(machine)).toMatchObject({
      status: 'partial',
      detail: expect.stringContaining(`${file} is there, but not yet in `),
    });
    expect(await install(machine)).toMatchObject({ status: 'trusted', changed: true });
  });

  it('tells another root of devca from this one', async () => {
    const machine = recordedMachine(system);
    machine.write(`${anchors}/devca-0011223344556677${extension}`, 'x');
    expect(await row(machine)).toMatchObject({ status: 'different-root' });
  });

  it('is rebuilt by an uninstall that finds the file gone and the root still there', async () => {
    const machine = recordedMachine(system);
    const before = machine.snapshot();
    await install(machine);
    machine.world.files.list(anchors);
    await machine.world.exec.run('rm', ['-f', '--', file]);
    expect(await uninstall(machine)).toMatchObject({
      status: 'not-trusted',
      changed: true,
      error: undefined,
    });
    expect(machine.snapshot()).toEqual(before);
  });
});

describe.each(declared)('the system store of $id', (system) => {
  it('is not changed, and its row and plan say what to write', async () => {
    const machine = recordedMachine(system);
    const before = machine.snapshot();
    expect(await row(machine)).toMatchObject({ id: 'system', status: 'unsupported' });
    const advice = await script('install', machine);
    expect(advice).toBe(recordedPlan(system.id, 'install', advice));
    expect(await script('uninstall', machine)).toBe('');
    expect(await install(machine)).toMatchObject({ status: 'unsupported', changed: false, error: undefined });
    expect(machine.snapshot()).toEqual(before);
  });
});

describe('a declared system', () => {
  it('trusts the root once its owner has written it down', async () => {
    const machine = recordedMachine(recordedSystem('nixos-24.05'));
    machine.write(
      '/etc/ssl/certs/ca-certificates.crt',
      readFileSync(join(import.meta.dirname, 'recorded/devca-root.pem'), 'utf8'),
    );
    expect(await row(machine)).toMatchObject({
      status: 'trusted',
      detail: 'in /etc/ssl/certs/ca-certificates.crt',
    });
    expect(await script('install', machine)).toBe('');
    expect(await script('uninstall', machine)).toContain('# take the root out of configuration.nix again');
    expect(await uninstall(machine)).toMatchObject({ status: 'trusted', changed: false, error: undefined });
  });
});

describe('the plan of a system without sudo', () => {
  it('has doas before what needs root', async () => {
    const machine = recordedMachine(recordedSystem('alpine-3.20'));
    machine.programs.set('doas', () => ({}));
    expect(await script('install', machine)).toMatch(
      /\ndoas install [\s\S]+\ndoas dd [\s\S]+\ndoas \/usr\/sbin\//,
    );
  });
});

describe('the row of the system store', () => {
  it('is of the system whose tool is there, where a folder of another has come by some script', async () => {
    const debian = recordedSystem('debian-12');
    const folders = [...debian.folders, '/etc/pki/ca-trust/source/anchors'];
    expect(await row(recordedMachine({ ...debian, folders }))).toMatchObject({
      name: 'system store (Debian)',
      status: 'not-trusted',
    });
  });

  it('says of SteamOS what may become of the root', async () => {
    const outcome = await install(recordedMachine(recordedSystem('steamos-3.6')));
    expect(outcome).toMatchObject({
      name: 'system store (SteamOS)',
      status: 'trusted',
      detail: expect.stringMatching(/; an update of SteamOS may drop it$/),
    });
  });

  it('is there on systems that nobody knows', async () => {
    const unknown = { id: 'x', platform: 'linux', programs: [], files: {}, folders: [], links: {} } as const;
    const machine = recordedMachine({ ...unknown, files: { '/etc/os-release': 'ID="homemade"\n' } });
    expect(await row(machine)).toMatchObject({
      status: 'unsupported',
      detail: 'devca does not know how homemade keeps its roots',
    });
    expect(await row(recordedMachine({ ...unknown, platform: 'sunos' }))).toMatchObject({
      name: 'system store (sunos)',
      status: 'unsupported',
    });
  });

  it.each(['darwin', 'win32'] as const)('leads to others on %s, for those who ask', async (platform) => {
    const machine = recordedMachine({ id: 'x', platform, programs: [], files: {}, folders: [], links: {} });
    expect(await row(machine)).toMatchObject({
      status: 'unsupported',
      detail: expect.stringMatching(/^the stores of this system are (macos|windows)-/),
    });
    const rows = await trustStatus(ROOT, {}, machine.world);
    expect(rows.map(({ id }) => id)).not.toContain('system');
  });
});
