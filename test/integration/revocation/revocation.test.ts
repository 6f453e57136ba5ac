import 'reflect-metadata';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import * as x509 from '@peculiar/x509';
import { describeWith, toolOrFail } from '../../support/tools.ts';
import { type Lab, proofLab } from '../proof/lab.ts';
import { type RunningServer, type ServerFiles, startHaproxy, startNginx, startOpenssl } from './servers.ts';

jest.setTimeout(60_000);

const exec = promisify(execFile);

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Runs a program; a failure is an answer too. */
const ask = async (program: string, args: readonly string[]): Promise<Answer> => {
  try {
    const { stdout, stderr } = await exec(program, args, {
      timeout: 20_000,
      env: { PATH: process.env['PATH'] ?? '' },
    });
    return { status: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code: number; stdout?: string; stderr?: string };
    return { status: code, text: stdout + stderr };
  }
};

/** A server certificate and two clients, of which one is revoked. */
async function prepare(lab: Lab): Promise<void> {
  await lab.run('init', '--no-trust');
  await lab.run('issue', 'localhost', '127.0.0.1');
  await lab.run('issue', 'revoked.test');
  for (const name of ['alice', 'bob']) await lab.run('issue', name, '--profile', 'client');
  for (const name of ['bob', 'revoked.test']) {
    const outcome = await lab.run('revoke', name, '--reason', 'keyCompromise');
    expect(outcome).toMatchObject({ status: 0 });
  }
}

const CLIENT = { good: 'alice-client', revoked: 'bob-client' };

describeWith(['openssl', 'curl'], 'lists of revoked certificates', () => {
  const lab = proofLab();
  const file = (name: string) => join(lab.folder, name);
  const authority = (name: string) => join(lab.home, 'ca', name);

  beforeAll(() => prepare(lab));

  it('let "openssl verify -crl_check_all" pass what is good and refuse what is revoked', async () => {
    const verify = (name: string, crl: string) =>
      ask('openssl', [
        'verify',
        '-crl_check_all',
        '-x509_strict',
        ...['-CAfile', authority('root.pem')],
        ...['-untrusted', authority('intermediate.pem')],
        ...['-CRLfile', crl],
        file(`${name}.pem`),
      ]);
    expect(await verify(CLIENT.good, authority('crl.pem'))).toMatchObject({ status: 0 });
    const refused = await verify(CLIENT.revoked, authority('crl.pem'));
    expect(refused).toMatchObject({ status: 2, text: expect.stringContaining('certificate revoked') });
    const withoutRoot = file('without-root.pem');
    const [first = ''] = readFileSync(authority('crl.pem'), 'utf8').split(/(?<=-----END X509 CRL-----\n)/);
    writeFileSync(withoutRoot, first);
    expect((await verify(CLIENT.good, withoutRoot)).text).toContain('unable to get certificate CRL');
  });

  it('are read by OpenSSL with their number and reasons', async () => {
    const { text } = await ask('openssl', ['crl', '-in', authority('crl.pem'), '-noout', '-text']);
    expect(text).toMatch(/X509v3 CRL Number:\s+\d{10}/);
    expect(text.match(/Key Compromise/g)).toHaveLength(2);
  });

  it('are read by @peculiar/x509, which finds the signature right', async () => {
    const [der] = x509.PemConverter.decode(readFileSync(authority('crl.pem'), 'utf8'));
    const crl = new x509.X509Crl(der ?? new ArrayBuffer(0));
    expect(crl.entries.map(({ reason }) => reason)).toEqual([
      x509.X509CrlReason.keyCompromise,
      x509.X509CrlReason.keyCompromise,
    ]);
    const issuer = new x509.X509Certificate(readFileSync(authority('intermediate.pem'), 'utf8'));
    expect(await crl.verify({ publicKey: issuer })).toBe(true);
  });

  it('let curl refuse a server that is revoked', async () => {
    const files = (name: string): ServerFiles => ({
      fullchain: file(`${name}-fullchain.pem`),
      key: file(`${name}-key.pem`),
      roots: authority('root.pem'),
      crl: undefined,
    });
    const toServer = async (name: string, files: ServerFiles) => {
      const server = await startOpenssl(files, toolOrFail('openssl'));
      try {
        const url = `https://${name}:${server.port}/`;
        return await ask('curl', [
          ...['-sS', '--max-time', '10', '--resolve', `${name}:${server.port}:127.0.0.1`],
          ...['--cacert', authority('root.pem'), '--crlfile', authority('crl.pem'), url],
        ]);
      } finally {
        await server.stop();
      }
    };
    expect(await toServer('localhost', files('localhost+1'))).toMatchObject({ status: 0 });
    expect(await toServer('revoked.test', files('revoked.test'))).toMatchObject({
      status: 60,
      text: expect.stringContaining('certificate revoked'),
    });
  });

  it('let the self-test prove with revocation checked', async () => {
    const { status, out } = await lab.run('selftest', 'localhost', '--json');
    const scenarios = JSON.parse(out).subjects[0].scenarios as { id: string; passed: boolean }[];
    expect(status).toBe(0);
    const checked = scenarios.filter(({ id }) => id === 'revocation-checked');
    expect(checked.length).toBeGreaterThan(0);
    expect(checked.every(({ passed }) => passed)).toBe(true);
    expect(await lab.run('selftest', 'revoked.test')).toMatchObject({ status: 4 });
  });

  it('are fetched in DER from the place that a certificate names', async () => {
    const issued = await lab.run('issue', 'point.test', '--crl-url', 'http://crl.internal/devca.crl');
    expect(issued.status).toBe(0);
    const { text } = await ask('openssl', [
      'x509',
      '-in',
      file('point.test.pem'),
      '-noout',
      '-ext',
      'crlDistributionPoints',
    ]);
    expect(text).toContain('URI:http://crl.internal/devca.crl');
    await lab.run('crl', '--out', 'devca.crl', '--format', 'der');
    const crl = await ask('openssl', [
      'crl',
      '-inform',
      'DER',
      '-in',
      file('devca.crl'),
      '-noout',
      '-CAfile',
      authority('intermediate.pem'),
    ]);
    expect(crl.text).toContain('verify OK');
    expect(await lab.run('issue', 'point2.test', '--crl-url', 'crl.pem')).toMatchObject({
      status: 2,
      error: expect.stringContaining('[DEVCA_CRL_URL]'),
    });
  });
});

