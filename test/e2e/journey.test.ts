import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { devca } from '../support/devca.ts';
import { scratchFolder } from '../support/scratch.ts';

const home = scratchFolder();
const authority = join(home, '.local/share/devca');
const run = (...args: string[]) => devca(args, { home });
const json = (...args: string[]) => JSON.parse(run(...args, '--json').stdout);
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('a new user', () => {
  it('is told to run init where there is no authority, and nothing is made', () => {
    for (const args of [
      ['list'],
      ['issue', 'localhost'],
      ['show', 'localhost'],
      ['trust', 'status'],
      ['selftest', '--all'],
    ]) {
      const { status, stderr, stdout } = run(...args);
      expect({ args, status, stdout }).toEqual({ args, status: 3, stdout: '' });
      expect(stderr).toContain('run "devca init"');
    }
    expect(readdirSync(home).filter((name) => name !== '.cache')).toEqual([]);
  });

  it('creates an authority with init, whose root key is gone, and is told how to trust it', () => {
    const { status, stdout, stderr } = run('init');
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: 'trust was left as it is; to trust the root on this machine, run "devca trust install"\n',
    });
    expect(stdout).toContain('created a certificate authority');
    expect(readdirSync(join(authority, 'keys'))).toEqual(['default-1-intermediate.pem']);
    expect(modeOf(authority)).toBe('700');
    expect(modeOf(join(authority, 'keys'))).toBe('700');
    expect(modeOf(join(authority, 'keys/default-1-intermediate.pem'))).toBe('600');
    expect(modeOf(join(authority, 'devca.db'))).toBe('600');
  });

  it('changes nothing by a second init', () => {
    const before = readFileSync(join(authority, 'ca/root.pem'));
    expect(run('init').stdout).toContain('nothing was changed');
    expect(readFileSync(join(authority, 'ca/root.pem'))).toEqual(before);
    expect(json('init')).toMatchObject({
      schema: 1,
      authority: { name: 'default', generation: 1, created: false },
    });
  });

  it('refuses a second init that asks for something else', () => {
    const { status, stderr } = run('init', '--permit', 'corp.example');
    expect(status).toBe(1);
    expect(stderr).toContain('[DEVCA_AUTHORITY_DIFFERENT]');
  });
});

describe('issuing', () => {
  beforeAll(() => {
    run('init', '--no-trust');
  });

  it('gives the documented JSON, and files with their modes', () => {
    const { certificate, files } = json('issue', 'localhost', '127.0.0.1', '::1');
    expect(certificate).toMatchObject({
      profile: 'server',
      names: ['localhost', '127.0.0.1', '::1'],
      authority: 'default',
    });
    expect(certificate.serial).toMatch(/^[0-7][0-9a-f]{31}$|^[0-9a-f]{1,31}$/);
    expect(files).toEqual({
      cert: join(home, 'localhost+2.pem'),
      key: join(home, 'localhost+2-key.pem'),
      fullchain: join(home, 'localhost+2-fullchain.pem'),
    });
    expect([files.cert, files.key, files.fullchain].map(modeOf)).toEqual(['644', '600', '644']);
    const parsed = new X509Certificate(readFileSync(files.cert));
    expect(parsed.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(certificate.sha256);
    expect(parsed.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
  });

  it('re-issues over its own files and marks the old certificate as replaced', () => {
    const first = json('issue', 'again.test').certificate.serial;
    const second = json('issue', 'again.test').certificate;
    expect(second.replaced).toEqual([first]);
    const { certificates } = json('list', '--status', 'replaced');
    expect(certificates.map(({ serial }: { serial: string }) => serial)).toContain(first);
  });

  it('finds what was issued by name, by the beginning of its serial number, and in its file', () => {
    const { certificate } = json('issue', 'found.test');
    for (const what of [
      'found.test',
      certificate.serial.slice(0, 10),
      certificate.sha256,
      'found.test.pem',
    ]) {
      expect(json('show', what).certificate.serial).toBe(certificate.serial);
    }
    expect(run('show', 'nobody.test')).toMatchObject({
      status: 3,
      stderr: expect.stringContaining('DEVCA_INVENTORY_UNKNOWN'),
    });
    expect(run('show', 'found.test-key.pem')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('DEVCA_CERTIFICATE_NONE'),
    });
  });

  it('shows both forms of a subject that servers want', () => {
    run('issue', '--profile', 'client', 'alice');
    const { stdout } = run('show', 'alice');
    expect(stdout).toContain('CN=alice');
    expect(stdout).toContain('/CN=alice');
  });

  it('lists what ends soon', () => {
    run('issue', 'short.test', '--days', '5');
    const names = json('list', '--expiring', '10d').certificates.flatMap(
      ({ names }: { names: string[] }) => names,
    );
    expect(names).toEqual(['short.test']);
  });

  it('says nothing with --quiet', () => {
    expect(run('issue', 'quiet.test', '--quiet')).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('changes nothing in a dry run', () => {
    expect(run('issue', 'dry.test', '--dry-run').stdout).toContain('would issue');
    expect(readdirSync(home)).not.toContain('dry.test.pem');
    expect(run('show', 'dry.test').status).toBe(3);
  });
});
