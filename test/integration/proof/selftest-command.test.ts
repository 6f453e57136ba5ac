import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import Database from 'better-sqlite3';
import { findTool } from '../../support/tools.ts';
import { type Lab, proofLab } from './lab.ts';

jest.setTimeout(30_000);

const report = async (lab: Lab, ...args: string[]) => {
  const { status, out } = await lab.run('selftest', ...args, '--json');
  return { status, ...JSON.parse(out) };
};

describe('devca selftest', () => {
  const lab = proofLab();
  const nothing = proofLab();

  beforeAll(async () => {
    await lab.run('init', '--no-trust');
    await lab.run('issue', 'localhost', '127.0.0.1');
    await lab.run('issue', 'alice', '--profile', 'client');
    await lab.run('issue', 'orders', '--profile', 'service');
  });

  it('prints what both ends saw of each scenario', async () => {
    const { status, out, error } = await lab.run('selftest', 'localhost');
    expect({ status, error }).toEqual({ status: 0, error: '' });
    expect(out).toMatch(/^ok +accepts mutual TLS, as server +1\.3, 1\.2 +node +accepted +accepted$/m);
    expect(out).toMatch(
      /^ok +refuses a client whose certificate has expired +1\.3, 1\.2 +node +closed +expired$/m,
    );
    expect(out).toMatch(/^passed: \d+ passed, 0 failed$/m);
  });

  it('has the document that others rely on', async () => {
    const { status, schema, passed, failed, subjects } = await report(lab, 'localhost');
    expect({ status, schema, failed }).toEqual({ status: 0, schema: 1, failed: 0 });
    expect(passed).toBe(subjects[0].scenarios.length);
    expect(subjects[0]).toMatchObject({ serial: expect.stringMatching(/^[0-9a-f]{32}$/), name: 'localhost' });
    expect(subjects[0].scenarios).toContainEqual({
      id: 'expired-client',
      title: 'a client whose certificate has expired',
      tls: 'TLSv1.3',
      peer: 'node',
      ends: ['server'],
      expected: 'expired',
      client: 'closed',
      server: 'expired',
      passed: true,
      ms: expect.any(Number),
    });
  });

  it('proves everything that is valid and not replaced, by default and with --all', async () => {
    await lab.run('issue', 'replaced.test');
    await lab.run('issue', 'replaced.test');
    const all = await report(lab, '--all');
    const names = all.subjects.map(({ name }: { name: string }) => name).sort();
    expect(names).toEqual(['alice.dev.internal', 'localhost', 'orders.dev.internal', 'replaced.test']);
    expect({ status: all.status, failed: all.failed }).toEqual({ status: 0, failed: 0 });
    expect((await report(lab)).subjects).toHaveLength(4);
  });

  it('finds a certificate by its serial number and by its file', async () => {
    const { subjects } = await report(lab, 'orders.pem');
    const [{ serial }] = subjects;
    expect(subjects[0].name).toBe('orders.dev.internal');
    expect((await report(lab, serial.slice(0, 10))).subjects[0].serial).toBe(serial);
  });

  it('signs nothing with the authority and changes nothing in its home', async () => {
    const inventory = join(lab.home, 'devca.db');
    const list = async () => (await lab.run('list', '--all', '--json')).out;
    const before = [await list(), readFileSync(inventory)];
    await lab.run('selftest', '--all');
    expect([await list(), readFileSync(inventory)]).toEqual(before);
  });

  it('writes a report for build servers', async () => {
    const { out } = await lab.run('selftest', 'localhost', '--report', 'junit');
    expect(out).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="devca selftest" tests="\d+" failures="0">/,
    );
    expect(out.match(/<testcase /g)?.length).toBeGreaterThan(45);
  });

  it.each([
    [['nobody.test'], 3, 'DEVCA_INVENTORY_UNKNOWN'],
    [['localhost', '--all'], 2, 'DEVCA_USAGE_INVALID'],
    [['--key', 'x.pem'], 2, 'DEVCA_USAGE_INVALID'],
    [['--cert', 'x.pem'], 2, 'DEVCA_USAGE_INVALID'],
    [['localhost', '--with', 'ssleay'], 2, 'DEVCA_PROOF_PEER_UNKNOWN'],
    [
      ['--cert', 'localhost+1.pem', '--key', 'alice-client-key.pem', '--roots', 'none.pem'],
      1,
      'DEVCA_FILE_NOT_FOUND',
    ],
  ])('refuses %j with status %i and %s', async (args, status, code) => {
    const outcome = await lab.run('selftest', ...args);
    expect({ status: outcome.status, out: outcome.out }).toEqual({ status, out: '' });
    expect(outcome.error).toContain(`[${code}]`);
  });

  it('exits 1 where there is no key to prove anything with', async () => {
    await lab.run('issue', 'requested.test');
    const database = new Database(join(lab.home, 'devca.db'));
    // As the row of a request that was signed is: a certificate without a key.
    database.exec("DELETE FROM deliveries WHERE format = 'key' AND path LIKE '%requested%'");
    database.close();
    const { status, out, error } = await lab.run('selftest', 'requested.test');
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(error).toContain('[DEVCA_PROOF_NOT_PROVABLE]');
    const all = await lab.run('selftest', '--all');
    expect(all.status).toBe(0);
    expect(all.out).toContain('not provable: its key is not at hand');
  });

  it('exits 3 without an authority and 1 where there is nothing to prove', async () => {
    expect(await nothing.run('selftest')).toMatchObject({ status: 3 });
    await nothing.run('init', '--no-trust');
    const { status, error } = await nothing.run('selftest', '--all');
    expect(status).toBe(1);
    expect(error).toContain('[DEVCA_PROOF_NOTHING]');
  });
});

