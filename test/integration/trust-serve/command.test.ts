import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { devca } from '../../support/devca.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { cleanEnvironment, describeWith } from '../../support/tools.ts';
import { newUser, serve } from './lab.ts';

const isReachable = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(url)).status === 200;
  } catch {
    return false;
  }
};

describe('`devca trust serve`', () => {
  const home = newUser();

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 0],
    ['SIGHUP', 0],
  ] as const)('ends with %s, also while somebody is connected', async (signal, expected) => {
    const serving = await serve(home);
    const { hostname, port } = new URL(serving.url);
    const { connect } = await import('node:net');
    const idle = connect(Number(port), hostname).on('error', () => undefined);
    expect(await isReachable(serving.url)).toBe(true);
    const { status, said } = await serving.end(signal);
    idle.destroy();
    expect({ status, said }).toEqual({
      status: expected,
      said: expect.stringMatching(
        new RegExp(`^\\S+Z 127\\.0\\.0\\.1 took the page\\nended by ${signal}: the page is gone\\n$`),
      ),
    });
    expect(await isReachable(serving.url)).toBe(false);
  });

  it('ends by itself', async () => {
    const serving = await serve(home, ['--minutes', '0.02']);
    expect(await isReachable(serving.url)).toBe(true);
    expect(await serving.end()).toMatchObject({
      status: 0,
      said: expect.stringContaining('the time is over: the page is gone'),
    });
    expect(await isReachable(serving.url)).toBe(false);
  });

  it('listens on the port that is given, once', async () => {
    const first = await serve(home);
    const { port } = new URL(first.url);
    const second = devca(['trust', 'serve', '--port', port, '--minutes', '0.01'], { home });
    expect(second).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('[DEVCA_SERVER_PORT_IN_USE]'),
    });
    await first.end('SIGINT');
    const third = await serve(home, ['--port', port]);
    expect(new URL(third.url).port).toBe(port);
    await third.end('SIGINT');
  });

  it('serves on IPv6', async () => {
    const serving = await serve(home, ['--lan', '::1']);
    expect(serving.url).toMatch(/^http:\/\/\[::1\]:\d+\/[0-9a-f]{32}$/);
    expect(await isReachable(serving.url)).toBe(true);
    await serving.end('SIGINT');
  });
});

describeWith(['curl', 'openssl', 'certutil'], 'a colleague who has no authority', () => {
  const home = newUser();
  /** Downloads the root into a home of their own, as the page says. */
  const colleague = async (): Promise<{ home: string; file: string; sha256: string }> => {
    const folder = scratchFolder();
    mkdirSync(join(folder, '.pki'));
    const serving = await serve(home);
    const sha256 = serving.roots[0]?.sha256 ?? '';
    const file = `devca-${sha256.slice(0, 16)}`;
    for (const extension of ['crt', 'pem'])
      execFileSync('curl', ['-sfO', `${serving.url}/${file}.${extension}`], {
        cwd: folder,
        env: cleanEnvironment(folder),
      });
    await serving.end('SIGINT');
    return { home: folder, file, sha256 };
  };

  it('gets the root, whose file has the fingerprint as its hash', async () => {
    const { home: folder, file, sha256 } = await colleague();
    const der = readFileSync(join(folder, `${file}.crt`));
    expect(createHash('sha256').update(der).digest('hex')).toBe(sha256);
    const words = ['x509', '-in', `${file}.pem`, '-noout', '-fingerprint', '-sha256'];
    const { stdout } = spawnSync('openssl', words, { cwd: folder, encoding: 'utf8' });
    expect(stdout.replaceAll(':', '').toLowerCase()).toContain(sha256);
  });

  it('trusts it by its fingerprint, sees it in the status, and takes it out again', async () => {
    const { home: folder, file, sha256 } = await colleague();
    const run = (...args: string[]) => devca(['trust', ...args], { home: folder });
    const json = (...args: string[]) => {
      const { status, stdout } = run(...args, '--json');
      return { status, ...JSON.parse(stdout) };
    };
    const from = ['--from', `${file}.pem`, '--store', 'nss'];
    expect(run('install', ...from)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('[DEVCA_TRUST_FROM_FINGERPRINT]'),
    });
    expect(run('status', '--json')).toMatchObject({ status: 3 });
    const installed = run('install', ...from, '--sha256', sha256);
    expect(installed).toMatchObject({ status: 0, stderr: expect.stringContaining('any address') });

    const status = json('status', '--store', 'nss');
    expect(status.status).toBe(0);
    expect(status.stores).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ status: 'trusted', root: expect.objectContaining({ sha256, own: false }) }),
      ]),
    );
    // In the stores that were left out it is not, and the command that changes that needs no file.
    const whole = json('status');
    const left = whole.stores.find(({ id }: { id: string }) => id === 'system');
    expect(left).toMatchObject({ status: 'not-trusted' });
    expect(left.fix).toContain(`devca trust install --sha256 ${sha256.slice(0, 16)} --store system`);
    const plan = run('install', '--sha256', sha256.slice(0, 16), '--store', 'system', '--dry-run');
    expect(plan).toMatchObject({ stdout: expect.stringContaining('-----BEGIN CERTIFICATE-----') });

    // Nothing of it is an authority: the commands that need one say so.
    expect(devca(['issue', 'localhost'], { home: folder })).toMatchObject({ status: 3 });

    expect(json('uninstall')).toMatchObject({
      status: 0,
      stores: expect.arrayContaining([
        expect.objectContaining({
          status: 'not-trusted',
          changed: true,
          root: expect.objectContaining({ sha256 }),
        }),
      ]),
    });
    expect(run('status', '--json')).toMatchObject({ status: 3 });
  });

  it('has it beside an authority of their own, and takes it out alone', async () => {
    const { home: folder, file, sha256 } = await colleague();
    const run = (...args: string[]) => devca(['trust', ...args], { home: folder });
    expect(run('install', '--from', `${file}.pem`, '--store', 'nss', '--sha256', sha256).status).toBe(0);
    expect(devca(['init', '--yes', '--stores', 'nss'], { home: folder }).status).toBe(0);
    const rows = (): { status: string; root: { sha256: string; own: boolean } }[] =>
      JSON.parse(run('status', '--store', 'nss', '--json').stdout).stores.filter(
        ({ status }: { status: string }) => status !== 'unsupported',
      );
    expect(rows().map(({ status, root }) => [status, root.own])).toEqual([
      ['trusted', true],
      ['trusted', false],
    ]);
    expect(run('uninstall', '--sha256', sha256.slice(0, 16)).status).toBe(0);
    expect(rows().map(({ status, root }) => [status, root.own])).toEqual([['trusted', true]]);
    expect(run('uninstall').status).toBe(0);
  });
});
