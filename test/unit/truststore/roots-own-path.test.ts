import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { bytesToHex } from '../../../src/pki/fingerprint.ts';
import type { World } from '../../../src/platform/world.ts';
import { installTrust, planTrust, uninstallTrust } from '../../../src/truststore/trust.ts';
import { anchorFileName, anchorPem } from '../../../src/truststore/trust-anchor.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { newAnchor } from '../../support/trust-lab.ts';
import { type FakeMachine, fakeMachine, HOME } from './fake-machine.ts';

const ADA = 1000;
const anchor = newAnchor('roots own');
const FOLDER = '/etc/chromium/policies/managed';
const STORE = `chromium-policy:${FOLDER}`;
const REGISTRY = '/etc/docker/certs.d/registry.test';
const OWN_FILE = `${REGISTRY}/${anchorFileName(anchor)}.crt`;

let machine: FakeMachine;
let scratch: string;
/** What is Ada's. */
let hers: string[];
let world: World;
beforeEach(() => {
  scratch = scratchFolder();
  machine = fakeMachine({ folder: scratch, canAsk: true, system: { uid: ADA } });
  machine.programs.set('sudo', () => ({}));
  hers = [HOME];
  const { files } = machine.world;
  world = {
    ...machine.world,
    files: {
      ...files,
      status: (path) => {
        const status = files.status(path);
        const isHers = hers.some((folder) => path === folder || path.startsWith(`${folder}/`));
        return status !== undefined && isHers ? { ...status, uid: ADA } : status;
      },
    },
  };
});

const asRoot = () => machine.commands.filter((command) => command.startsWith('sudo'));
const install = async (store: string) => (await installTrust(anchor, { stores: [store] }, world))[0];
const uninstall = async () => uninstallTrust(anchor, {}, world);

/** What the user may write into a journal. */
function forge(
  ...records: readonly { store: string; before?: Record<string, string>; done?: boolean }[]
): void {
  const { sha256, name, certificate } = anchor;
  const root = { sha256, name, certificate: Buffer.from(certificate).toString('base64') };
  const lines = records.flatMap(({ store, before = {}, done = true }, id) => [
    { schema: 1, at: '', id: String(id), event: 'begun', action: 'install', store, root, before },
    ...(done ? [{ schema: 1, id: String(id), event: 'done' }] : []),
  ]);
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  machine.write(`${HOME}/.local/state/devca/trust.jsonl`, text);
}

function folder(...paths: readonly string[]): void {
  for (const path of paths) mkdirSync(join(scratch, path), { recursive: true });
}

describe('root', () => {
  it('goes no way that the user could lead elsewhere, and says so before it asks for a password', async () => {
    folder(`${HOME}/evil`, dirname(dirname(FOLDER)));
    symlinkSync('../../home/ada/evil', join(scratch, dirname(FOLDER)));
    expect(await install(STORE)).toMatchObject({
      status: 'permission',
      error: {
        code: 'DEVCA_TRUST_FOREIGN_OWNER',
        message: expect.stringContaining(`"${HOME}"`),
        hints: [expect.stringContaining(`ls -ld ${HOME}`), expect.stringContaining('no root is needed')],
      },
    });
    expect(asRoot()).toEqual([]);
  });

  it('is offered no such way in a plan either', async () => {
    hers.push('/etc/chromium');
    folder('/etc/chromium');
    expect(await planTrust('install', anchor, { stores: [STORE] }, world)).toMatchObject([
      { steps: [], error: { code: 'DEVCA_TRUST_FOREIGN_OWNER' } },
    ]);
  });

  it('looks again before each step', async () => {
    folder('/etc');
    const make = machine.programs.get('install');
    machine.programs.set('install', async (args, options) => {
      hers.push('/etc/chromium');
      return (await make?.(args, options)) ?? {};
    });
    expect(await install(STORE)).toMatchObject({ error: { code: 'DEVCA_TRUST_FOREIGN_OWNER' } });
    expect(asRoot().filter((command) => !command.startsWith('sudo -v'))).toEqual([
      'sudo -- install -d -m 0755 /etc/chromium',
    ]);
  });

  it.each([
    ['a folder of the user', '/usr/bin'],
    ['a file of the user in a folder of root', '/usr/bin/certutil'],
  ])('runs no tool that is in %s', async (_, path) => {
    machine.write('/usr/bin/certutil');
    machine.programs.set('certutil', () => ({ status: 1, stderr: '-A to the database\n-n nickname' }));
    hers.push(path);
    expect(await install('nss:/etc/pki/nssdb')).toMatchObject({
      error: { code: 'DEVCA_TRUST_FOREIGN_OWNER', message: expect.stringContaining(`"${path}"`) },
    });
    expect(asRoot()).toEqual([]);
  });
});

