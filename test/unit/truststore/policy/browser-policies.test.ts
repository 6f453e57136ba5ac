import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { installTrust, planTrust, trustStatus, uninstallTrust } from '../../../../src/truststore/trust.ts';
import { anchorPem, buildTrustAnchor } from '../../../../src/truststore/trust-anchor.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { type FakeMachine, fakeMachine } from '../fake-machine.ts';

const anchor = buildTrustAnchor(new Uint8Array([1, 2, 3]), 'devca root alice@host 1');
const other = buildTrustAnchor(new Uint8Array([4, 5, 6]), 'devca root alice@host 2');
const FILE = '/etc/firefox/policies/policies.json';
const ROOT = `/etc/firefox/policies/devca-${anchor.sha256.slice(0, 16)}.pem`;

let machine: FakeMachine;
let scratch: string;
beforeEach(() => {
  scratch = scratchFolder();
  machine = fakeMachine({ folder: scratch, canAsk: true });
  machine.programs.set('sudo', () => ({}));
});

describe("Firefox's policies", () => {
  const options = { stores: ['firefox-policy'] };
  const install = (root = anchor) => installTrust(root, options, machine.world);
  const uninstall = (root = anchor) => uninstallTrust(root, options, machine.world);

  it('name the root, in a file beside them that everybody can read', async () => {
    expect(await trustStatus(anchor, options, machine.world)).toMatchObject([
      { id: `firefox-policy:${FILE}`, status: 'not-trusted' },
    ]);
    expect(await install()).toMatchObject([{ status: 'trusted', changed: true }]);
    expect(JSON.parse(machine.read(FILE) ?? '')).toEqual({ policies: { Certificates: { Install: [ROOT] } } });
    expect(machine.read(ROOT)).toBe(anchorPem(anchor));
    expect(machine.commands.join('\n')).toContain(`install -m 0644 /dev/null ${ROOT}`);
  });

  it('have a row of their own only where the user asks for them, or while they hold a root of devca', async () => {
    const rows = async () =>
      (await trustStatus(anchor, {}, machine.world)).filter(({ id }) => id.startsWith('firefox-policy'));
    expect(await rows()).toEqual([]);
    await install();
    expect(await rows()).toMatchObject([{ status: 'trusted' }]);
    await uninstallTrust(anchor, {}, machine.world);
    expect(await rows()).toEqual([]);
    expect(machine.has('/etc/firefox')).toBe(false);
  });

  it('hold the roots of two authorities, and lose each alone', async () => {
    await install();
    await install(other);
    await uninstall();
    expect(await trustStatus(other, options, machine.world)).toMatchObject([{ status: 'trusted' }]);
    expect(await trustStatus(anchor, options, machine.world)).toMatchObject([{ status: 'different-root' }]);
    await uninstall(other);
    expect(machine.has(FILE)).toBe(false);
  });

  it('of the installation get the root where they are there: those of the system would put them out of force', async () => {
    machine.write('/usr/lib/firefox/application.ini');
    machine.write('/usr/lib/firefox/distribution/policies.json', '{"policies": {"DisableTelemetry": true}}');
    await install();
    expect(machine.has(FILE)).toBe(false);
    const text = machine.read('/usr/lib/firefox/distribution/policies.json') ?? '';
    expect(JSON.parse(text)).toMatchObject({ policies: { DisableTelemetry: true, Certificates: {} } });
    await uninstall();
    expect(machine.read('/usr/lib/firefox/distribution/policies.json')).toBe(
      '{"policies": {"DisableTelemetry": true}}',
    );
  });

  it.each(['install', 'dd', 'cp', 'mv'])(
    'are as before after an install that was killed in %s',
    async (program) => {
      const before = '{"policies": {"DisableTelemetry": true}}';
      for (const text of [undefined, before]) {
        const folder = scratchFolder();
        machine = fakeMachine({ folder });
        if (text !== undefined) machine.write(FILE, text);
        const tool = machine.programs.get(program);
        let calls = 0;
        machine.programs.set(program, async (args, options) => {
          const outcome = await tool?.(args, options);
          if (++calls < 3 && program !== 'cp' && program !== 'mv') return outcome ?? {};
          // The power fails: nothing more is done, undone or written down.
          for (const name of machine.programs.keys()) machine.programs.set(name, () => ({ status: 1 }));
          return { status: 1 };
        });
        await install();
        machine.programs.clear();
        for (const [name, handler] of fakeMachine({ folder }).programs) machine.programs.set(name, handler);
        await uninstall();
        expect(machine.read(FILE)).toBe(text);
        expect(machine.has('/etc/firefox/.devca-policies.json')).toBe(false);
        expect(machine.has(ROOT)).toBe(false);
      }
    },
  );

  it('are left alone where they are not JSON', async () => {
    machine.write(FILE, '{ "policies": // no\n');
    expect(await install()).toMatchObject([
      { status: 'unknown', error: { code: 'DEVCA_TRUST_POLICY_INVALID' } },
    ]);
    expect(machine.read(FILE)).toBe('{ "policies": // no\n');
  });

  it('may name the root already, from a file of an administrator', async () => {
    machine.write('/srv/company.pem', anchorPem(anchor));
    machine.write(FILE, '{"policies":{"Certificates":{"Install":["/srv/company.pem"]}}}');
    expect(await install()).toMatchObject([
      { status: 'trusted', changed: false, detail: expect.stringContaining('which devca did not add') },
    ]);
    expect(await uninstall()).toMatchObject([{ status: 'trusted', changed: false }]);
  });

  it('reach in part what not every user can read, or what is named and is not the root', async () => {
    await install();
    chmodSync(join(scratch, ROOT), 0o600);
    expect(await trustStatus(anchor, options, machine.world)).toMatchObject([
      { status: 'partial', fix: `sudo chmod a+rX ${ROOT}` },
    ]);
    chmodSync(join(scratch, ROOT), 0o644);
    machine.write(ROOT, 'half');
    expect(await trustStatus(anchor, options, machine.world)).toMatchObject([{ status: 'partial' }]);
    expect(await install()).toMatchObject([{ status: 'trusted', changed: true }]);
  });

  it('need root, and without it are what people do themselves', async () => {
    machine = fakeMachine({ folder: scratch });
    const [plan] = await planTrust('install', anchor, options, machine.world);
    expect(plan?.steps.every(({ needsRoot }) => needsRoot)).toBe(true);
    if (process.getuid?.() === 0) return;
    expect(await install()).toMatchObject([
      { status: 'permission', error: { code: 'DEVCA_TRUST_NEEDS_ROOT' } },
    ]);
  });

  it('are not needed on macOS and Windows', async () => {
    machine = fakeMachine({ folder: scratch, system: { platform: 'darwin' } });
    expect(await trustStatus(anchor, options, machine.world)).toMatchObject([{ status: 'unsupported' }]);
    expect(await trustStatus(anchor, { stores: ['chromium-policy'] }, machine.world)).toMatchObject([
      { status: 'unsupported' },
    ]);
  });
});

