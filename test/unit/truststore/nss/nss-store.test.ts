import { realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { System } from '../../../../src/platform/system.ts';
import type { World } from '../../../../src/platform/world.ts';
import { installTrust, trustStatus, uninstallTrust } from '../../../../src/truststore/trust.ts';
import { anchorNickname, anchorPem, buildTrustAnchor } from '../../../../src/truststore/trust-anchor.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { type FakeDatabase, type FakeMachine, fakeDatabase, fakeMachine, HOME } from '../fake-machine.ts';
import { writeCert9 } from './cert9-file.ts';

const FOLDER = `${HOME}/.pki/nssdb`;
const ID = `nss:${FOLDER}`;
const only = { stores: [ID] };
const anchor = buildTrustAnchor(new Uint8Array([1, 2, 3]), 'devca root alice@host 1');
const nickname = anchorNickname(anchor);

describe('an NSS database', () => {
  let machine: FakeMachine;
  let database: FakeDatabase;
  let scratch: string;
  const newMachine = (system: Partial<System> = {}): void => {
    scratch = scratchFolder();
    machine = fakeMachine({ folder: scratch, system });
    database = fakeDatabase();
    machine.programs.set('certutil', database.certutil);
    machine.write(`${FOLDER}/cert9.db`);
  };
  beforeEach(() => newMachine());
  const row = async () => (await trustStatus(anchor, only, machine.world))[0];
  const install = async () => (await installTrust(anchor, only, machine.world))[0];
  const withPasswordFile = (path: string): World => {
    const { system } = machine.world;
    const environment = { ...system.environment, DEVCA_NSS_PASSWORD_FILE: path };
    return { ...machine.world, system: { ...system, environment } };
  };

  it('gets the root with trust for TLS servers only, from standard input', async () => {
    expect(await row()).toMatchObject({ status: 'not-trusted', fix: `devca trust install --store ${ID}` });
    expect(await install()).toMatchObject({ id: ID, status: 'trusted', changed: true, error: undefined });
    expect(machine.commands).toContain(`/usr/bin/certutil -A -d sql:${FOLDER} -t C,, -n ${nickname} -a`);
    expect(database.entries.get(nickname)).toMatchObject({ trust: 'C,,', pem: anchorPem(anchor) });
  });

  it('loses exactly what devca added', async () => {
    database.entries.set('mkcert development CA', { trust: 'C,,', pem: '', sha256: '' });
    await install();
    const [outcome] = await uninstallTrust(anchor, only, machine.world);
    expect(outcome).toMatchObject({ status: 'not-trusted', changed: true });
    expect([...database.entries.keys()]).toEqual(['mkcert development CA']);
  });

  it('keeps a certificate that somebody else had made trusted', async () => {
    database.entries.set('my own', { trust: 'C,,', pem: anchorPem(anchor), sha256: anchor.sha256 });
    expect(await install()).toMatchObject({ status: 'trusted', changed: false });
    const [outcome] = await uninstallTrust(anchor, only, machine.world);
    expect(outcome).toMatchObject({ status: 'trusted', changed: false });
    expect(outcome?.detail).toContain('which devca did not add');
  });

  it('does not give old flags back without the primary password that somebody set meanwhile', async () => {
    database.entries.set('my own', { trust: ',,', pem: anchorPem(anchor), sha256: anchor.sha256 });
    expect(await install()).toMatchObject({ status: 'trusted', changed: true });
    database.failWith = 'SEC_ERROR_BAD_PASSWORD';
    const [outcome] = await uninstallTrust(anchor, only, machine.world);
    expect(outcome).toMatchObject({
      error: {
        code: 'DEVCA_TRUST_NSS_PASSWORD',
        hints: [
          expect.stringContaining('devca trust uninstall'),
          expect.stringContaining('DEVCA_NSS_PASSWORD_FILE='),
        ],
      },
    });
    database.failWith = undefined;
    await uninstallTrust(anchor, only, machine.world);
    expect(database.entries.get('my own')?.trust).toBe(',,');
  });

  it('is not touched where the tool is missing; the hint names the package of this system', async () => {
    machine.programs.delete('certutil');
    expect(await row()).toMatchObject({
      status: 'tool-missing',
      fix: 'install the package that brings certutil, then run the same command again',
    });
    machine.programs.set('dnf', () => ({}));
    expect(await row()).toMatchObject({
      status: 'tool-missing',
      fix: expect.stringMatching(/dnf install -y nss-tools$/),
    });
    machine.programs.set('apt-get', () => ({}));
    expect(await install()).toMatchObject({
      status: 'tool-missing',
      fix: expect.stringMatching(/apt-get install -y libnss3-tools$/),
      error: { code: 'DEVCA_TRUST_TOOL_MISSING', exitStatus: 5 },
    });
  });

  it("does not run Windows' program of the same name", async () => {
    newMachine({ platform: 'win32' });
    expect(await row()).toMatchObject({ status: 'tool-missing' });
    expect(machine.commands).toEqual([]);
  });

  it.each([
    [
      'SEC_ERROR_BAD_PASSWORD: The security password entered is incorrect.',
      'DEVCA_TRUST_NSS_PASSWORD',
      'permission',
    ],
    ['SEC_ERROR_READ_ONLY: security library: read-only database.', 'DEVCA_TRUST_NSS_READ_ONLY', 'permission'],
    ['SEC_ERROR_BAD_DATABASE: security library: bad database.', 'DEVCA_TRUST_NSS_UNREADABLE', 'unknown'],
    ['SEC_ERROR_SOMETHING: else', 'DEVCA_TRUST_COMMAND_FAILED', 'unknown'],
  ])('explains %j', async (stderr, code, status) => {
    database.failWith = `certutil: function failed: ${stderr}`;
    const outcome = await install();
    expect(outcome).toMatchObject({ status, changed: false, error: { code, exitStatus: 5 } });
    expect(outcome?.error?.hints.length).toBeGreaterThan(0);
    expect(database.entries.size).toBe(0);
  });

  it('is found under a nickname with a colon, which stands behind the name of the token', async () => {
    writeCert9(join(scratch, FOLDER, 'cert9.db'), { anchor, nickname: 'foo:bar', newTrust: false });
    const found = { trust: 'C,,', pem: anchorPem(anchor), sha256: anchor.sha256 };
    database.entries.set('NSS Certificate DB:foo:bar', found);
    expect(await row()).toMatchObject({ status: 'trusted', detail: expect.stringContaining('foo:bar') });
    expect(await install()).toMatchObject({ changed: false });
  });

  it('takes the primary password from a file, whose path alone is an argument', async () => {
    database.failWith = 'SEC_ERROR_BAD_PASSWORD';
    const { certutil } = database;
    machine.programs.set('certutil', (args, options) => {
      database.failWith = args.includes('/run/password') ? undefined : 'SEC_ERROR_BAD_PASSWORD';
      return certutil(args, options);
    });
    const [outcome] = await installTrust(anchor, only, withPasswordFile('/run/password'));
    expect(outcome).toMatchObject({ status: 'trusted', changed: true });
    expect(machine.commands.find((command) => command.includes(' -A '))).toContain(' -f /run/password');
  });

  it('is not touched with a password that is not its own', async () => {
    database.failWith = 'SEC_ERROR_BAD_PASSWORD';
    const [outcome] = await installTrust(anchor, only, withPasswordFile('/run/p'));
    expect(outcome).toMatchObject({
      status: 'permission',
      error: { code: 'DEVCA_TRUST_NSS_PASSWORD_WRONG' },
    });
    expect(database.entries.size).toBe(0);
  });

  it.each([
    ['a program that does not start', { status: 127, stderr: 'libnss3.so: cannot open shared object file' }],
    ['a program that says nothing', { status: null, timedOut: true }],
    ["another program of the tool's name", { status: 1, stderr: 'CertUtil: Unknown arg: -H' }],
  ])('is not touched with %s', async (_what, outcome) => {
    machine.programs.set('certutil', () => outcome);
    machine.programs.set('apt-get', () => ({}));
    expect(await install()).toMatchObject({
      status: 'tool-missing',
      fix: expect.stringMatching(/apt-get install -y libnss3-tools$/),
      error: { code: 'DEVCA_TRUST_TOOL_BROKEN' },
    });
  });

  it('that hangs has its row, and many that hang do not take long each', async () => {
    const limits: (number | undefined)[] = [];
    machine.programs.set('certutil', (args, options) => {
      if (args[0] === '-H') return database.certutil(args, options);
      limits.push(options.timeoutMs);
      return { status: null, timedOut: true };
    });
    for (let index = 0; index < 20; index++) machine.write(`${HOME}/.mozilla/firefox/p${index}/cert9.db`);
    const rows = await trustStatus(anchor, { stores: ['nss'] }, machine.world);
    expect(rows).toHaveLength(21);
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['unknown']));
    expect(limits.filter((limit) => limit !== 1_000).length).toBeLessThan(12);
  });

  it('is asked for its tool once, however many profiles there are', async () => {
    for (let index = 0; index < 20; index++) machine.write(`${HOME}/.mozilla/firefox/p${index}/cert9.db`);
    await installTrust(anchor, { stores: ['nss'] }, machine.world);
    expect(machine.commands.filter((command) => command.endsWith('certutil -H'))).toHaveLength(1);
  });

  it('is not asked where a pipe or a folder stands in its place', async () => {
    machine.write(`${HOME}/.mozilla/firefox/odd/cert9.db`);
    machine.write(`${HOME}/.mozilla/firefox/odd/key4.db/x`);
    const rows = await trustStatus(anchor, { stores: ['nss'] }, machine.world);
    expect(rows.find(({ id }) => id.endsWith('/odd'))).toMatchObject({
      status: 'unknown',
      detail: expect.stringContaining('is a folder, not a file'),
    });
    expect(machine.commands.filter((command) => command.includes('/odd'))).toEqual([]);
  });

  it('belongs to its owner: root leaves the database of another user alone', async () => {
    newMachine({ uid: (process.getuid?.() ?? 0) + 1 });
    expect(await install()).toMatchObject({
      status: 'permission',
      error: { code: 'DEVCA_TRUST_FOREIGN_OWNER' },
    });
    expect(machine.commands.filter((command) => command.includes(' -A '))).toEqual([]);
  });

  it('counts as done where it is gone at the time of the uninstall', async () => {
    await install();
    machine.programs.get('rm')?.(['-f', '--', `${FOLDER}/cert9.db`], {});
    const outcomes = await uninstallTrust(anchor, {}, machine.world);
    expect(outcomes.find(({ id }) => id === ID)).toMatchObject({ changed: false, error: undefined });
  });
});

