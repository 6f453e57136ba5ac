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
import { type FakeSecurity, installSecurity, LOGIN_KEYCHAIN, SYSTEM_KEYCHAIN } from './fake-security.ts';

const anchor = newAnchor('mac');
const other = newAnchor('another');
const HASH = anchor.sha256.toUpperCase();
const SUPPORT = '/Users/ada/Library/Application Support';
const FILE = `${SUPPORT}/devca/${anchorFileName(anchor)}.pem`;
const ROOT_FILE = `/Library/Application Support/${anchorFileName(anchor)}.pem`;

function macintosh(options: { uid?: number; canAsk?: boolean } = {}): FakeMachine {
  const { uid = 501, canAsk = true } = options;
  const machine = fakeMachine({
    folder: scratchFolder(),
    canAsk,
    system: { platform: 'darwin', uid, homeFolder: '/Users/ada', environment: { HOME: '/Users/ada' } },
  });
  machine.write('/tmp/.keep');
  machine.programs.set('sudo', () => ({}));
  return machine;
}

describe('the macOS login keychain', () => {
  let machine: FakeMachine;
  let security: FakeSecurity;
  beforeEach(() => {
    machine = macintosh();
    security = installSecurity(machine);
  });
  const only = { stores: ['macos-login'] };
  const row = async () => (await trustStatus(anchor, only, machine.world))[0];
  const install = async () => (await installTrust(anchor, only, machine.world))[0];
  const uninstall = async () => (await uninstallTrust(anchor, only, machine.world))[0];
  const inLogin = () => (security.keychains.get(LOGIN_KEYCHAIN) ?? []).map(sha256Hex);

  it('takes the root with trust for TLS alone, without sudo, and gives it up again', async () => {
    expect(await row()).toMatchObject({
      status: 'not-trusted',
      detail: `not in ${LOGIN_KEYCHAIN}: CSSMERR_TP_NOT_TRUSTED`,
      fix: 'devca trust install --store macos-login',
    });
    expect(await install()).toMatchObject({ status: 'trusted', changed: true, detail: LOGIN_KEYCHAIN });
    expect(await install()).toMatchObject({ status: 'trusted', changed: false });
    expect(inLogin()).toEqual([anchor.sha256]);
    expect(await uninstall()).toMatchObject({ status: 'not-trusted', changed: true, error: undefined });
    expect(inLogin()).toEqual([]);
    expect([...security.trusted.user]).toEqual([]);
    expect(await uninstall()).toMatchObject({ changed: false, error: undefined });
    expect(machine.commands.filter((command) => command.startsWith('sudo'))).toEqual([]);
    expect(machine.has(FILE)).toBe(false);
  });

  it('is planned as commands that can be pasted', async () => {
    const plan = await planTrust('install', anchor, only, machine.world);
    expect(planScript(plan, machine.world)).toBe(
      [
        '## macos-login',
        '# make the folder for the next step',
        `install -d -m 0700 '${SUPPORT}/devca'`,
        '# bring the root to a file for the next step',
        `install -m 0644 /dev/null '${FILE}'`,
        `dd 'of=${FILE}' conv=notrunc <<'DEVCA_END'`,
        `${anchorPem(anchor)}DEVCA_END`,
        '# add the root and trust it for TLS: macOS asks in a window',
        `/usr/bin/security add-trusted-cert -r trustRoot -p ssl -p basic -k ${LOGIN_KEYCHAIN} '${FILE}'`,
        '# remove that file again',
        `rm -f -- '${FILE}'`,
        '# let macOS take notice',
        '/bin/sleep 3',
        '',
      ].join('\n'),
    );
    await install();
    const removal = await planTrust('uninstall', anchor, only, machine.world);
    expect(planScript(removal, machine.world)).toBe(
      [
        '## macos-login',
        '# remove the root',
        `/usr/bin/security delete-certificate -Z ${HASH} -t ${LOGIN_KEYCHAIN}`,
        '# let macOS take notice',
        '/bin/sleep 3',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['cancel', 'DEVCA_TRUST_DIALOG_CANCELLED'],
    ['silence', 'DEVCA_TRUST_DIALOG_UNANSWERED'],
    ['ssh', 'DEVCA_TRUST_DIALOG_IMPOSSIBLE'],
  ] as const)('keeps nothing where the window gets %s for an answer', async (answer, code) => {
    security.answer = answer;
    expect(await install()).toMatchObject({
      status: 'permission',
      changed: false,
      error: { code, exitStatus: 5 },
    });
    expect(inLogin()).toEqual([]);
    expect(machine.has(FILE)).toBe(false);
    expect(await row()).toMatchObject({ status: 'not-trusted' });
  });

  it('keeps the root where somebody says no to its removal', async () => {
    await install();
    security.answer = 'cancel';
    const outcome = await uninstall();
    expect(outcome).toMatchObject({ changed: false, error: { code: 'DEVCA_TRUST_DIALOG_CANCELLED' } });
    expect(outcome?.fix).toBe('devca trust uninstall --store macos-login');
    expect(await row()).toMatchObject({ status: 'trusted' });
    security.answer = 'yes';
    expect(await uninstall()).toMatchObject({ status: 'not-trusted', changed: true });
  });

  it('gives up trust that outlived its certificate, also at the second attempt', async () => {
    await install();
    security.keychains.set(LOGIN_KEYCHAIN, []);
    security.keychains.get(SYSTEM_KEYCHAIN)?.push(anchor.certificate);
    security.answer = 'cancel';
    expect(await uninstall()).toMatchObject({
      changed: false,
      error: { code: 'DEVCA_TRUST_DIALOG_CANCELLED' },
    });
    security.answer = 'yes';
    expect(await uninstall()).toMatchObject({ status: 'not-trusted', changed: true });
    expect(machine.commands).toContain(`/usr/bin/security remove-trusted-cert ${FILE}`);
    expect(machine.has(FILE)).toBe(false);
  });

  it('is partial where the certificate is there without trust, or one policy refuses it', async () => {
    security.keychains.get(LOGIN_KEYCHAIN)?.push(anchor.certificate);
    expect(await row()).toMatchObject({
      status: 'partial',
      detail: `in ${LOGIN_KEYCHAIN}, but macOS says: CSSMERR_TP_NOT_TRUSTED`,
    });
    security.trusted.user.add(anchor.sha256);
    security.refusedPolicies.add('basic');
    expect(await row()).toMatchObject({
      status: 'partial',
      detail: 'refused for the policy basic: CSSMERR_TP_NOT_TRUSTED',
    });
    // What is said where all that is wrong has nothing to do with trust.
    security.refusal = 'No error.';
    expect(await row()).toMatchObject({ status: 'trusted' });
  });

  it('tells another root of devca from this one, and says where trust comes from elsewhere', async () => {
    security.keychains.get(LOGIN_KEYCHAIN)?.push(other.certificate, new Uint8Array([1, 2, 3]));
    expect(await row()).toMatchObject({
      status: 'different-root',
      detail: `only "devca root alice@host 1" is in ${LOGIN_KEYCHAIN}`,
    });
    security.trusted.admin.add(anchor.sha256);
    expect(await row()).toMatchObject({
      status: 'trusted',
      detail: `not in ${LOGIN_KEYCHAIN}, but this user trusts it from elsewhere`,
    });
    await uninstall();
    expect(inLogin()).toContain(other.sha256);
  });

  it('is found under another name, with letters that the tool writes as octets', async () => {
    const path = '/Users/ada/Library/Keychains/Schlüssel 1.keychain-db';
    security.loginKeychain = '    "/Users/ada/Library/Keychains/Schl\\303\\274ssel 1.keychain-db"\n';
    security.keychains.set(path, []);
    expect(await install()).toMatchObject({ status: 'trusted', detail: path });
    security.loginKeychain = '';
    expect(await row()).toMatchObject({ detail: expect.stringContaining(LOGIN_KEYCHAIN) });
  });

  it('may be empty, and then has nothing to be found', async () => {
    const security1 = machine.programs.get('security');
    machine.programs.set('security', (args, options) =>
      args[0] === 'find-certificate'
        ? { status: 44, stderr: 'The specified item could not be found in the keychain.' }
        : (security1?.(args, options) ?? {}),
    );
    expect(await row()).toMatchObject({ status: 'not-trusted' });
  });

  it('shows what macOS says in a language that devca does not know', async () => {
    const security1 = machine.programs.get('security');
    machine.programs.set('security', (args, options) =>
      args[0] === 'add-trusted-cert'
        ? { status: 1, stderr: 'SecTrustSettingsSetTrustSettings: Der Vorgang wurde abgebrochen.' }
        : (security1?.(args, options) ?? {}),
    );
    expect((await install())?.error).toMatchObject({
      code: 'DEVCA_TRUST_COMMAND_FAILED',
      message: expect.stringContaining('Der Vorgang wurde abgebrochen'),
    });
  });

  it('has a row where its service hangs, fails, or its tool is missing', async () => {
    security.keychains.delete(LOGIN_KEYCHAIN);
    expect(await row()).toMatchObject({ status: 'unknown' });
    security.hangs = true;
    expect(await row()).toMatchObject({
      status: 'unknown',
      detail: expect.stringContaining('no answer in time'),
    });
    machine.programs.delete('security');
    expect(await row()).toMatchObject({
      status: 'tool-missing',
      detail: expect.stringContaining('/usr/bin/security'),
    });
  });
});

describe('the macOS System keychain', () => {
  let machine: FakeMachine;
  let security: FakeSecurity;
  beforeEach(() => {
    machine = macintosh();
    security = installSecurity(machine);
  });
  const only = { stores: ['macos-system'] };
  const row = async (options = {}) =>
    (await trustStatus(anchor, options, machine.world)).find(({ id }) => id === 'macos-system');
  const install = async () => (await installTrust(anchor, only, machine.world))[0];
  const uninstall = async () => (await uninstallTrust(anchor, only, machine.world))[0];

  it('is changed by root where it is named, with the trust settings of all users', async () => {
    expect(await install()).toMatchObject({ status: 'trusted', changed: true, detail: SYSTEM_KEYCHAIN });
    const policies = '-r trustRoot -p ssl -p basic';
    expect(machine.commands).toContain(
      `sudo -- /usr/bin/security add-trusted-cert -d ${policies} -k ${SYSTEM_KEYCHAIN} ${ROOT_FILE}`,
    );
    expect([...security.trusted.admin]).toEqual([anchor.sha256]);
    const removal = await planTrust('uninstall', anchor, only, machine.world);
    expect(planScript(removal, machine.world)).toBe(
      [
        '## macos-system',
        '# bring the root to a file for the next step',
        `sudo install -m 0644 /dev/null '${ROOT_FILE}'`,
        `sudo dd 'of=${ROOT_FILE}' conv=notrunc <<'DEVCA_END'`,
        `${anchorPem(anchor)}DEVCA_END`,
        '# take the trust away: macOS asks in a window',
        `sudo /usr/bin/security remove-trusted-cert -d '${ROOT_FILE}'`,
        '# remove that file again',
        `sudo rm -f -- '${ROOT_FILE}'`,
        '# let macOS take notice',
        '/bin/sleep 3',
        '# remove the root',
        `sudo /usr/bin/security delete-certificate -Z ${HASH} ${SYSTEM_KEYCHAIN}`,
        '',
      ].join('\n'),
    );
    expect(await uninstall()).toMatchObject({ status: 'not-trusted', changed: true });
    expect(security.keychains.get(SYSTEM_KEYCHAIN)).toEqual([]);
    expect(machine.has(ROOT_FILE)).toBe(false);
  });

  it('is left alone where it is not named, and content where this user trusts the root', async () => {
    expect(await row()).toMatchObject({
      status: 'unsupported',
      detail: 'for other users and services; changed only with "--store macos-system"',
    });
    const rows = await installTrust(anchor, {}, machine.world);
    const changed = rows.filter((outcome) => outcome.changed).map(({ id }) => id);
    expect(changed).toEqual(['macos-login']);
    expect(await row()).toMatchObject({ status: 'trusted' });
    expect(await row(only)).toMatchObject({
      status: 'not-trusted',
      detail: `not in ${SYSTEM_KEYCHAIN}: only this user trusts it`,
    });
    expect(machine.commands.filter((command) => command.startsWith('sudo'))).toEqual([]);
  });

  it('is given up by an uninstall that names no store', async () => {
    await install();
    const rows = await uninstallTrust(anchor, {}, machine.world);
    expect(rows.find(({ id }) => id === 'macos-system')).toMatchObject({
      changed: true,
      status: 'unsupported',
    });
    expect(await row(only)).toMatchObject({ status: 'not-trusted' });
  });

  it('needs a terminal for sudo, and says so', async () => {
    machine = macintosh({ canAsk: false });
    security = installSecurity(machine);
    expect(await install()).toMatchObject({
      status: 'permission',
      error: { code: 'DEVCA_TRUST_NEEDS_ROOT' },
    });
  });

  it('cannot be trusted over SSH, even by root, and keeps nothing then', async () => {
    machine = macintosh({ uid: 0, canAsk: false });
    security = installSecurity(machine);
    security.answer = 'ssh';
    const outcome = await install();
    expect(outcome).toMatchObject({ error: { code: 'DEVCA_TRUST_DIALOG_IMPOSSIBLE' } });
    expect(outcome?.fix).toBe('devca trust install --store macos-system');
    expect(security.keychains.get(SYSTEM_KEYCHAIN)).toEqual([]);
    expect(machine.has(ROOT_FILE)).toBe(false);
  });
});

describe('keychains', () => {
  it('are examined for what somebody trusts there, with the command that takes it out', async () => {
    const machine = macintosh();
    const security = installSecurity(machine);
    security.keychains.get(LOGIN_KEYCHAIN)?.push(anchor.certificate, new Uint8Array([1]));
    security.keychains.get(SYSTEM_KEYCHAIN)?.push(other.certificate);
    security.trusted.user.add(anchor.sha256);
    security.trusted.admin.add(other.sha256);
    const found = await examineStores(machine.world);
    const removals = found.map(({ id, entries }) => [id, entries.map(({ remove }) => remove)]);
    expect(removals).toContainEqual([
      'macos-login',
      [`security delete-certificate -Z ${HASH} -t ${LOGIN_KEYCHAIN}`],
    ]);
    expect(removals).toContainEqual([
      'macos-system',
      [`sudo security delete-certificate -Z ${other.sha256.toUpperCase()} -t ${SYSTEM_KEYCHAIN}`],
    ]);
  });

  it('have no row on other systems, but an answer where they are named', async () => {
    const machine = fakeMachine({ folder: scratchFolder() });
    const ids = (await trustStatus(anchor, {}, machine.world)).map(({ id }) => id);
    expect(ids).not.toContain('macos-login');
    const named = await trustStatus(anchor, { stores: ['macos-login', 'macos-system'] }, machine.world);
    expect(named.map(({ status, detail }) => [status, detail])).toEqual([
      ['unsupported', 'only macOS has it'],
      ['unsupported', 'only macOS has it'],
    ]);
  });
});
