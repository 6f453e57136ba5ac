import { hash } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../../../../src/pki/fingerprint.ts';
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
import { type FakeWindows, installWindows } from './fake-windows.ts';

const anchor = newAnchor('windows');
const other = newAnchor('another');
const THUMBPRINT = hash('sha1', anchor.certificate);
const HOME = 'C:\\Users\\Jürgen Öz’s';
const LOCAL = `${HOME}\\AppData\\Local`;
const FILE = `${LOCAL}\\devca\\${anchorFileName(anchor)}.pem`;
const CERTUTIL = 'C:\\Windows\\System32\\certutil.exe';

function windowsMachine(): FakeMachine {
  const machine = fakeMachine({
    folder: scratchFolder(),
    canAsk: true,
    system: {
      platform: 'win32',
      uid: undefined,
      homeFolder: HOME,
      workingFolder: HOME,
      environment: {
        USERPROFILE: HOME,
        LOCALAPPDATA: LOCAL,
        SystemRoot: 'C:\\Windows',
        TEMP: `${LOCAL}\\Temp`,
      },
    },
  });
  machine.write(`${LOCAL}\\Temp\\.keep`);
  // Windows 11 has a program of this name, which opens a window of its own; and NSS has a certutil.
  machine.programs.set('sudo', () => ({ status: 1 }));
  machine.programs.set('certutil', () => ({ status: 255 }));
  return machine;
}

describe("a Windows user's Root store", () => {
  let machine: FakeMachine;
  let windows: FakeWindows;
  beforeEach(() => {
    machine = windowsMachine();
    windows = installWindows(machine);
  });
  const only = { stores: ['windows-user'] };
  const row = async () => (await trustStatus(anchor, only, machine.world))[0];
  const install = async () => (await installTrust(anchor, only, machine.world))[0];
  const uninstall = async () => (await uninstallTrust(anchor, only, machine.world))[0];

  it.each(['en', 'de'] as const)('takes the root and gives it up again (%s)', async (language) => {
    windows.language = language;
    expect(await row()).toMatchObject({
      status: 'not-trusted',
      fix: 'devca trust install --store windows-user',
    });
    expect(await install()).toMatchObject({ status: 'trusted', changed: true, error: undefined });
    expect(windows.user.map(sha256Hex)).toEqual([anchor.sha256]);
    expect(await install()).toMatchObject({ changed: false });
    expect(machine.has(FILE)).toBe(false);
    expect(await uninstall()).toMatchObject({ status: 'not-trusted', changed: true, error: undefined });
    expect(windows.user).toEqual([]);
    expect(machine.commands.filter((command) => command.startsWith('sudo'))).toEqual([]);
    expect(await uninstall()).toMatchObject({ changed: false, error: undefined });
  });

  it('is planned as commands for PowerShell', async () => {
    const quoted = `'${FILE.replace('’', '’’')}'`;
    const plan = await planTrust('install', anchor, only, machine.world);
    expect(planScript(plan, machine.world)).toBe(
      [
        '## windows-user',
        '# bring the root to a file for the next step',
        `$null = New-Item -Force -ItemType Directory -Path (Split-Path -Parent -Path ${quoted})`,
        `Set-Content -LiteralPath ${quoted} -Encoding ascii -Value @'`,
        `${anchorPem(anchor).trimEnd()}`,
        "'@",
        '# add the root: Windows asks in a window',
        `& ${CERTUTIL} -user -addstore Root ${quoted}`,
        'if ($LASTEXITCODE -ne 0) { throw "status $LASTEXITCODE" }',
        '# remove that file again',
        `Remove-Item -LiteralPath ${quoted} -ErrorAction SilentlyContinue`,
        '',
      ].join('\n'),
    );
    await install();
    const removal = await planTrust('uninstall', anchor, only, machine.world);
    expect(removal[0]?.steps).toEqual([
      {
        kind: 'run',
        program: CERTUTIL,
        args: ['-user', '-delstore', 'Root', THUMBPRINT],
        needsRoot: false,
        why: 'remove the root: Windows asks in a window',
      },
    ]);
  });

  it.each([
    ['cancel', 0x800704c7, 'DEVCA_TRUST_DIALOG_CANCELLED'],
    ['cancel', 1223, 'DEVCA_TRUST_DIALOG_CANCELLED'],
    ['silence', 0, 'DEVCA_TRUST_DIALOG_UNANSWERED'],
  ] as const)('keeps nothing where the window gets %s (%i) for an answer', async (answer, status, code) => {
    windows.answer = answer;
    windows.cancelStatus = status;
    windows.language = 'de';
    expect(await install()).toMatchObject({
      status: 'permission',
      changed: false,
      error: { code, exitStatus: 5 },
    });
    expect(windows.user).toEqual([]);
    expect(machine.has(FILE)).toBe(false);
  });

  it('keeps the root where somebody says no to its removal', async () => {
    await install();
    windows.answer = 'cancel';
    const outcome = await uninstall();
    expect(outcome).toMatchObject({ changed: false, error: { code: 'DEVCA_TRUST_DIALOG_CANCELLED' } });
    expect(outcome?.fix).toBe('devca trust uninstall --store windows-user');
    expect(await row()).toMatchObject({ status: 'trusted' });
  });

  it('is partial where the root is there and Windows refuses it all the same', async () => {
    windows.user.push(anchor.certificate);
    windows.distrusted.add(anchor.sha256);
    expect(await row()).toMatchObject({
      status: 'partial',
      detail: 'in the Root store of the Windows user, but Windows says: CERT_TRUST_IS_EXPLICIT_DISTRUST',
    });
  });

  it('tells another root of devca from this one, and says where trust comes from elsewhere', async () => {
    windows.user.push(new Uint8Array([1]), other.certificate);
    expect(await row()).toMatchObject({
      status: 'different-root',
      detail: 'only "devca root alice@host 1" is in the Root store of the Windows user',
    });
    windows.machine.push(anchor.certificate);
    expect(await row()).toMatchObject({
      status: 'trusted',
      detail: 'not in the Root store of the Windows user, but trusted from elsewhere',
    });
    await uninstall();
    expect(windows.user).toHaveLength(2);
  });

  it('has a row where its tools hang, fail or are missing', async () => {
    windows.hangs = true;
    expect(await row()).toMatchObject({ status: 'unknown' });
    machine.programs.set('reg.exe', () => ({ status: 5, stderr: 'Zugriff verweigert' }));
    expect(await row()).toMatchObject({ status: 'unknown', detail: expect.stringContaining('Zugriff') });
    machine.programs.delete('certutil.exe');
    expect(await row()).toMatchObject({
      status: 'tool-missing',
      detail: expect.stringContaining(CERTUTIL),
    });
  });
});