describe('a profile of Firefox', () => {
  const PROFILE = `${HOME}/.mozilla/firefox/abc.default`;
  const options = { stores: [`nss:${PROFILE}`] };
  const entry = (trust: string) => ({ trust, pem: anchorPem(anchor), sha256: anchor.sha256 });
  let machine: FakeMachine;
  let database: FakeDatabase;
  let scratch: string;
  const newMachine = (system: Partial<System> = {}): void => {
    scratch = scratchFolder();
    machine = fakeMachine({ folder: scratch, system });
    database = fakeDatabase();
    machine.programs.set('certutil', database.certutil);
  };
  const fill = (nickname: string | undefined): void =>
    writeCert9(join(scratch, PROFILE, 'cert9.db'), { anchor, nickname, newTrust: true });
  beforeEach(() => newMachine());

  it('may trust the root by a record of its own that this certutil does not know, and cannot take away', async () => {
    fill('devca root alice@host 1');
    database.entries.set('devca root alice@host 1', entry(',,'));
    expect(await trustStatus(anchor, options, machine.world)).toMatchObject([
      { status: 'trusted', detail: expect.stringContaining('the browser itself made trusted') },
    ]);
    const [outcome] = await uninstallTrust(anchor, options, machine.world);
    expect(outcome).toMatchObject({
      status: 'trusted',
      error: {
        code: 'DEVCA_TRUST_NSS_IMPORTED',
        hints: [expect.stringContaining('View Certificates'), expect.anything()],
      },
    });
    expect(database.entries.size).toBe(1);
  });

  it('loses such a root to a certutil that does know it', async () => {
    fill('devca root alice@host 1');
    database.entries.set('devca root alice@host 1', entry('CT,CT,'));
    await uninstallTrust(anchor, options, machine.world);
    expect(database.entries.size).toBe(0);
  });

  it('is trusted in part where such a record outlived its certificate', async () => {
    fill(undefined);
    expect(await trustStatus(anchor, options, machine.world)).toMatchObject([
      { status: 'partial', detail: expect.stringContaining('servers that send the root along') },
    ]);
  });

  it('that takes no roots from Windows cannot be changed there, and says what people can do', async () => {
    newMachine({ platform: 'win32' });
    const profile = `${HOME}/AppData/Roaming/Mozilla/Firefox/Profiles/abc`;
    machine.write(`${profile}/cert9.db`);
    machine.write(`${profile}/compatibility.ini`, 'LastVersion=115.30.0_2025\n');
    const stores = { stores: ['nss'] };
    expect(await trustStatus(anchor, stores, machine.world)).toMatchObject([{ status: 'not-trusted' }]);
    expect(await installTrust(anchor, stores, machine.world)).toMatchObject([
      {
        error: {
          code: 'DEVCA_TRUST_NSS_SYSTEM_ROOTS_OFF',
          hints: [expect.stringContaining('security.enterprise_roots.enabled')],
        },
      },
    ]);
    expect(await uninstallTrust(anchor, stores, machine.world)).toMatchObject([{ error: undefined }]);
  });

  it('that is open says that it has to be started again, unless its lock is one of a crash', async () => {
    machine.write(`${PROFILE}/cert9.db`);
    machine.write(`${PROFILE}/.parentlock`);
    machine.write('/proc/self/x');
    symlinkSync('127.0.1.1:+4711', join(scratch, PROFILE, 'lock'));
    const install = async () => (await installTrust(anchor, options, machine.world))[0]?.detail;
    expect(await install()).not.toContain('restarted');
    await uninstallTrust(anchor, options, machine.world);
    machine.write('/proc/4711/fd/.keep');
    symlinkSync('/elsewhere', join(scratch, '/proc/4711/fd/3'));
    expect(await install()).not.toContain('restarted');
    await uninstallTrust(anchor, options, machine.world);
    symlinkSync(realpathSync(join(scratch, PROFILE, '.parentlock')), join(scratch, '/proc/4711/fd/4'));
    expect(await install()).toContain('the browser that is running (process 4711) sees it once restarted');
  });
});

