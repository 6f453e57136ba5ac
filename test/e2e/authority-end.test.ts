import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { type DevcaOutcome, devca } from '../support/devca.ts';
import { scratchFolder } from '../support/scratch.ts';
import { describeWith } from '../support/tools.ts';

const home = scratchFolder();
const roots = join(home, 'roots.pem');
const database = join(home, '.local/share/pki/nssdb');
const authority = join(home, '.local/share/devca');

const own = (args: readonly string[], environment = {}): DevcaOutcome => devca(args, { home, environment });

const nssStatus = (): string => {
  const { stdout } = own(['trust', 'install', '--from', roots, '--dry-run', '--store', `nss:${database}`]);
  return stdout.startsWith('# nothing to do') ? 'trusted' : 'not trusted';
};

describeWith(['certutil'], 'the end of an authority, with an NSS database', () => {
  beforeAll(() => {
    expect(own(['init', '--yes', '--stores', 'nss']).status).toBe(0);
    expect(own(['ca', 'export-trust', '--out', roots]).status).toBe(0);
  });

  it('destroys nothing while a store that trusts the root cannot be changed', () => {
    expect(nssStatus()).toBe('trusted');
    const { status, stdout } = own(['ca', 'destroy', '--yes'], { PATH: join(home, 'no-tools') });
    expect(status).toBe(5);
    expect(stdout).toContain('destroyed nothing: a store still trusts a root of it');
    expect(own(['issue', 'api.test']).status).toBe(0);
  });

  it('leaves no trust and no home', () => {
    const { status, stdout } = own(['ca', 'destroy', '--yes']);
    expect(status).toBe(0);
    expect(stdout).toContain(join(home, 'api.test-key.pem'));
    expect(existsSync(authority)).toBe(false);
    expect(nssStatus()).toBe('not trusted');
  });

  it('is trusted from its exported file alone, by its fingerprint, and taken out again', () => {
    const [, sha256 = ''] = /SHA-256 ([0-9a-f]{64})/.exec(readFileSync(roots, 'utf8')) ?? [];
    const store = ['--store', `nss:${database}`];
    expect(own(['trust', 'install', '--from', roots, ...store]).status).toBe(1);
    expect(own(['trust', 'install', '--from', roots, '--sha256', sha256, ...store]).status).toBe(0);
    expect(nssStatus()).toBe('trusted');
    expect(existsSync(authority)).toBe(false);
    expect(own(['trust', 'uninstall', '--all']).status).toBe(0);
    expect(nssStatus()).toBe('not trusted');
  });
});