describe('devca selftest with something broken', () => {
  const lab = proofLab();
  const file = (name: string) => join(lab.folder, name);
  const text = (name: string) => readFileSync(file(name), 'utf8');

  beforeAll(async () => {
    await lab.run('init', '--no-trust');
    for (const name of ['missing', 'swapped', 'chain', 'root', 'given'])
      await lab.run('issue', `${name}.test`);
  });

  it('exits 4 and names the file where the key is gone', async () => {
    rmSync(file('missing.test-key.pem'));
    const { status, out } = await lab.run('selftest', 'missing.test');
    expect(status).toBe(4);
    expect(out).toContain(`"${file('missing.test-key.pem')}"`);
    expect(out).toContain('DEVCA_FILE_NOT_FOUND');
  });

  it('exits 4 where the key is that of another certificate', async () => {
    writeFileSync(file('swapped.test-key.pem'), text('chain.test-key.pem'));
    const { status, out } = await lab.run('selftest', 'swapped.test');
    expect(status).toBe(4);
    expect(out).toContain(`the key in "${file('swapped.test-key.pem')}" does not belong to the certificate`);
  });

  it('exits 4 where the full chain has lost its intermediate', async () => {
    writeFileSync(file('chain.test-fullchain.pem'), text('chain.test.pem'));
    const { status, out } = await lab.run('selftest', 'chain.test');
    expect(status).toBe(4);
    expect(out).toMatch(/^FAILED +accepts mutual TLS, as server .* missing-intermediate +closed$/m);
    expect(out).toMatch(/^ok +refuses a server whose certificate has expired/m);
  });

  it('shows of several certificates what failed, and why', async () => {
    const { status, out } = await lab.run('selftest', '--all');
    expect(status).toBe(4);
    expect(out).toMatch(/^given\.test [0-9a-f]{12} +\d+ passed, 0 failed$/m);
    expect(out).toMatch(/^failed: \d+ passed, \d+ failed for 5 certificates$/m);
    expect(out).not.toMatch(/^ok /m);
  });

  it('proves files by hand against the root in the home', async () => {
    const files = [
      '--cert',
      'given.test.pem',
      '--key',
      'given.test-key.pem',
      '--chain',
      join(lab.home, 'ca/intermediate.pem'),
    ];
    expect(await lab.run('selftest', ...files)).toMatchObject({ status: 0 });
    const wrong = await lab.run('selftest', '--cert', 'given.test.pem', '--key', 'root.test-key.pem');
    expect(wrong.status).toBe(4);
    expect(wrong.out).toContain('does not belong to the certificate');
  });

  it('exits 4 where the root in the home is not that of the authority', async () => {
    writeFileSync(join(lab.home, 'ca/root.pem'), text('root.test.pem'));
    const { status, out } = await lab.run('selftest', 'root.test');
    expect(status).toBe(4);
    expect(out).toContain(`"${join(lab.home, 'ca/root.pem')}" is not the one that the inventory recorded`);
  });
});

const openssl = findTool('openssl') === undefined ? it.skip : it;

describe('devca selftest --with', () => {
  const lab = proofLab();

  openssl('lets OpenSSL judge besides (needs openssl)', async () => {
    await lab.run('init', '--no-trust');
    await lab.run('issue', 'localhost');
    const { status, subjects } = await report(lab, 'localhost', '--with', 'openssl');
    expect(status).toBe(0);
    const judges = new Set(subjects[0].scenarios.map(({ peer }: { peer: string }) => peer));
    expect([...judges]).toEqual(['files', 'node', 'openssl']);
  });
});
