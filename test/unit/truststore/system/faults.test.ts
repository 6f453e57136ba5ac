import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DevcaError } from '../../../../src/errors/devca-error.ts';
import {
  installTrust,
  journalledRoots,
  trustStatus,
  uninstallTrust,
} from '../../../../src/truststore/trust.ts';
import { anchorPem } from '../../../../src/truststore/trust-anchor.ts';
import { newAnchor } from '../../../support/trust-lab.ts';
import { type RecordedMachine, ROOT, recordedMachine } from './recorded-machine.ts';
import { recordedSystem } from './recorded-systems.ts';

const only = { stores: ['system'] };
const row = async ({ world }: RecordedMachine) => (await trustStatus(ROOT, only, world))[0];
const install = async ({ world }: RecordedMachine) => (await installTrust(ROOT, only, world))[0];
const uninstall = async ({ world }: RecordedMachine) => (await uninstallTrust(ROOT, only, world))[0];

const FEDORA_FILE = `/etc/pki/ca-trust/source/anchors/devca-${ROOT.sha256.slice(0, 16)}.pem`;
const FEDORA_BUNDLE = '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem';
const LEGACY = '/etc/pki/tls/certs/ca-bundle.crt';

const fedora = (): RecordedMachine => recordedMachine(recordedSystem('fedora-41'));

describe('the tool of a system', () => {
  it.each([
    ['debian-12', 'update-ca-certificates', 'apt-get install -y ca-certificates'],
    ['alpine-3.20', 'update-ca-certificates', 'apk add ca-certificates'],
    ['void', 'update-ca-certificates', 'xbps-install -Sy ca-certificates'],
    ['rhel-9', 'update-ca-trust', 'dnf install -y ca-certificates'],
    ['silverblue-41', 'update-ca-trust', 'rpm-ostree install --apply-live ca-certificates'],
    ['arch-2024.09', 'update-ca-trust', 'pacman -S --noconfirm ca-certificates-utils'],
    ['sles-15', 'update-ca-certificates', 'zypper install -y ca-certificates'],
  ])('gets a row with its package where it is missing (%s)', async (id, tool, fix) => {
    const machine = recordedMachine(recordedSystem(id));
    // Only the marker of Debian's family is the tool itself.
    machine.write('/usr/local/share/ca-certificates/company.crt');
    machine.programs.delete(tool);
    expect(await row(machine)).toMatchObject({ status: 'tool-missing', fix });
    expect(await install(machine)).toMatchObject({
      changed: false,
      error: { code: 'DEVCA_TRUST_TOOL_MISSING' },
    });
  });

  it('is not needed to see that the root is trusted', async () => {
    const machine = fedora();
    await install(machine);
    machine.programs.delete('update-ca-trust');
    expect(await row(machine)).toMatchObject({ status: 'trusted' });
    expect(await uninstall(machine)).toMatchObject({ error: { code: 'DEVCA_TRUST_TOOL_MISSING' } });
    expect(machine.has(FEDORA_FILE)).toBe(true);
  });

  it('is shown with what it said where it is broken, and the root is taken out again', async () => {
    const machine = fedora();
    const before = machine.snapshot();
    const [broken] = ['update-ca-trust: line 40: /usr/bin/p11-kit: cannot execute'];
    let runs = 0;
    const works = machine.programs.get('update-ca-trust');
    machine.programs.set('update-ca-trust', (args, options) =>
      runs++ === 0 ? { status: 126, stderr: `${broken}\n` } : (works?.(args, options) ?? {}),
    );
    const outcome = await install(machine);
    expect(outcome).toMatchObject({ changed: false, error: { code: 'DEVCA_TRUST_COMMAND_FAILED' } });
    expect(outcome?.error?.message).toContain(`update-ca-trust extract failed (status 126): ${broken}`);
    expect(machine.snapshot()).toEqual(before);
    expect(await journalledRoots(machine.world)).toEqual([]);
  });

  it('that hangs is given up, and the next command settles what was begun', async () => {
    const machine = fedora();
    const before = machine.snapshot();
    const works = machine.programs.get('update-ca-trust') ?? (() => ({}));
    machine.programs.set('update-ca-trust', () => ({ status: null, signal: 'SIGKILL', timedOut: true }));
    const outcome = await install(machine);
    expect(outcome?.error?.message).toContain('update-ca-trust extract failed (no answer in time)');
    machine.programs.set('update-ca-trust', works);
    expect(await uninstall(machine)).toMatchObject({ status: 'not-trusted', error: undefined });
    expect(machine.snapshot()).toEqual(before);
    expect(await journalledRoots(machine.world)).toEqual([]);
  });
});

