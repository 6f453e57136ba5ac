import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, jest } from '@jest/globals';
import { cleanEnvironment, describeWith } from '../../support/tools.ts';
import { proofLab } from './lab.ts';

jest.setTimeout(30_000);

describeWith(['openssl'], 'a certificate that OpenSSL made', () => {
  const lab = proofLab();
  const file = (name: string) => join(lab.folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe', cwd: lab.folder });

  it('is proved with its key and its root, without an authority of devca', async () => {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'root-key.pem',
      '-out',
      'root.pem',
      '-subj',
      '/CN=other root',
    );
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      's-key.pem',
      '-out',
      's.csr',
      '-subj',
      '/CN=s.test',
    );
    writeFileSync(file('s.ext'), 'subjectAltName=DNS:s.test,IP:127.0.0.1\n');
    openssl(
      'x509',
      '-req',
      '-in',
      's.csr',
      '-CA',
      'root.pem',
      '-CAkey',
      'root-key.pem',
      '-out',
      's.pem',
      '-extfile',
      's.ext',
    );
    const { status, out } = await lab.run(
      'selftest',
      '--cert',
      's.pem',
      '--key',
      's-key.pem',
      '--roots',
      'root.pem',
      '--json',
    );
    const report = JSON.parse(out);
    expect({ status, failed: report.failed, name: report.subjects[0].name }).toEqual({
      status: 0,
      failed: 0,
      name: 's.test',
    });
    const ids = report.subjects[0].scenarios.map(({ id }: { id: string }) => id);
    expect(ids).not.toContain('missing-intermediate-server');
    expect(ids).toContain('foreign-ca-client');
    expect(report.subjects[0].notes.join()).toContain('the root signed it');
  });

  it('fails against another root', async () => {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'x.pem',
      '-out',
      'other.pem',
      '-subj',
      '/CN=yet another',
    );
    const { status, out } = await lab.run(
      'selftest',
      '--cert',
      's.pem',
      '--key',
      's-key.pem',
      '--roots',
      'other.pem',
    );
    expect(status).toBe(4);
    expect(out).toContain('FAILED');
    expect(out).toMatch(/none of the roots is|signed itself/);
  });

  it('names the authority that is missing without --roots', async () => {
    const { status, error } = await lab.run('selftest', '--cert', 's.pem', '--key', 's-key.pem');
    expect(status).toBe(3);
    expect(error).toContain('DEVCA_AUTHORITY_MISSING');
  });
});

describeWith(['mkcert'], 'a certificate that mkcert made', () => {
  const lab = proofLab();

  it('is proved with its key and its root', async () => {
    const environment = { ...cleanEnvironment(lab.folder), CAROOT: lab.folder, TRUST_STORES: 'none' };
    execFileSync('mkcert', ['localhost', '127.0.0.1'], { cwd: lab.folder, env: environment, stdio: 'pipe' });
    const root = readFileSync(join(lab.folder, 'rootCA.pem'), 'utf8');
    expect(root).toContain('BEGIN CERTIFICATE');
    const files = ['--cert', 'localhost+1.pem', '--key', 'localhost+1-key.pem', '--roots', 'rootCA.pem'];
    const { status, out } = await lab.run('selftest', ...files, '--report', 'json');
    expect(JSON.parse(out)).toMatchObject({ schema: 1, failed: 0 });
    expect(status).toBe(0);
  });
});
