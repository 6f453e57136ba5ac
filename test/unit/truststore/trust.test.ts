import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Exec } from '../../../src/platform/exec.ts';
import type { World } from '../../../src/platform/world.ts';
import { openSession } from '../../../src/truststore/session.ts';
import { answerInTime, askStatus } from '../../../src/truststore/store-status.ts';
import { installTrust, journalledRoots, trustStatus, uninstallTrust } from '../../../src/truststore/trust.ts';
import { anchorFileName, anchorNickname, buildTrustAnchor } from '../../../src/truststore/trust-anchor.ts';
import type { TrustStore } from '../../../src/truststore/trust-store.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type FakeDatabase, type FakeMachine, fakeDatabase, fakeMachine, HOME } from './fake-machine.ts';

const FOLDER = `${HOME}/.pki/nssdb`;
const JOURNAL = `${HOME}/.local/state/devca/trust.jsonl`;
const anchor = buildTrustAnchor(new Uint8Array([1, 2, 3]), 'devca root alice@host 1');
const next = buildTrustAnchor(new Uint8Array([4, 5, 6]), 'devca root alice@host 2');

describe('trust', () => {
  let machine: FakeMachine;
  let database: FakeDatabase;
  beforeEach(() => {
    machine = fakeMachine({ folder: scratchFolder() });
    database = fakeDatabase();
    machine.programs.set('certutil', database.certutil);
    machine.write(`${FOLDER}/cert9.db`);
    // Debian without ca-certificates: a store that fails beside one that works.
    machine.write('/etc/debian_version');
  });
  const nicknames = (): string[] => [...database.entries.keys()];

  it('has one row for each store, and one that fails keeps no other from its turn', async () => {
    const rows = await trustStatus(anchor, {}, machine.world);
    expect(rows.map(({ id, status }) => [id, status])).toEqual([
      ['system', 'tool-missing'],
      [`nss:${FOLDER}`, 'not-trusted'],
    ]);
    const outcomes = await installTrust(anchor, {}, machine.world);
    expect(outcomes.map(({ status, changed }) => [status, changed])).toEqual([
      ['tool-missing', false],
      ['trusted', true],
    ]);
  });

  it('gives a kind of store that cannot be looked for a row too', async () => {
    const { homeFolder: _home, ...system } = machine.world.system;
    const rows = await trustStatus(
      anchor,
      {},
      { ...machine.world, system: { ...system, homeFolder: undefined } },
    );
    expect(rows.map(({ id, status }) => [id, status])).toEqual([
      ['system', 'tool-missing'],
      ['nss', 'unknown'],
    ]);
  });

  it('takes ids and kinds of stores, and refuses all unknown ones at once', async () => {
    const ids = async (...stores: string[]) =>
      (await trustStatus(anchor, { stores }, machine.world)).map(({ id }) => id);
    expect(await ids('nss')).toEqual([`nss:${FOLDER}`]);
    expect(await ids(`nss:${FOLDER}`, 'system', 'nss')).toEqual([`nss:${FOLDER}`, 'system']);
    expect(await ids('nss:/srv/db')).toEqual(['nss:/srv/db']);
    await expect(ids('system', 'nsss', 'nss:relative', 'jks:/x')).rejects.toMatchObject({
      code: 'DEVCA_TRUST_STORE_UNKNOWN',
      exitStatus: 2,
      context: { unknown: ['nsss', 'nss:relative', 'jks:/x'] },
    });
  });

  it('uninstalls from where the journal says, also where nobody would look any more', async () => {
    machine.write('/srv/db/cert9.db');
    await installTrust(anchor, { stores: ['nss:/srv/db'] }, machine.world);
    expect(await journalledRoots(machine.world)).toEqual([anchor]);
    const outcomes = await uninstallTrust(anchor, {}, machine.world);
    expect(outcomes.map(({ id }) => id)).toContain('nss:/srv/db');
    expect(nicknames()).toEqual([]);
    expect(await journalledRoots(machine.world)).toEqual([]);
  });

  it('writes a change down before it makes it', async () => {
    let journal: string | undefined;
    machine.programs.set('certutil', (args, options) => {
      if (args[0] === '-A') journal = machine.read(JOURNAL);
      return database.certutil(args, options);
    });
    await installTrust(anchor, { stores: ['nss'] }, machine.world);
    expect(JSON.parse(journal ?? '')).toMatchObject({
      schema: 1,
      event: 'begun',
      action: 'install',
      root: { sha256: anchor.sha256 },
    });
  });

  it('completes for the same root, and undoes for another, what a killed process began', async () => {
    const interrupt = async (): Promise<void> => {
      await installTrust(anchor, { stores: ['nss'] }, machine.world);
      const [begun = ''] = (machine.read(JOURNAL) ?? '').split('\n');
      machine.write(JOURNAL, `${begun}\n`);
    };
    await interrupt();
    await installTrust(anchor, { stores: ['nss'] }, machine.world);
    expect(nicknames()).toEqual([anchorNickname(anchor)]);
    expect(machine.read(JOURNAL)?.trim().split('\n').at(-1)).toContain('"done"');
    await interrupt();
    await installTrust(next, { stores: ['nss'] }, machine.world);
    expect(nicknames()).toEqual([anchorNickname(next)]);
    expect(await journalledRoots(machine.world)).toEqual([next]);
  });

  it('leaves an uninstall that failed in the journal, so that the next command tries again', async () => {
    await installTrust(anchor, { stores: ['nss'] }, machine.world);
    database.failWith = 'certutil: SEC_ERROR_READ_ONLY';
    const [failed] = await uninstallTrust(anchor, { stores: ['nss'] }, machine.world);
    expect(failed).toMatchObject({ error: { code: 'DEVCA_TRUST_NSS_READ_ONLY' } });
    database.failWith = undefined;
    await installTrust(next, { stores: ['nss'] }, machine.world);
    expect(nicknames()).toEqual([anchorNickname(next)]);
  });
});