describe('a system store that may not be changed', () => {
  it.each([
    ['fedora-41', 'see with "findmnt --target /etc/pki/ca-trust/source/anchors" what is mounted'],
    ['steamos-3.6', 'run "sudo steamos-readonly disable"'],
  ])('says so where /etc is read-only (%s)', async (id, hint) => {
    const machine = recordedMachine(recordedSystem(id));
    machine.programs.set('install', () => ({
      status: 1,
      stderr: "install: cannot create regular file '/etc/x.pem': Read-only file system\n",
    }));
    const outcome = await install(machine);
    expect(outcome).toMatchObject({
      status: 'permission',
      changed: false,
      error: { code: 'DEVCA_TRUST_READ_ONLY', exitStatus: 5 },
    });
    expect(outcome?.error?.message).toContain('Read-only file system');
    expect(outcome?.error?.hints[0]).toContain(hint);
    expect(await journalledRoots(machine.world)).toEqual([]);
  });

  it('gives the exact command where there is neither root nor a terminal', async () => {
    const machine = recordedMachine(recordedSystem('arch-2024.09'), { uid: 1000 });
    expect(await install(machine)).toMatchObject({
      status: 'permission',
      fix: 'devca trust install --store system --dry-run | sh',
      error: { code: 'DEVCA_TRUST_NEEDS_ROOT' },
    });
  });

  it('has its row where its folder may not be listed', async () => {
    const machine = fedora();
    const list = (path: string): readonly string[] => {
      if (path.startsWith('/etc/pki')) {
        throw new DevcaError('DEVCA_FILE_PERMISSION', { path, action: 'list' });
      }
      return machine.world.files.list(path);
    };
    const world = { ...machine.world, files: { ...machine.world.files, list } };
    expect(await row({ ...machine, world })).toMatchObject({
      status: 'permission',
      detail: expect.stringContaining('/etc/pki/ca-trust/source/anchors'),
    });
  });
});

describe('the bundle of a system', () => {
  it('that is empty is told from one without the root', async () => {
    const machine = recordedMachine(recordedSystem('debian-12'));
    machine.write('/etc/ssl/certs/ca-certificates.crt', '');
    expect(await row(machine)).toMatchObject({
      status: 'not-trusted',
      detail: '/etc/ssl/certs/ca-certificates.crt is empty',
    });
    expect(await install(machine)).toMatchObject({ status: 'trusted', changed: true });
  });

  it('that is a link to nowhere is not there, and an install makes it', async () => {
    const folder = '/var/lib/ca-certificates';
    const machine = recordedMachine(recordedSystem('sles-15'));
    await machine.world.exec.run('rm', ['-f', '--', `${folder}/ca-bundle.pem`]);
    expect(await row(machine)).toMatchObject({
      status: 'not-trusted',
      detail: `${folder}/ca-bundle.pem is not there`,
    });
    expect(await install(machine)).toMatchObject({ status: 'trusted', changed: true });
  });

  it('is not rebuilt where somebody added to it by hand', async () => {
    const machine = fedora();
    const before = machine.read(FEDORA_BUNDLE);
    const proxy = anchorPem(newAnchor('company proxy'));
    machine.write(FEDORA_BUNDLE, `${before}\n# our proxy\n${proxy}`);
    const outcome = await install(machine);
    expect(outcome).toMatchObject({ changed: false, error: { code: 'DEVCA_TRUST_BUNDLE_EDITED' } });
    expect(outcome?.error?.message).toContain('company proxy');
    expect(outcome?.error?.hints[0]).toContain('in /etc/pki/ca-trust/source/anchors, ending in .pem');
    expect(machine.has(FEDORA_FILE)).toBe(false);
  });

  it.each([
    ['Fedora release 41 (Forty One)', `sudo ln -sf ${FEDORA_BUNDLE} ${LEGACY}`],
    ['CentOS release 6.10 (Final)', 'sudo update-ca-trust force-enable'],
  ])('is found out where programs read another file under its name (%s)', async (release, restore) => {
    const machine = fedora();
    machine.write('/etc/redhat-release', `${release}\n`);
    replaceByFile(machine, LEGACY, 'OLD ROOTS\n');
    const outcome = await install(machine);
    expect(outcome).toMatchObject({
      status: 'not-trusted',
      changed: false,
      fix: restore,
      error: { code: 'DEVCA_TRUST_BUNDLE_DETACHED', exitStatus: 5 },
    });
    expect(outcome?.error?.message).toContain(`programs read "${LEGACY}"`);
    machine.write(FEDORA_FILE, anchorPem(ROOT));
    machine.rebuild();
    expect(await row(machine)).toMatchObject({
      status: 'partial',
      detail: `in ${FEDORA_BUNDLE}, but ${LEGACY} is a file of its own, without it`,
      fix: restore,
    });
    expect(await uninstall(machine)).toMatchObject({ status: 'not-trusted', error: undefined });
  });

  it('may be missing under names that newer versions have given up', async () => {
    const machine = fedora();
    await machine.world.exec.run('rm', ['-f', '--', LEGACY]);
    await machine.world.exec.run('rm', ['-f', '--', '/etc/pki/tls/cert.pem']);
    expect(await install(machine)).toMatchObject({ status: 'trusted' });
  });
});

