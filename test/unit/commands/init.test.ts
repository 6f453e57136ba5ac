import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Interruption } from '../../../src/platform/interruption.ts';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type TestWorldOptions, testWorld } from '../../support/test-world.ts';

/** A home in which a browser has left a database, on a machine without certutil. */
function homeWithBrowser(): string {
  const home = scratchFolder();
  const database = join(home, '.pki/nssdb');
  mkdirSync(database, { recursive: true });
  writeFileSync(join(database, 'cert9.db'), '');
  return home;
}

async function init(options: Omit<TestWorldOptions, 'home'>, ...flags: string[]) {
  const world = testWorld({ home: homeWithBrowser(), ...options });
  const status = await run(['init', '--stores', 'nss', ...flags], world);
  return { status, programs: world.programs, ...world.written };
}

describe('init', () => {
  it('asks for the passphrase of a key, twice, and says where the key rests', async () => {
    const answers = ['correct horse', 'correct horse'];
    const { status, out, error } = await init({ answers }, '--no-trust', '--keystore', 'passphrase');
    expect(status).toBe(0);
    expect(error).toBe('New passphrase for the intermediate\'s key of "default": The same once more: ');
    expect(out).toMatch(/its key +in a file that a passphrase opens\n/);
  });

  it.each(['keychain', 'passphrase'])('makes no folder where there is no %s for the key', async (kind) => {
    const user = homeWithBrowser();
    const world = testWorld({ home: user });
    expect(await run(['init', '--no-trust', '--keystore', kind, '--home', 'new/authority'], world)).not.toBe(
      0,
    );
    expect(existsSync(join(user, 'new'))).toBe(false);
    mkdirSync(join(user, 'mine'));
    expect(await run(['init', '--no-trust', '--keystore', kind, '--home', 'mine'], world)).not.toBe(0);
    expect(readdirSync(join(user, 'mine'))).toEqual([]);
  });

  it('says why a key is not in a keychain', async () => {
    const { out } = await init({}, '--no-trust');
    expect(out).toMatch(
      /its key +in a file for you alone; not in a keychain: there is no terminal or display\n/,
    );
    const explicit = await init({}, '--no-trust', '--keystore', 'file');
    expect(explicit.out).toMatch(/its key +in a file for you alone\n/);
  });

  it('asks before it touches a trust store, and leaves it alone without a clear yes', async () => {
    for (const answer of ['', 'n', 'what?']) {
      const { status, error, programs } = await init({ answers: [answer] }, '--keystore', 'file');
      expect(status).toBe(0);
      expect(error).toMatch(/Trust this root in nss:.*\? \[y\/N\] /);
      expect(error).toContain('trust was left as it is');
      expect(programs).toEqual([]);
    }
  });

  it('says that the authority is kept, and how to go on, where somebody stops it at that question', async () => {
    const home = homeWithBrowser();
    const world = testWorld({ home, answers: [] });
    const terminal = { ...world.terminal, ask: () => Promise.reject(new Interruption()) };
    const words = ['init', '--stores', 'nss', '--keystore', 'file', '--home', 'work'];
    expect(await run(words, { ...world, terminal })).toBe(130);
    expect(world.written.out).toContain('created a certificate authority');
    expect(world.written.error).toBe(
      `stopped: the authority is kept, and trust was left as it is; to trust the root on this machine, run "devca trust install --home ${join(home, 'work')}"\n`,
    );
    expect(existsSync(join(home, 'work/ca/root.pem'))).toBe(true);
  });

  it('installs after a yes, and exits 5 where a store could not be changed', async () => {
    const { status, out } = await init({ answers: ['y'] });
    expect(status).toBe(5);
    expect(out).toContain('tool-missing');
  });

  it('installs without a question with --yes', async () => {
    const { status, error } = await init({}, '--yes');
    expect(status).toBe(5);
    expect(error).not.toContain('[y/N]');
  });

  it('asks nothing without a terminal or with --json, and says how to do it later', async () => {
    const plain = await init({});
    expect(plain).toMatchObject({ status: 0, programs: [] });
    expect(plain.error).toContain('run "devca trust install"');
    const { status, out } = await init({ answers: ['y'] }, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      schema: 1,
      authority: { created: true, keystore: 'file', rootKeystore: 'discard' },
      trust: [{ store: expect.stringMatching(/^nss:/), status: 'tool-missing' }],
    });
  });

  it('looks at no store with --no-trust', async () => {
    const { out, error } = await init({}, '--no-trust');
    expect(error).toBe('');
    expect(out).toContain('devca root ada@engine 1');
  });

  it.each([
    [['--permit', 'a b'], 2, 'DEVCA_CONSTRAINT_INVALID'],
    [['--permit-only', '10.0.0.0/8'], 2, 'DEVCA_CONSTRAINT_EMPTY'],
    [['--unconstrained', '--permit', 'x'], 2, 'DEVCA_CONSTRAINT_CONFLICT'],
    [['--key-type', 'ed25519'], 2, 'DEVCA_USAGE_VALUE'],
    [['--name', 'No Name'], 2, 'DEVCA_AUTHORITY_NAME'],
    [['--key-type', 'dsa'], 2, 'DEVCA_USAGE_VALUE'],
  ] as const)('refuses %j with status %i and %s, and makes nothing', async (flags, status, code) => {
    const home = scratchFolder();
    const world = testWorld({ home });
    expect(await run(['init', '--no-trust', ...flags], world)).toBe(status);
    expect(world.written.error).toContain(`[${code}]`);
    expect(existsSync(join(home, '.local'))).toBe(false);
  });
});
