import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { devca, PROJECT } from '../support/devca.ts';
import { scratchFolder } from '../support/scratch.ts';

const home = scratchFolder();
const authority = join(home, '.local/share/devca');
const work = join(home, 'work');
const run = (...args: string[]) => devca(args, { home, cwd: work });
const issued = () => JSON.parse(run('list', '--json').stdout).certificates.length;

/** A copy of the authority to be spoilt. */
function copyOfHome(): string {
  const copy = join(home, `copy-${readdirSync(home).length}`);
  cpSync(authority, copy, { recursive: true, mode: 0 });
  return copy;
}

beforeAll(() => {
  mkdirSync(work);
  run('init', '--no-trust');
});

describe('issue refuses', () => {
  it.each([
    [['../x'], 2, 'DEVCA_NAME_INVALID'],
    [['a b'], 2, 'DEVCA_NAME_INVALID'],
    [['--', '-x'], 2, 'DEVCA_NAME_INVALID'],
    [['a\nb'], 2, 'DEVCA_NAME_INVALID'],
    [[`${'a'.repeat(300)}.test`], 2, 'DEVCA_NAME_INVALID'],
    [[`${'a'.repeat(64)}.test`], 2, 'DEVCA_NAME_INVALID'],
    [['10.0.0.1/8'], 2, 'DEVCA_NAME_INVALID'],
    [['localhost:8443'], 2, 'DEVCA_NAME_INVALID'],
    [['https://localhost'], 2, 'DEVCA_NAME_INVALID'],
    [['*'], 2, 'DEVCA_NAME_INVALID'],
    [['a.*.test'], 2, 'DEVCA_NAME_INVALID'],
    [[''], 2, 'DEVCA_NAME_INVALID'],
    [[], 2, 'DEVCA_ISSUE_NAMES_MISSING'],
    [['www.google.com'], 1, 'DEVCA_ISSUE_OUTSIDE_CONSTRAINT'],
    [['8.8.8.8'], 1, 'DEVCA_ISSUE_OUTSIDE_CONSTRAINT'],
    [['x.test', '--profile', 'nobody'], 2, 'DEVCA_PROFILE_UNKNOWN'],
    [['x.test', '--key-type', 'rsa-512'], 2, 'DEVCA_USAGE_VALUE'],
    [['x.test', '--days', '0'], 2, 'DEVCA_ISSUE_LIFE_INVALID'],
    [['x.test', '--days', '826'], 2, 'DEVCA_ISSUE_LIFE_TOO_LONG'],
    [['x.test', '--not-after', '2001-01-01'], 2, 'DEVCA_ISSUE_LIFE_INVALID'],
    [['x.test', '--not-after', '2026-02-30'], 2, 'DEVCA_USAGE_VALUE'],
    [['x.test', '--not-after', 'tomorrow'], 2, 'DEVCA_USAGE_VALUE'],
    [['x.test', '--profile', 'service', '--trust-domain', 'a b'], 2, 'DEVCA_ISSUE_TRUST_DOMAIN'],
    [['x', '--profile', 'client', '--trust-domain', 'google.com'], 1, 'DEVCA_ISSUE_OUTSIDE_CONSTRAINT'],
    [['x.test', '--authority', 'nobody'], 3, 'DEVCA_AUTHORITY_UNKNOWN'],
    [['x.test', '--out', '/proc/nothing'], 1, 'DEVCA_FILE_'],
    [['x.test', '--cert-file', 'same.pem', '--key-file', 'same.pem'], 1, 'DEVCA_DELIVERY_SAME_PATH'],
  ] as const)('%j with status %i and %s, and leaves no file and no row', (args, status, code) => {
    const before = issued();
    const outcome = run('issue', ...args);
    expect({ status: outcome.status, stdout: outcome.stdout }).toEqual({ status, stdout: '' });
    expect(outcome.stderr).toContain(`[${code}`);
    expect(outcome.stderr).toContain('devca: hint: ');
    expect(outcome.stderr).not.toContain('    at ');
    expect(readdirSync(work)).toEqual([]);
    expect(issued()).toBe(before);
  });

  it('all bad names in one error', () => {
    const { stderr } = run('issue', 'good.test', 'a b', 'localhost:1');
    expect(stderr).toContain('"a b"');
    expect(stderr).toContain('"localhost:1"');
  });

  it('to overwrite what it did not write, unless forced: DEVCA_DELIVERY_TARGET', () => {
    writeFileSync(join(work, 'mine.test.pem'), 'mine');
    const { status, stderr } = run('issue', 'mine.test');
    expect(status).toBe(1);
    expect(stderr).toContain('DEVCA_DELIVERY_TARGET');
    expect(readdirSync(work)).toEqual(['mine.test.pem']);
    expect(readFileSync(join(work, 'mine.test.pem'), 'utf8')).toBe('mine');
    expect(run('issue', 'mine.test', '--force').status).toBe(0);
    for (const file of readdirSync(work)) rmSync(join(work, file));
  });
});

