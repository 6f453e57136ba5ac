import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

let user: string;

const devca = async (...args: string[]) => {
  const world = testWorld({ home: user, environment: { DEVCA_HOME: join(user, 'authority') } });
  const status = await run(args, world);
  return { status, out: world.written.out, error: world.written.error };
};

beforeEach(async () => {
  user = scratchFolder();
  await devca('init', '--no-trust');
  await devca('issue', 'api.test');
});

describe('devca revoke', () => {
  it('says of which generation each list is, and names a copy in DER under its list alone', async () => {
    const copies = ['one.crl', 'two.crl'].map((name) => join(user, name));
    await devca('crl', '--out', 'one.crl', '--format', 'der');
    await devca('ca', 'roll', '--no-trust');
    const { out } = await devca('crl', '--out', 'two.crl', '--format', 'der');
    const blocks = out.split(/^signed a revocation list/m).slice(1);
    expect(blocks.map((block) => /^ of the authority "default", generation (\d)$/m.exec(block)?.[1])).toEqual(
      ['2', '1'],
    );
    expect(blocks.map((block) => copies.filter((path) => block.includes(path)))).toEqual([
      [copies[1]],
      [copies[0]],
    ]);
    for (const block of blocks) expect(block).toContain(join(user, 'authority/ca/crl.pem'));
  });

  it('takes --yes as other commands do', async () => {
    expect((await devca('revoke', 'api.test', '--yes')).status).toBe(0);
  });

  it('says what it revoked, the number of the list and where it is', async () => {
    const { status, out, error } = await devca('revoke', 'api.test', '--reason', 'superseded');
    expect({ status, error }).toEqual({
      status: 0,
      error: 'servers that are running take the new list when they are reloaded\n',
    });
    expect(out).toMatch(/^revoked the server certificate for api\.test$/m);
    expect(out).toMatch(/^ {2}names +1 certificate$/m);
    expect(out).toContain(join(user, 'authority/ca/crl.pem'));
    const list = JSON.parse((await devca('list', '--json')).out);
    expect(list.certificates).toMatchObject([{ status: 'revoked' }]);
  });

  it('has a document for scripts', async () => {
    const { out } = await devca('revoke', 'api.test', '--json');
    expect(JSON.parse(out)).toMatchObject({
      schema: 1,
      revoked: [{ names: ['api.test'], reason: 'unspecified', revokedAt: '2026-06-01T12:00:00.000Z' }],
      crls: [{ authority: 'default', generation: 1, revoked: 1 }],
      files: { crl: join(user, 'authority/ca/crl.pem') },
    });
  });

  it('changes nothing in a dry run', async () => {
    const { status, out } = await devca('revoke', 'api.test', '--dry-run');
    expect(status).toBe(0);
    expect(out).toMatch(/^would revoke the server certificate [0-9a-f]{32} for api\.test$/m);
    expect(JSON.parse((await devca('list', '--json')).out).certificates).toMatchObject([{ status: 'valid' }]);
  });

  it('with a name that means several exits 2, as renewing them does', async () => {
    await devca('issue', 'api.test', '--out', 'elsewhere');
    for (const [verb, code] of [
      ['revoke', 'DEVCA_REVOKE_AMBIGUOUS'],
      ['renew', 'DEVCA_RENEWAL_AMBIGUOUS'],
    ] as const)
      expect(await devca(verb, 'api.test')).toMatchObject({
        status: 2,
        out: '',
        error: expect.stringContaining(`[${code}]`),
      });
  });

  it.each([
    [['api.test', '--reason', 'stolen'], 2, 'DEVCA_REVOKE_REASON'],
    [['nosuch.test'], 3, 'DEVCA_INVENTORY_UNKNOWN'],
    [[], 2, 'DEVCA_USAGE_INVALID'],
    [['api.test', '--authority', 'other'], 3, 'DEVCA_AUTHORITY_UNKNOWN'],
  ])('with %j exits %i', async (args, status, code) => {
    const outcome = await devca('revoke', ...args);
    expect(outcome).toMatchObject({ status, out: '', error: expect.stringContaining(`[${code}]`) });
  });
});

describe('devca crl', () => {
  it('signs the next list and writes the copy that was asked for', async () => {
    const { status, out } = await devca('crl', '--out', 'copy.pem', '--days', '30', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      crls: [{ revoked: 0, thisUpdate: '2026-06-01T11:55:00.000Z', nextUpdate: '2026-07-01T12:00:00.000Z' }],
      files: { crl: join(user, 'authority/ca/crl.pem'), copy: join(user, 'copy.pem') },
    });
    expect(existsSync(join(user, 'copy.pem'))).toBe(true);
    expect((await devca('crl')).out).toMatch(/^ {2}names +0 certificates$/m);
  });

  it('gives every list to standard output, and writes no file that is called "-"', async () => {
    const { status, out } = await devca('crl', '--out', '-');
    expect({ status, out }).toEqual({
      status: 0,
      out: readFileSync(join(user, 'authority/ca/crl.pem'), 'utf8'),
    });
    expect(existsSync(join(user, '-'))).toBe(false);
    for (const other of [['--json'], ['--format', 'der']])
      expect(await devca('crl', '--out', '-', ...other)).toMatchObject({ status: 2 });
  });

  it('refuses days that are none', async () => {
    expect(await devca('crl', '--days', '0')).toMatchObject({
      status: 2,
      error: expect.stringContaining('[DEVCA_CRL_DAYS]'),
    });
  });
});