describe('a process that is killed', () => {
  it('leaves nothing that the next command does not settle, wherever it was', async () => {
    const file = `/usr/local/share/ca-certificates/${anchorFileName(anchor)}.crt`;
    const bundle = '/etc/ssl/certs/ca-certificates.crt';
    let settled = 0;
    for (let last = 0; ; last++) {
      const machine = fakeMachine({ folder: scratchFolder(), system: { uid: process.getuid?.() ?? 0 } });
      const database = fakeDatabase();
      machine.programs.set('certutil', database.certutil);
      machine.programs.set('sudo', () => ({}));
      machine.programs.set('update-ca-certificates', () => {
        machine.write(bundle, `OTHER ROOTS\n${machine.read(file) ?? ''}`);
        return {};
      });
      machine.write(bundle, 'OTHER ROOTS\n');
      machine.write('/etc/debian_version');
      machine.write(`${FOLDER}/cert9.db`);
      const world = { ...machine.world, terminal: { ...machine.world.terminal, canAsk: true } };
      const killed = await installTrust(anchor, {}, killedAfter(last, world)).then(
        () => false,
        () => true,
      );
      const outcomes = await uninstallTrust(anchor, {}, world);
      expect(outcomes.map(({ error }) => error)).toEqual([undefined, undefined]);
      expect([...database.entries.keys()]).toEqual([]);
      expect(machine.has(file)).toBe(false);
      expect(machine.read(bundle)).toBe('OTHER ROOTS\n');
      expect(await journalledRoots(world)).toEqual([]);
      if (!killed) break;
      settled += 1;
    }
    expect(settled).toBeGreaterThan(10);
  });
});

/** A world in which every command after the first few fails as if the process were gone: nothing can react any more. */
function killedAfter(commands: number, world: World): World {
  let run = 0;
  const exec: Exec = {
    find: world.exec.find,
    run: (...args) => (run++ < commands ? world.exec.run(...args) : Promise.reject(new Error('killed'))),
  };
  return { ...world, exec };
}

describe('a store that does not answer', () => {
  const silent = new Promise<never>(() => {});
  const store: TrustStore = { id: 'system', name: 'silent', status: () => silent, plan: () => silent };

  it('has its row after a while', async () => {
    const session = await openSession(fakeMachine({ folder: scratchFolder() }).world);
    expect(await askStatus(anchor, store, session, 20)).toEqual({
      status: 'unknown',
      detail: 'the trust store "system" did not answer within 0.02 seconds',
      fix: 'devca trust status --store system',
    });
    await expect(answerInTime(silent, store, 20)).rejects.toMatchObject({
      code: 'DEVCA_TRUST_TIMEOUT',
      exitStatus: 5,
    });
  });
});
