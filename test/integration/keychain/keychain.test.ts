import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parseWrappedKey } from '../../../src/keystore/wrapped-key.ts';
import { decodePem } from '../../../src/pki/pem.ts';
import { devca } from '../../support/devca.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { describeWith } from '../../support/tools.ts';
import { DEVCA, inSession, type Session, tamper } from './session.ts';

const UNLOCKED: Session = { unlock: 'pw' };
/** Never answers, and holds no pipe of the test open. */
const HANGING = '/bin/sh -c "exec /bin/sleep 30 >/dev/null 2>&1"';

const TOOLS = ['dbus-run-session', 'gnome-keyring-daemon'];

const run = (home: string, session: Session, ...args: string[]) =>
  inSession(home, session, ...DEVCA, ...args);

const keyFile = (home: string) => join(home, '.local/share/devca/keys/default-1-intermediate.pem');

/** The home of a user whose authority's key is in the keychain. */
function homeWithKeychain(): string {
  const home = scratchFolder();
  const { status, stdout, stderr } = run(home, UNLOCKED, 'init', '--no-trust', '--keystore', 'keychain');
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(stdout).toContain('in a file that a key in the keychain opens');
  return home;
}

function entryOf(home: string): string {
  const [block] = decodePem(readFileSync(keyFile(home), 'latin1'), 'key');
  return parseWrappedKey(block?.der ?? new Uint8Array()).entry;
}

describeWith(TOOLS, "GNOME's keyring", () => {
  it('holds the key to an authority, in this session and in the next', () => {
    const home = homeWithKeychain();
    for (const name of ['a.test', 'b.test']) {
      const { status, stderr } = run(home, UNLOCKED, 'issue', name);
      expect({ status, stderr }).toMatchObject({ status: 0 });
    }
    expect(readFileSync(keyFile(home), 'latin1')).toMatch(/^-----BEGIN DEVCA WRAPPED KEY-----/);
  });

  it('is found locked within a second', () => {
    const home = homeWithKeychain();
    const { status, stderr, ms } = run(home, {}, 'issue', 'a.test');
    expect(stderr).toContain('[DEVCA_KEYCHAIN_LOCKED]');
    expect(status).toBe(5);
    expect(ms).toBeLessThan(10_000);
    // What was locked is as it was.
    expect(run(home, UNLOCKED, 'issue', 'a.test').status).toBe(0);
  });

  it('is found never to have been made', () => {
    const home = scratchFolder();
    const { status, stderr } = run(home, {}, 'init', '--no-trust', '--keystore', 'keychain');
    expect(stderr).toMatch(/\[DEVCA_KEYCHAIN_(LOCKED|UNAVAILABLE)\]/);
    expect(status).toBe(5);
    expect(existsSync(join(home, '.local/share/devca'))).toBe(false);
  });

  it('is noticed to have changed the entry', () => {
    const home = homeWithKeychain();
    const other = Buffer.alloc(32, 7).toString('base64');
    const code = `await keychain.setPassword('devca', '${entryOf(home)}', '${other}')`;
    expect(tamper(home, UNLOCKED, code).status).toBe(0);
    const { status, stderr } = run(home, UNLOCKED, 'issue', 'a.test');
    expect(stderr).toContain('[DEVCA_KEYCHAIN_ENTRY_CHANGED]');
    expect(stderr).not.toContain(other);
    expect(status).toBe(1);
  });

  it('is noticed to have lost the entry, and no new one is made', () => {
    const home = homeWithKeychain();
    const entry = entryOf(home);
    expect(tamper(home, UNLOCKED, `await keychain.deletePassword('devca', '${entry}')`).status).toBe(0);
    const sealed = readFileSync(keyFile(home), 'latin1');
    const { status, stderr } = run(home, UNLOCKED, 'issue', 'a.test');
    expect(stderr).toContain('[DEVCA_KEYCHAIN_ENTRY_MISSING]');
    expect(status).toBe(1);
    expect(readFileSync(keyFile(home), 'latin1')).toBe(sealed);
    const look = `console.log(await keychain.getPassword('devca', '${entry}'))`;
    expect(tamper(home, UNLOCKED, look).stdout).toContain('null');
  });

  it('is noticed to be another one, without the entries of the old', () => {
    const home = homeWithKeychain();
    rmSync(join(home, '.local/share/keyrings'), { recursive: true });
    const { stderr } = run(home, UNLOCKED, 'issue', 'a.test');
    expect(stderr).toContain('[DEVCA_KEYCHAIN_ENTRY_MISSING]');
  });

  it('gives the key back to a file, and keeps nothing of it', () => {
    const home = homeWithKeychain();
    const entry = entryOf(home);
    const certificate = join(home, '.local/share/devca/ca/intermediate.pem');
    const before = readFileSync(certificate, 'utf8');
    const { status, stdout } = run(home, UNLOCKED, 'ca', 'protect', '--keystore', 'file');
    expect(stdout).toContain('from keychain to file');
    expect(status).toBe(0);
    const look = `console.log(await keychain.getPassword('devca', '${entry}'))`;
    expect(tamper(home, UNLOCKED, look).stdout).toContain('null');
    expect(devca(['issue', 'a.test'], { home }).status).toBe(0);
    expect(readFileSync(certificate, 'utf8')).toBe(before);
  });

  it('takes the key from a passphrase, and gets a new entry when it is asked to again', () => {
    const home = scratchFolder();
    const environment = { DEVCA_PASSPHRASE: 'correct horse' };
    expect(devca(['init', '--no-trust', '--keystore', 'passphrase'], { home, environment }).status).toBe(0);
    expect(run(home, { ...UNLOCKED, environment }, 'ca', 'protect', '--keystore', 'keychain').status).toBe(0);
    const entry = entryOf(home);
    expect(run(home, UNLOCKED, 'ca', 'protect', '--keystore', 'keychain').status).toBe(0);
    expect(entryOf(home)).not.toBe(entry);
    expect(run(home, UNLOCKED, 'issue', 'a.test').status).toBe(0);
  });

  it('has the key of a new authority where there is a display and it answers', () => {
    const home = scratchFolder();
    const session = { ...UNLOCKED, environment: { DISPLAY: ':99' } };
    expect(run(home, session, 'init', '--no-trust').stdout).toContain('a key in the keychain opens');
  });
});