describe('a browser that policies bring the root', () => {
  let machine: FakeMachine;
  beforeEach(() => {
    machine = fakeMachine({ folder: scratchFolder() });
    machine.write(`${HOME}/.pki/nssdb/cert9.db`);
    machine.write(`${HOME}/.mozilla/firefox/abc/cert9.db`);
    for (const program of ['chromium', 'brave-browser']) machine.programs.set(program, () => ({}));
  });
  const rows = async () =>
    (await trustStatus(anchor, { stores: ['nss'] }, machine.world)).map(({ status, detail }) => [
      status,
      detail,
    ]);
  const install = (store: string) => installTrust(anchor, { stores: [store] }, machine.world);

  it('counts as one that trusts it where there is no certutil to ask, once all that share a database have it', async () => {
    const missing = ['tool-missing', expect.anything()];
    expect(await rows()).toEqual([missing, missing]);
    await install('firefox-policy');
    expect(await rows()).toEqual([missing, ['trusted', expect.stringContaining('/etc/firefox/policies')]]);
    await install('chromium-policy:/etc/chromium/policies/managed');
    expect(await rows()).toEqual([missing, expect.anything()]);
    await install('chromium-policy');
    expect(await rows()).toEqual([['trusted', expect.stringContaining('/etc/brave')], expect.anything()]);
  });

  it('says that it will have the root where certutil does not find it', async () => {
    await install('firefox-policy');
    machine.programs.set('certutil', fakeDatabase().certutil);
    expect((await rows())[1]).toEqual([
      'not-trusted',
      expect.stringContaining('brings it at the next start'),
    ]);
  });
});

describe('the database that Chromium and its kin share', () => {
  it('names those of them that are running', async () => {
    const scratch = scratchFolder();
    const machine = fakeMachine({ folder: scratch });
    machine.programs.set('certutil', fakeDatabase().certutil);
    machine.write(`${HOME}/.pki/nssdb/cert9.db`);
    for (const [folder, id] of [
      ['chromium', 4711],
      ['BraveSoftware/Brave-Browser', 4712],
      ['vivaldi', 9],
    ]) {
      machine.write(`${HOME}/.config/${folder}/Default/x`);
      symlinkSync(`host-${id}`, join(scratch, HOME, '.config', String(folder), 'SingletonLock'));
    }
    for (const id of ['self', '4711', '4712']) machine.write(`/proc/${id}/x`);
    const [outcome] = await installTrust(anchor, only, machine.world);
    expect(outcome?.detail).toContain('(Chromium, process 4711; Brave, process 4712)');
  });
});
