import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const home = join(scratchFolder(), 'home');

async function devca(...argv: readonly string[]) {
  const world = testWorld({ home, environment: { DEVCA_HOME: home }, now: new Date('2026-06-01T12:00:00Z') });
  const status = await run(argv, world);
  return { status, ...world.written };
}

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

  it.each(['--json', '--files'])('is not --csv and %s at once', async (flag) => {
    const { status, out, error } = await devca('list', '--csv', flag);
    expect(status).toBe(2);
    expect(error + out).toContain('do not go together');
  });
});