describe('the Root stores of Windows', () => {
  it('are examined for what somebody added, which Microsoft did not', async () => {
    const machine = windowsMachine();
    const windows = installWindows(machine);
    windows.user.push(anchor.certificate);
    windows.machine.push(Buffer.from('Microsoft Root'), other.certificate);
    const found = await examineStores(machine.world);
    const removals = found.map(({ id, entries }) => [id, entries.map(({ remove }) => remove)]);
    expect(removals).toContainEqual(['windows-user', [`${CERTUTIL} -user -delstore Root ${THUMBPRINT}`]]);
    expect(removals).toContainEqual([
      'windows-machine',
      [`${CERTUTIL} -delstore Root ${hash('sha1', other.certificate)}`],
    ]);
  });
});

describe("a Windows computer's Root store", () => {
  let machine: FakeMachine;
  let windows: FakeWindows;
  beforeEach(() => {
    machine = windowsMachine();
    windows = installWindows(machine);
  });
  const only = { stores: ['windows-machine'] };
  const install = async () => (await installTrust(anchor, only, machine.world))[0];

  it('needs an administrator, and says how to become one', async () => {
    const outcome = await install();
    expect(outcome).toMatchObject({
      status: 'permission',
      changed: false,
      error: { code: 'DEVCA_TRUST_NEEDS_ADMINISTRATOR', exitStatus: 5 },
    });
    expect(outcome?.detail).toContain('Run as administrator');
    expect(windows.machine).toEqual([]);
    const [preview] = await planTrust('install', anchor, only, machine.world);
    expect(planScript(preview === undefined ? [] : [preview], machine.world)).toContain(
      `# add the root (in a window that was opened as administrator)\n& ${CERTUTIL} -addstore Root `,
    );
  });

  it('is changed by an administrator and judged as the computer sees it', async () => {
    windows.elevated = true;
    expect(await install()).toMatchObject({ status: 'trusted', changed: true });
    expect(machine.commands.filter((command) => command.includes('-verify')).at(-1)).not.toContain('-user');
    const rows = await uninstallTrust(anchor, {}, machine.world);
    expect(rows.find(({ id }) => id === 'windows-machine')).toMatchObject({ changed: true });
    expect(windows.machine).toEqual([]);
  });

  it('says so where Windows refuses an administrator too', async () => {
    windows.elevated = true;
    windows.answer = 'denied';
    expect(await install()).toMatchObject({ error: { code: 'DEVCA_TRUST_NEEDS_ADMINISTRATOR' } });
  });

  it('is left alone where it is not named, and content where this user trusts the root', async () => {
    const [, before] = await trustStatus(anchor, {}, machine.world);
    expect(before).toMatchObject({
      id: 'windows-machine',
      status: 'unsupported',
      detail: 'for other users and services; changed only with "--store windows-machine"',
    });
    const rows = await installTrust(anchor, {}, machine.world);
    expect(rows.filter(({ changed }) => changed).map(({ id }) => id)).toEqual(['windows-user']);
    expect(rows.find(({ id }) => id === 'windows-machine')).toMatchObject({ status: 'trusted' });
    expect((await trustStatus(anchor, only, machine.world))[0]).toMatchObject({ status: 'not-trusted' });
  });
});