describe.each([
  { program: 'nginx', start: startNginx, refusal: { status: 0, text: 'The SSL certificate error' } },
  { program: 'haproxy', start: startHaproxy, refusal: { status: 56, text: 'alert' } },
])('client certificates at $program', ({ program, start, refusal }) => {
  describeWith([program, 'curl'], program, () => {
    const lab = proofLab();
    const authority = (name: string) => join(lab.home, 'ca', name);
    const files = (crl: string): ServerFiles => ({
      // HAProxy reads the key from beside the certificate, or from the same file.
      fullchain: join(lab.folder, 'combined.pem'),
      key: join(lab.folder, 'localhost+1-key.pem'),
      roots: authority('root.pem'),
      crl,
    });

    const visit = ({ port }: RunningServer, client: string) =>
      ask('curl', [
        ...['-sS', '--max-time', '10', '--cacert', authority('root.pem')],
        ...['--cert', join(lab.folder, `${client}-fullchain.pem`)],
        ...['--key', join(lab.folder, `${client}-key.pem`)],
        `https://localhost:${port}/`,
      ]);

    beforeAll(async () => {
      await prepare(lab);
      const parts = ['localhost+1-fullchain.pem', 'localhost+1-key.pem'];
      const text = parts.map((name) => readFileSync(join(lab.folder, name), 'utf8')).join('');
      writeFileSync(join(lab.folder, 'combined.pem'), text);
    });

    it('are accepted while they are good and refused once they are revoked', async () => {
      const server = await start(lab.folder, files(authority('crl.pem')), toolOrFail(program));
      try {
        expect(await visit(server, CLIENT.good)).toEqual({
          status: 0,
          text: expect.stringContaining('hello'),
        });
        const refused = await visit(server, CLIENT.revoked);
        expect(refused).toEqual({ status: refusal.status, text: expect.stringContaining(refusal.text) });
        expect(refused.text).not.toContain('hello');
      } finally {
        await server.stop();
      }
    });

    it('are all refused without the list of the root', async () => {
      const crl = join(lab.folder, 'without-root.pem');
      const [first = ''] = readFileSync(authority('crl.pem'), 'utf8').split(/(?<=-----END X509 CRL-----\n)/);
      writeFileSync(crl, first);
      const server = await start(lab.folder, files(crl), toolOrFail(program));
      try {
        expect((await visit(server, CLIENT.good)).text).not.toContain('hello');
      } finally {
        await server.stop();
      }
    });
  });
});