describe('a spoilt home', () => {
  const withHome = (copy: string, ...args: string[]) => run('--home', copy, ...args);

  it('with a database of another program is refused', () => {
    const copy = copyOfHome();
    writeFileSync(
      join(copy, 'devca.db'),
      'not a database, but long enough to be looked at as one'.repeat(100),
    );
    rmSync(join(copy, 'devca.db-wal'), { force: true });
    const { status, stderr } = withHome(copy, 'issue', 'x.test');
    expect(status).toBe(1);
    expect(stderr).toMatch(/DEVCA_INVENTORY_(CORRUPT|FOREIGN)/);
  });

  it('with a key of the wrong mode, a wrong key or none is refused', () => {
    const copy = copyOfHome();
    const key = join(copy, 'keys/default-1-intermediate.pem');
    chmodSync(key, 0o644);
    expect(withHome(copy, 'issue', 'x.test')).toMatchObject({
      stderr: expect.stringContaining('DEVCA_KEYSTORE_KEY_UNSAFE'),
    });
    chmodSync(key, 0o600);
    writeFileSync(key, 'rubbish');
    expect(withHome(copy, 'issue', 'x.test')).toMatchObject({
      stderr: expect.stringContaining('DEVCA_KEYSTORE_KEY_CORRUPT'),
    });
    rmSync(key);
    expect(withHome(copy, 'issue', 'x.test')).toMatchObject({
      stderr: expect.stringContaining('DEVCA_KEYSTORE_KEY_MISSING'),
    });
    expect(readdirSync(work)).toEqual([]);
  });

  it('that others can write to is refused: DEVCA_HOME_UNSAFE', () => {
    const copy = copyOfHome();
    chmodSync(copy, 0o777);
    expect(withHome(copy, 'issue', 'x.test')).toMatchObject({
      status: 5,
      stderr: expect.stringContaining('DEVCA_HOME_UNSAFE'),
    });
  });
});

describe('a standard stream', () => {
  const shell = (line: string) =>
    spawnSync('sh', ['-c', line], {
      env: { PATH: process.env['PATH'], HOME: home, DEVCA: join(PROJECT, 'bin/devca.js') },
      encoding: 'utf8',
      timeout: 60_000,
    });

  it('that does not end is not read for ever', () => {
    const { status, stderr } = shell('exec node "$DEVCA" show - < /dev/zero');
    expect(status).toBe(1);
    expect(stderr).toContain('"standard input" has ');
    expect(stderr).toContain('[DEVCA_FILE_TOO_LARGE]');
    expect(shell('exec node "$DEVCA" verify /dev/zero').stdout).toContain('[DEVCA_FILE_TOO_LARGE]');
  });

  it('that cannot be written to is told of, and no bug of devca', () => {
    for (const flags of ['', '--json']) {
      const { status, stderr } = shell(`exec node "$DEVCA" list ${flags} > /dev/full`);
      expect(status).toBe(1);
      expect(stderr).toContain('cannot write to "standard output"');
    }
    expect(shell('exec node "$DEVCA" show nothing 2> /dev/full').status).toBe(3);
  });
});