describe('the verifiers of a system', () => {
  it.each([
    [
      'crashes',
      { status: 127, stderr: 'openssl: error while loading shared libraries: libssl.so.3' },
      'status 127',
    ],
    ['hangs', { status: null, signal: 'SIGKILL', timedOut: true }, 'no answer in time'],
  ])('are done without where OpenSSL %s, and the row says so', async (_what, outcome, why) => {
    const machine = recordedMachine(recordedSystem('debian-12'));
    machine.programs.set('openssl', () => outcome);
    expect(await install(machine)).toMatchObject({ status: 'trusted', changed: true });
    expect((await row(machine))?.detail).toContain(`openssl could not be asked: ${why}`);
  });

  it('include a LibreSSL, which knows none of the newer flags', async () => {
    const machine = recordedMachine(recordedSystem('openbsd-7.6'));
    machine.write('/etc/ssl/cert.pem', anchorPem(ROOT));
    const asked: string[] = [];
    machine.programs.set('openssl', (args) => {
      asked.push(args.join(' '));
      const unknown = args.find((flag) => flag.startsWith('-no-'));
      return unknown === undefined ? {} : { status: 1, stderr: `unknown option '${unknown}'\n` };
    });
    expect(await row(machine)).toMatchObject({ status: 'trusted' });
    expect(asked.at(-1)).toBe('verify -CAfile /etc/ssl/cert.pem');
  });

  it('are done without on an Alpine that has no OpenSSL', async () => {
    const machine = recordedMachine(recordedSystem('alpine-3.20'));
    expect((await install(machine))?.detail).toContain('openssl is not installed');
  });

  it('include p11-kit, which GnuTLS and NSS ask: it may have the root among the distrusted', async () => {
    const machine = fedora();
    await install(machine);
    const trust = machine.programs.get('trust');
    machine.programs.set('trust', async (args, options) => {
      const { stdout = '' } = (await trust?.(args, options)) ?? {};
      return { stdout: stdout.replace(anchorPem(ROOT), '') };
    });
    expect(await row(machine)).toMatchObject({
      status: 'partial',
      detail: `in ${FEDORA_BUNDLE}, but p11-kit does not have it among its anchors`,
    });
  });

  it('do without a p11-kit that is too old to be asked', async () => {
    const machine = fedora();
    machine.programs.set('trust', () => ({ status: 2, stderr: "p11-kit: 'dump' is not a valid command" }));
    expect(await install(machine)).toMatchObject({ status: 'trusted', changed: true });
    expect(await uninstall(machine)).toMatchObject({ status: 'not-trusted', changed: true });
  });

  it('tell what p11-kit trusts before the tool was run', async () => {
    const machine = fedora();
    machine.write(FEDORA_FILE, anchorPem(ROOT));
    expect((await row(machine))?.detail).toContain('(what asks p11-kit, as GnuTLS does, trusts it already)');
  });
});

describe("devca's file in a system's folder", () => {
  it('that somebody has edited is named, mended by an install and left alone by an uninstall', async () => {
    const machine = fedora();
    machine.write(FEDORA_FILE, `# mine\n${anchorPem(newAnchor('another'))}`);
    expect(await row(machine)).toMatchObject({
      status: 'not-trusted',
      detail: `${FEDORA_FILE} does not hold the root any more: somebody changed it`,
    });
    await uninstall(machine);
    expect(machine.read(FEDORA_FILE)).toContain('# mine');
    expect(await install(machine)).toMatchObject({ status: 'trusted', changed: true });
    expect(machine.read(FEDORA_FILE)).toBe(anchorPem(ROOT));
  });

  it('may be a link that leads nowhere, which an install replaces', async () => {
    const machine = fedora();
    const path = join(machine.world.files.realPath('/etc/pki/ca-trust/source/anchors'), 'x');
    symlinkSync('gone.pem', path.replace(/x$/, FEDORA_FILE.split('/').at(-1) ?? ''));
    expect(await row(machine)).toMatchObject({ status: 'not-trusted' });
    await machine.world.exec.run('rm', ['-f', '--', FEDORA_FILE]);
    expect(await install(machine)).toMatchObject({ status: 'trusted' });
  });

  it('is told from one of a root with the same name and another key', async () => {
    const machine = fedora();
    const twin = newAnchor('recorded');
    machine.write(`/etc/pki/ca-trust/source/anchors/devca-${twin.sha256.slice(0, 16)}.pem`, anchorPem(twin));
    machine.write(FEDORA_BUNDLE, `${machine.read(FEDORA_BUNDLE)}\n${anchorPem(twin)}`);
    expect(await row(machine)).toMatchObject({ status: 'different-root' });
  });
});

function replaceByFile(machine: RecordedMachine, path: string, text: string): void {
  const parent = machine.world.files.realPath(path.slice(0, path.lastIndexOf('/')));
  const real = join(parent, path.slice(path.lastIndexOf('/') + 1));
  rmSync(real);
  writeFileSync(real, text);
}
