import { beforeEach, describe, expect, it } from '@jest/globals';
import type { System } from '../../../../src/platform/system.ts';
import { installTrust, trustStatus, uninstallTrust } from '../../../../src/truststore/trust.ts';
import { anchorNickname, anchorPem, buildTrustAnchor } from '../../../../src/truststore/trust-anchor.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { type FakeDatabase, type FakeMachine, fakeDatabase, fakeMachine, HOME } from '../fake-machine.ts';

const FOLDER = `${HOME}/.pki/nssdb`;
const ID = `nss:${FOLDER}`;
const only = { stores: [ID] };
const anchor = buildTrustAnchor(new Uint8Array([1, 2, 3]), 'devca root alice@host 1');
const nickname = anchorNickname(anchor);

describe('an NSS database', () => {
  let machine: FakeMachine;
  let database: FakeDatabase;
  const newMachine = (system: Partial<System> = {}): void => {
    machine = fakeMachine({ folder: scratchFolder(), system });
    database = fakeDatabase();
    machine.programs.set('certutil', database.certutil);
    machine.write(`${FOLDER}/cert9.db`);
  };
  beforeEach(() => newMachine());
  const row = async () => (await trustStatus(anchor, only, machine.world))[0];
  const install = async () => (await installTrust(anchor, only, machine.world))[0];

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
          expect.stringContaining('--nss-password-file'),
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

  it("does not mistake Windows' program of the same name for the tool", async () => {
    machine.programs.set('certutil', () => ({ status: 1, stderr: 'CertUtil: Unknown arg: -H' }));
    expect(await row()).toMatchObject({ status: 'tool-missing' });
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
