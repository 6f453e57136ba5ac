import { beforeEach, describe, expect, it } from '@jest/globals';
import { DevcaError } from '../../../../src/errors/devca-error.ts';
import { sha256Hex } from '../../../../src/pki/fingerprint.ts';
import {
  installTrust,
  planScript,
  planTrust,
  trustStatus,
  uninstallTrust,
} from '../../../../src/truststore/trust.ts';
import { anchorFileName, anchorPem } from '../../../../src/truststore/trust-anchor.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { newAnchor } from '../../../support/trust-lab.ts';
import { type FakeMachine, fakeMachine, HOME } from '../fake-machine.ts';
import { type FakeWindows, installWindows } from './fake-windows.ts';

const anchor = newAnchor('wsl');
const SHARE = '\\\\wsl.localhost\\Ubuntu';
const FILE = `${HOME}/.local/state/devca/${anchorFileName(anchor)}.pem`;
const KERNEL_1 = 'Linux version 4.4.0-22621-Microsoft (Microsoft@Microsoft.com)';
const KERNEL_2 = 'Linux version 5.15.153.1-microsoft-standard-WSL2 (root@941d701f84f1)';

describe('Linux inside of Windows', () => {
  let machine: FakeMachine;
  let windows: FakeWindows;
  beforeEach(() => {
    machine = inside({ HOME, WSL_DISTRO_NAME: 'Ubuntu' });
    windows = installWindows(machine, (path) => path.replace(SHARE, '').replaceAll('\\', '/'));
  });
  const only = { stores: ['wsl-windows-user'] };
  const row = async () => (await trustStatus(anchor, only, machine.world))[0];
  const install = async () => (await installTrust(anchor, only, machine.world))[0];
  const uninstall = async () => (await uninstallTrust(anchor, only, machine.world))[0];

  it("reaches the Windows user's store with a file that Windows sees", async () => {
    expect(await row()).toMatchObject({ status: 'not-trusted' });
    const plan = await planTrust('install', anchor, only, machine.world);
    expect(planScript(plan, machine.world)).toBe(
      [
        '## wsl-windows-user',
        '# make the folder for the next step',
        `install -d -m 0700 ${HOME}/.local/state/devca`,
        '# bring the root to a file for the next step',
        `install -m 0644 /dev/null ${FILE}`,
        `dd of=${FILE} conv=notrunc,fsync status=none <<'DEVCA_END'`,
        `${anchorPem(anchor)}DEVCA_END`,
        '# add the root: Windows asks in a window',
        `/mnt/c/Windows/System32/certutil.exe -user -addstore Root '${SHARE}${FILE.replaceAll('/', '\\')}'`,
        '# remove that file again',
        `rm -f -- ${FILE}`,
        '',
      ].join('\n'),
    );
    expect(await install()).toMatchObject({ status: 'trusted', changed: true, error: undefined });
    expect(windows.user.map(sha256Hex)).toEqual([anchor.sha256]);
    expect(await uninstall()).toMatchObject({ status: 'not-trusted', changed: true });
    expect(machine.has(FILE)).toBe(false);
  });

  it('takes the name that an older Windows has for its files', async () => {
    const share = '\\\\wsl$\\Debian';
    machine.programs.set('wslpath', ([flag = '', path = '']) => ({
      stdout:
        flag === '-u'
          ? path.replace('C:', '/mnt/c').replaceAll('\\', '/')
          : `${share}${path.replaceAll('/', '\\')}`,
    }));
    const plan = await planTrust('install', anchor, only, machine.world);
    expect(planScript(plan, machine.world)).toContain(`'${share}${FILE.replaceAll('/', '\\')}'`);
  });

  it('sees what remains of the exit status of somebody who says no', async () => {
    windows.answer = 'cancel';
    windows.cancelStatus = 0xc7;
    expect(await install()).toMatchObject({
      status: 'permission',
      error: { code: 'DEVCA_TRUST_DIALOG_CANCELLED' },
    });
  });

  it('has a row for the stores on both sides', async () => {
    machine.write('/etc/debian_version');
    const ids = (await trustStatus(anchor, {}, machine.world)).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['system', 'wsl-windows-user']));
    expect(ids).not.toContain('windows-user');
  });

  it.each([
    ['the kernel refuses it', () => failToStart('spawn ENOEXEC')],
    [
      'its helper fails',
      () => ({ status: 1, stderr: '<3>WSL (225) ERROR: UtilAcceptVsock:250: accept4 failed 110' }),
    ],
  ])('says how to let Linux start programs of Windows where %s', async (_, reg) => {
    machine.programs.set('reg.exe', reg);
    expect(await row()).toMatchObject({
      status: 'unknown',
      fix: "printf '[interop]\\nenabled=true\\n' | sudo tee -a /etc/wsl.conf",
    });
    expect(await install()).toMatchObject({ error: { code: 'DEVCA_TRUST_WINDOWS_UNREACHABLE' } });
  });

  it('says so where the drive of Windows is not there', async () => {
    machine.programs.delete('certutil.exe');
    expect(await row()).toMatchObject({ status: 'unknown', detail: expect.stringContaining('certutil.exe') });
    machine.programs.delete('wslpath');
    expect(await row()).toMatchObject({ status: 'unknown' });
  });

  it.each([
    ['WSL 2 by its kernel', KERNEL_2],
    ['WSL 1 by its kernel', KERNEL_1],
  ])('is recognised where sudo took the variables away: %s', async (_, version) => {
    machine = inside({ HOME });
    machine.write('/proc/version', `${version}\n`);
    expect(await ids()).toContain('wsl-windows-user');
  });

  it('is neither a container on such a kernel nor any other Linux', async () => {
    machine = fakeMachine({ folder: scratchFolder() });
    machine.write('/proc/version', KERNEL_2);
    expect(await ids()).not.toContain('wsl-windows-user');
    machine.programs.set('wslpath', () => ({}));
    machine.write('/proc/version', 'Linux version 6.1.0-18-amd64 (debian-kernel@lists.debian.org)');
    expect(await ids()).not.toContain('wsl-windows-user');
    expect(await row()).toMatchObject({ status: 'unsupported' });
  });

  const ids = async () => (await trustStatus(anchor, {}, machine.world)).map(({ id }) => id);
});

function inside(environment: Record<string, string>): FakeMachine {
  const machine = fakeMachine({ folder: scratchFolder(), system: { environment } });
  machine.write('/tmp/.keep');
  machine.write(`${HOME}/.profile`);
  machine.programs.set('wslpath', ([flag = '', path = '']) => {
    if (flag === '-u') return { stdout: `${path.replace('C:', '/mnt/c').replaceAll('\\', '/')}\n` };
    if (!machine.has(path)) return { status: 1, stderr: `wslpath: ${path}` };
    return { stdout: `${SHARE}${path.replaceAll('/', '\\')}\n` };
  });
  return machine;
}

function failToStart(stderr: string): never {
  throw new DevcaError('DEVCA_PROGRAM_FAILED', { program: 'reg.exe', status: 'not started', stderr });
}