describe("Chromium's policies", () => {
  const options = { stores: ['chromium-policy'] };
  const item = Buffer.from(anchor.certificate).toString('base64');
  const install = () => installTrust(anchor, options, machine.world);

  it('hold the root themselves, for each of the browsers that are there', async () => {
    for (const program of ['chromium', 'google-chrome', 'microsoft-edge', 'brave-browser', 'vivaldi'])
      machine.programs.set(program, () => ({}));
    const folders = ['chromium', 'opt/chrome', 'opt/edge', 'brave'].map(
      (path) => `/etc/${path}/policies/managed`,
    );
    expect((await install()).map(({ id, status }) => [id, status])).toEqual(
      folders.map((folder) => [`chromium-policy:${folder}`, 'trusted']),
    );
    for (const folder of folders)
      expect(JSON.parse(machine.read(`${folder}/devca.json`) ?? '')).toEqual({ CACertificates: [item] });
    await uninstallTrust(anchor, {}, machine.world);
    for (const folder of folders) expect(machine.has(folder)).toBe(false);
  });

  it('get it where an administrator has put others, in the last of such files, which counts alone', async () => {
    const folder = '/etc/chromium/policies/managed';
    const texts = {
      'a.json': '{"CACertificates": ["AAAA"]}',
      'b.json': '{"CACertificates": ["BBBB"]}',
      'c.json': '{',
    };
    for (const [name, text] of Object.entries(texts)) machine.write(`${folder}/${name}`, text);
    expect(await install()).toMatchObject([{ status: 'trusted', detail: `in ${folder}/b.json` }]);
    expect(machine.read(`${folder}/b.json`)).toBe(`{"CACertificates": ["BBBB","${item}"]}`);
    await uninstallTrust(anchor, options, machine.world);
    for (const [name, text] of Object.entries(texts)) expect(machine.read(`${folder}/${name}`)).toBe(text);
  });

  it('reach in part what not every user can read', async () => {
    await install();
    chmodSync(join(scratch, '/etc/chromium/policies/managed/devca.json'), 0o600);
    expect(await trustStatus(anchor, options, machine.world)).toMatchObject([{ status: 'partial' }]);
  });
});