describeWith(['dbus-run-session'], 'a session without a keychain', () => {
  it.each([
    ['a service that hangs', HANGING, 'DEVCA_KEYCHAIN_SILENT'],
    ['a service that ends at once', '/bin/false', 'DEVCA_KEYCHAIN_UNAVAILABLE'],
  ])('but with %s is noticed, and the program ends', (_what, service, code) => {
    const { status, stderr, ms } = run(
      scratchFolder(),
      { service },
      'init',
      '--no-trust',
      '--keystore',
      'keychain',
    );
    expect(stderr).toContain(code);
    expect(status).toBe(5);
    // The bus waits for 25 seconds, and so would whoever asked it.
    expect(ms).toBeLessThan(20_000);
  });

  it('gets the key of a new authority into a file, which is said', () => {
    const home = scratchFolder();
    const session = { service: HANGING, environment: { DISPLAY: ':99' } };
    const { status, stdout } = run(home, session, 'init', '--no-trust');
    expect(stdout).toMatch(
      /its key +in a file for you alone; not in a keychain: .* not answered within 900 ms/,
    );
    expect(status).toBe(0);
  });
});

describeWith([], 'a machine without D-Bus', () => {
  it('says so when a key is to be in a keychain', () => {
    const home = scratchFolder();
    const { status, stderr } = devca(['init', '--no-trust', '--keystore', 'keychain'], { home });
    expect(stderr).toContain('[DEVCA_KEYCHAIN_UNAVAILABLE]');
    expect(status).toBe(5);
  });
});
