import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const home = join(scratchFolder(), 'home');

async function devcaAt(now: string, ...argv: readonly string[]) {
  const world = testWorld({ home, environment: { DEVCA_HOME: home }, now: new Date(now) });
  const status = await run(argv, world);
  return { status, ...world.written };
}

const devca = (...argv: readonly string[]) => devcaAt('2026-06-01T12:00:00Z', ...argv);

describe('devca list', () => {
  beforeAll(async () => {
    await devca('init', '--no-trust');
    await devca('issue', 'localhost', '127.0.0.1', '--out', join(home, 'certs'), '--days', '30');
  });

  it('refuses a profile that nobody knows, and lists none of one that is just not used', async () => {
    const { status, error } = await devca('list', '--profile', 'nope');
    expect(status).toBe(2);
    expect(error).toContain('[DEVCA_PROFILE_UNKNOWN]');
    expect(error).toContain('use one of server, client, service');
    expect(await devca('list', '--profile', 'client')).toMatchObject({ status: 0, out: 'no certificates\n' });
    expect((await devca('list', '--profile', 'server')).out).toContain('localhost');
  });

  it('gives every column as comma-separated values', async () => {
    const { status, out } = await devca('list', '--csv');
    expect(status).toBe(0);
    const [heading = '', row = '', ...rest] = out.split('\r\n');
    expect(heading).toBe(
      'serial,sha256,profile,names,subject,notBefore,notAfter,status,authority,generation,keyAlgorithm,file',
    );
    const columns = row.split(',');
    expect(columns).toHaveLength(12);
    expect(columns.slice(2, 5)).toEqual(['server', 'localhost 127.0.0.1', 'CN=localhost']);
    expect(columns.slice(7)).toEqual([
      'valid',
      'default',
      '1',
      'ec-p256',
      join(home, 'certs/localhost+1.pem'),
    ]);
    expect(rest).toEqual(['']);
  });

  it('gives the heading alone where nothing was found', async () => {
    const { out } = await devca('list', '--csv', '--status', 'revoked');
    expect(out.split('\r\n')).toHaveLength(2);
  });

  it('lists what has ended too, as long as its files are in their places', async () => {
    const later = (...argv: readonly string[]) => devcaAt('2026-09-01T12:00:00Z', 'list', ...argv);
    expect(await later('--expiring', '30d', '--check')).toMatchObject({
      status: 4,
      out: expect.stringMatching(/^localhost, 127\.0\.0\.1 +server +expired +62 days ago /m),
    });
    const [from, to] = ['certs', 'moved'].map((name) => join(home, name)) as [string, string];
    renameSync(from, to);
    expect(await later('--expiring', '30d', '--check')).toMatchObject({
      status: 0,
      out: 'no certificates that end within 30d\n',
    });
    renameSync(to, from);
  });

  it.each([
    [['--check'], '"--check" needs "--expiring" or "--files"'],
    [['--status', 'revoked', '--expiring', '30d'], 'do not go together'],
  ])('refuses %j, which would say nothing', async (flags, detail) => {
    const { status, error } = await devca('list', ...flags);
    expect(status).toBe(2);
    expect(error).toContain(detail);
  });

  it.each(['--json', '--files'])('is not --csv and %s at once', async (flag) => {
    const { status, out, error } = await devca('list', '--csv', flag);
    expect(status).toBe(2);
    expect(error + out).toContain('do not go together');
  });
});