describe('a forged journal', () => {
  it('names no folder of policies that no browser reads, and no file', async () => {
    const path = `${HOME}/evil/managed/a.json`;
    const der = Buffer.from(anchor.certificate).toString('base64');
    const text = JSON.stringify({ CACertificates: [der], X: bytesToHex(new Uint8Array(4)) });
    machine.write(path, text);
    machine.write('/etc/ff/policies.json', JSON.stringify({ policies: {} }));
    forge({ store: `chromium-policy:${dirname(path)}` }, { store: 'firefox-policy:/etc/ff/policies.json' });
    const rows = (await uninstall()).filter(({ id }) => id.includes('policy'));
    expect(rows.map(({ status, changed }) => [status, changed])).toEqual([
      ['unsupported', false],
      ['unsupported', false],
    ]);
    expect(machine.read(path)).toBe(text);
    expect(asRoot()).toEqual([]);
  });

  it('makes root remove no folder of others', async () => {
    folder('/etc/one', '/etc/two', '/etc/opt/chrome/policies/managed', '/etc/three');
    forge(
      { store: 'chromium-policy:/nowhere', before: { folders: '/etc/one' } },
      { store: STORE, before: { folders: '/etc/two' } },
      {
        store: 'chromium-policy:/etc/opt/chrome/policies/managed',
        before: {
          folders:
            '/etc/opt/chrome/policies/managed\n/etc/opt/chrome/policies\n/etc/opt/chrome\n/etc/opt\n/etc/two',
        },
      },
      { store: 'docker:/etc/three', before: { folder: 'absent' } },
      { store: 'docker:/etc/docker/certs.d/..', before: { folder: 'absent' } },
    );
    folder('/etc/docker');
    await uninstall();
    const left = ['/etc/one', '/etc/two', '/etc/docker', '/etc/opt', '/etc/opt/chrome'].filter(machine.has);
    expect(left).toEqual(['/etc/one', '/etc/two', '/etc/docker', '/etc/opt']);
    expect(asRoot().filter((command) => command.includes('/etc/three'))).toEqual([]);
  });

  it('makes no empty file devca’s own, unless an install was killed', async () => {
    const system = `/usr/local/share/ca-certificates/${anchorFileName(anchor)}.crt`;
    machine.write('/etc/debian_version');
    machine.programs.set('update-ca-certificates', () => ({}));
    machine.write('/etc/ssl/certs/ca-certificates.crt');
    machine.write(system);
    machine.write(OWN_FILE);
    forge({ store: `docker:${REGISTRY}` }, { store: 'system' });
    await uninstall();
    expect([OWN_FILE, system].filter(machine.has)).toEqual([OWN_FILE, system]);
    forge({ store: `docker:${REGISTRY}`, done: false }, { store: 'system', done: false });
    await uninstall();
    expect([OWN_FILE, system].filter(machine.has)).toEqual([]);
  });

  it('makes root write nothing for a registry in a place that no engine is known to read', async () => {
    const certificate = anchorPem(anchor);
    const outcome = await install('docker:/srv/certs/registry.test');
    expect(outcome).toMatchObject({ status: 'trusted' });
    expect(machine.read(`/srv/certs/registry.test/${anchorFileName(anchor)}.crt`)).toBe(certificate);
    expect(asRoot()).toEqual([]);
  });
});
