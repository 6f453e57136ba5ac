import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { issueCertificate } from '../../../src/authority/issue.ts';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

let user: string;
let home: string;

interface Asked {
  readonly now?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const devca = async (args: readonly string[], { now, environment }: Asked = {}) => {
  const world = testWorld({
    home: user,
    environment: { DEVCA_HOME: home, ...environment },
    ...(now === undefined ? {} : { now: new Date(now) }),
  });
  const status = await run(args, world);
  return { status, out: world.written.out, error: world.written.error };
};

/** What a doctor that asks no store finds. */
const findings = async (asked: Asked = {}, ...flags: string[]) => {
  const { status, out } = await devca(['doctor', '--no-trust', '--json', ...flags], asked);
  const { findings: found } = JSON.parse(out);
  return { status, found };
};

beforeEach(async () => {
  user = scratchFolder();
  home = join(user, 'authority');
  await devca(['init', '--no-trust']);
  await devca(['issue', 'api.test']);
});

describe('devca doctor', () => {
  it('finds nothing where nothing is wrong', async () => {
    expect(await devca(['doctor', '--no-trust'])).toEqual({
      status: 0,
      out: 'nothing is wrong\n',
      error: '',
    });
  });

  it('names a file that is not what was delivered, with the command that mends it', async () => {
    appendFileSync(join(user, 'api.test.pem'), 'x');
    const { status, found } = await findings();
    expect(status).toBe(4);
    expect(found).toMatchObject([{ id: 'file-changed', severity: 'problem' }]);
    const words = found[0].fix.split(' ').slice(1);
    expect(words.slice(0, 1)).toEqual(['renew']);
    expect((await devca(words)).status).toBe(0);
    expect((await findings()).status).toBe(0);
  });

  it('mends a key that is gone by a new one', async () => {
    rmSync(join(user, 'api.test-key.pem'));
    const { found } = await findings();
    expect(found).toMatchObject([
      { id: 'file-missing', fix: expect.stringMatching(/^devca rekey [0-9a-f]+$/) },
    ]);
    expect((await devca(found[0].fix.split(' ').slice(1))).status).toBe(0);
    expect((await findings()).status).toBe(0);
  });

  it('says in one finding that nothing is left of a certificate, with the command that ends it', async () => {
    await devca(['issue', 'p.test', '--format', 'combined']);
    for (const name of ['api.test.pem', 'api.test-key.pem', 'api.test-fullchain.pem', 'p.test-combined.pem'])
      rmSync(join(user, name));
    const { status, found } = await findings();
    expect(status).toBe(4);
    expect(found).toMatchObject([
      { id: 'file-missing', message: expect.stringContaining('api.test.pem" and 2 more: ') },
      { id: 'file-missing', message: expect.stringContaining('p.test-combined.pem": ') },
    ]);
    for (const { fix } of found) expect((await devca(fix.split(' ').slice(1))).status).toBe(0);
    expect((await findings()).found).toEqual([]);
  });

  it('tells so many of a kind and counts the others, and all of them with --json', async () => {
    for (let index = 0; index < 25; index++) {
      await devca(['issue', `host-${index}.test`, '--format', 'combined']);
      rmSync(join(user, `host-${index}.test-combined.pem`));
    }
    chmodSync(home, 0o755);
    const { out } = await devca(['doctor', '--no-trust']);
    expect(out.match(/^problem: every file/gm)).toHaveLength(20);
    expect(out).toContain(`the mode of "${home}"`);
    expect(out).toMatch(
      /^and 5 more of the kind "file-missing"\n"devca doctor --json" has all of them\n26 problems$/m,
    );
    expect((await findings()).found).toHaveLength(26);
  });

  it('sees that what the inventory has of a certificate is not what was recorded', async () => {
    const database = new Database(join(home, 'devca.db'));
    database.exec(`UPDATE certificates SET der = substr(der, 1, 300) WHERE names LIKE '%api.test%'`);
    database.close();
    expect((await findings()).found).toMatchObject([
      { id: 'path-broken', message: expect.stringContaining('the inventory has lost it') },
    ]);
  });

  it('finds keys and folders that others can read', async () => {
    chmodSync(join(user, 'api.test-key.pem'), 0o640);
    chmodSync(home, 0o755);
    const { status, found } = await findings();
    expect(status).toBe(4);
    expect(found).toMatchObject([
      { id: 'mode-too-open', fix: `chmod 0700 ${home}` },
      { id: 'key-too-open', fix: `chmod 600 ${join(user, 'api.test-key.pem')}` },
    ]);
  });

  it('warns of what ends soon, and fails with --check', async () => {
    const now = '2027-06-20T00:00:00Z';
    const soon = await findings({ now });
    expect(soon.found).toContainEqual(
      expect.objectContaining({ id: 'certificate-expiring', severity: 'warning' }),
    );
    const young = await findings({ now: '2026-06-02T00:00:00Z' }, '--expiring', '500d');
    expect(young).toMatchObject({ status: 0, found: [{ id: 'certificate-expiring' }] });
    expect((await findings({ now: '2026-06-02T00:00:00Z' }, '--expiring', '500d', '--check')).status).toBe(4);
  });

  it('tells what has ended as long as it is in its place, with the command that mends it', async () => {
    const now = '2027-08-01T00:00:00Z';
    await devca(['issue', 'moved.test']);
    for (const name of ['moved.test.pem', 'moved.test-key.pem', 'moved.test-fullchain.pem'])
      rmSync(join(user, name));
    const { status, found } = await findings({ now });
    expect(status).toBe(4);
    expect(found).toMatchObject([
      {
        id: 'certificate-expired',
        severity: 'problem',
        message: expect.stringMatching(/^the certificate for "api\.test" ended on 2027-07-03 and is still/),
        fix: expect.stringMatching(/^devca renew [0-9a-f]+$/),
      },
    ]);
    expect((await devca(found[0].fix.split(' ').slice(1), { now })).status).toBe(0);
    expect((await findings({ now })).found).toEqual([]);
  });

  it('gives what has ended a new key where its key is gone', async () => {
    const now = '2027-08-01T00:00:00Z';
    rmSync(join(user, 'api.test-key.pem'));
    const { found } = await findings({ now });
    expect(found).toMatchObject([
      { id: 'file-missing', fix: expect.stringMatching(/^devca rekey [0-9a-f]+$/) },
      { id: 'certificate-expired', fix: found[0].fix },
    ]);
    expect((await devca(found[0].fix.split(' ').slice(1), { now })).status).toBe(0);
    expect((await findings({ now })).found).toEqual([]);
  });

  it('says nothing of a certificate without files, which nothing could renew', async () => {
    const request = { names: ['localhost'], lifeMs: 3_600_000, withoutPem: true };
    for (const isForProof of [false, true])
      await issueCertificate(request, { home, isForProof }, testWorld({ home: user }));
    const { certificates } = JSON.parse((await devca(['list', '--json'])).out);
    expect(certificates.map(({ names }: { names: string[] }) => names)).toEqual([
      ['api.test'],
      ['localhost'],
    ]);
    expect((await findings()).found).toEqual([]);
  });

  it('has nothing to say of a proof without clients, for which no certificate is made', async () => {
    const { out } = await devca(['trust', 'status', '--client', 'deno', '--store', 'nss', '--json']);
    expect(JSON.parse(out)).toMatchObject({ clients: [{ id: 'deno', status: 'not-installed' }] });
    expect((await devca(['list', '--all', '--profile', 'proof'])).out).toBe('no certificates\n');
  });

  it('asks for a rollover when the authority cannot issue for the longest life any more', async () => {
    const { found } = await findings({ now: '2029-06-01T00:00:00Z' });
    expect(found).toContainEqual(
      expect.objectContaining({ id: 'authority-ageing', severity: 'warning', fix: 'devca ca roll' }),
    );
    const late = await findings({ now: '2035-01-01T00:00:00Z' });
    expect(late.found).toContainEqual(
      expect.objectContaining({ id: 'authority-expired', severity: 'problem' }),
    );
  });

  it('finds a revocation list that is out of date', async () => {
    await devca(['crl', '--days', '30']);
    const { found } = await findings({ now: '2026-08-01T00:00:00Z' });
    expect(found).toMatchObject([{ id: 'crl-outdated', severity: 'problem', fix: 'devca crl' }]);
  });

  it('sees that the clock is before the authority', async () => {
    const { found } = await findings({ now: '2020-01-01T00:00:00Z' });
    expect(found).toContainEqual(expect.objectContaining({ id: 'clock-behind', severity: 'problem' }));
  });

  it('sees that the clock is before the last thing that happened', async () => {
    await devca(['issue', 'later.test'], { now: '2026-09-01T00:00:00Z' });
    const { found } = await findings({ now: '2026-08-01T00:00:00Z' });
    expect(found).toContainEqual(
      expect.objectContaining({ id: 'clock-behind', message: expect.stringContaining('the last event') }),
    );
  });

  it('finds certificates whose generation is retired', async () => {
    await devca(['ca', 'roll', '--no-trust']);
    await devca(['ca', 'retire', '--force', '--no-trust']);
    const { found } = await findings();
    expect(found).toContainEqual(expect.objectContaining({ id: 'path-broken', severity: 'problem' }));
  });

  it('writes public files that are gone once more, by the command that it gives', async () => {
    rmSync(join(home, 'ca/root.pem'));
    const { found } = await findings();
    expect(found).toMatchObject([{ id: 'file-missing', fix: 'devca init --no-trust' }]);
    await devca(['init', '--no-trust']);
    expect((await findings()).found).toEqual([]);
  });

  it('finds the files of a home that was moved in their places, and rolls over there', async () => {
    await devca(['ca', 'roll', '--no-trust']);
    await devca(['init', '--no-trust', '--name', 'work']);
    const moved = join(user, 'moved');
    renameSync(home, moved);
    home = moved;
    expect((await findings()).found).toEqual([]);
    await devca(['ca', 'roll', '--no-trust']);
    expect((await findings()).found).toEqual([]);
    rmSync(join(home, 'ca/root-2.pem'));
    rmSync(join(home, 'ca/work/root.pem'));
    rmSync(join(home, 'keys/work-1-intermediate.pem'));
    const { found } = await findings();
    expect(found).toMatchObject([
      { id: 'file-missing', fix: 'devca init --no-trust' },
      { id: 'file-missing', fix: 'devca init --no-trust --name work' },
      { id: 'file-missing', fix: 'devca ca roll --authority work' },
    ]);
    for (const { fix } of found) expect((await devca(fix.split(' ').slice(1))).status).toBe(0);
    const [old] = (await findings()).found;
    expect(old).toMatchObject({ id: 'file-missing', fix: 'devca ca retire --authority work' });
    expect((await devca(old.fix.split(' ').slice(1))).status).toBe(0);
    expect((await findings()).found).toEqual([]);
  });

  it('minds a copy of the revocation list that was changed, and none that is gone', async () => {
    await devca(['crl', '--out', join(user, 'kept.pem')]);
    await devca(['crl', '--out', join(user, 'gone.crl'), '--format', 'der']);
    appendFileSync(join(user, 'kept.pem'), 'x');
    rmSync(join(user, 'gone.crl'));
    const { found } = await findings();
    expect(found).toMatchObject([
      { id: 'file-changed', fix: `devca crl --out ${join(user, 'kept.pem')} --force` },
    ]);
    expect((await devca(found[0].fix.split(' ').slice(1))).status).toBe(0);
    expect((await findings()).found).toEqual([]);
  });

  it('finds variables that make programs trust other roots, but not with --no-trust', async () => {
    const bundle = join(user, 'bundle.pem');
    writeFileSync(bundle, '');
    const environment = {
      SSL_CERT_FILE: bundle,
      NODE_EXTRA_CA_CERTS: join(user, 'nothing.pem'),
      SSL_CERT_DIR: '/nowhere',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
    };
    const inEnvironment = async (asked: Asked) => {
      const { findings: found } = JSON.parse((await devca(['doctor', '--json'], asked)).out);
      return found
        .map(({ id }: { id: string }) => id)
        .filter((id: string) => /^(verification-off|environment-trust)$/.test(id));
    };
    expect(await inEnvironment({ environment })).toEqual([
      'verification-off',
      'environment-trust',
      'environment-trust',
      'environment-trust',
    ]);
    expect(await findings({ environment }, '--check')).toEqual({ status: 0, found: [] });
    copyFileSync(join(home, 'ca/roots.pem'), bundle);
    expect(await inEnvironment({ environment: { SSL_CERT_FILE: bundle } })).toEqual([]);
  });

  it('checks the inventory and its chain of events', async () => {
    const database = new Database(join(home, 'devca.db'));
    database.exec(`UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'events'`);
    database.close();
    const { status, found } = await findings();
    expect(status).toBe(4);
    expect(found).toMatchObject([
      { id: 'inventory-damaged', message: expect.stringContaining('chain of events') },
    ]);
  });

  it('says that a delivery was interrupted', async () => {
    const database = new Database(join(home, 'devca.db'));
    database.exec(`UPDATE deliveries SET state = 'written' WHERE path LIKE '%/api.test.pem'`);
    database.close();
    const { found } = await findings();
    expect(found).toContainEqual(
      expect.objectContaining({ id: 'delivery-interrupted', severity: 'warning' }),
    );
  });

  it('says of files that will be completed nothing else', async () => {
    const interrupted = [
      'authority/keys/default-1-intermediate.pem',
      'authority/ca/root.pem',
      'api.test.pem',
    ];
    const database = new Database(join(home, 'devca.db'));
    for (const path of interrupted.map((name) => join(user, name))) {
      const delivery = database.prepare('SELECT id, temporary_path FROM deliveries WHERE path = ?').get(path);
      const { id, temporary_path: temporary } = delivery as { id: number; temporary_path: string };
      database.prepare(`UPDATE deliveries SET state = 'written' WHERE id = ?`).run(id);
      renameSync(path, temporary);
    }
    database.close();
    const { status, found } = await findings();
    expect(status).toBe(0);
    expect(found).toHaveLength(interrupted.length);
    for (const finding of found)
      expect(finding).toMatchObject({ id: 'delivery-interrupted', fix: 'devca init --no-trust' });
    await devca(['init', '--no-trust']);
    expect((await findings()).found).toEqual([]);
  });

  it('takes a folder in the place of a file for a change', async () => {
    rmSync(join(user, 'api.test.pem'));
    mkdirSync(join(user, 'api.test.pem'));
    expect((await findings()).found).toMatchObject([{ id: 'file-changed' }]);
  });

  it('sums up what the stores say', async () => {
    const { status, out } = await devca(['doctor', '--json']);
    const { stores } = JSON.parse(out);
    expect(stores.length).toBeGreaterThan(0);
    expect([0, 4, 5]).toContain(status);
  });

  it('counts each store once, however many roots there are', async () => {
    expect((await devca(['doctor'])).out).toMatch(/; \d of \d stores trust the root\n$/);
    await devca(['ca', 'roll', '--no-trust']);
    const { out } = await devca(['doctor']);
    const { stores } = JSON.parse((await devca(['doctor', '--json'])).out);
    const asked = stores.filter(({ status }: { status: string }) => status !== 'unsupported');
    const ids = new Set(asked.map(({ id }: { id: string }) => id));
    expect(asked).toHaveLength(ids.size * 2);
    expect(out).toMatch(new RegExp(`; \\d of ${ids.size} stores trust all 2 roots\\n$`));
  });

  it('names the home and the authority in its commands, where those are not the default ones', async () => {
    const place = ['--home', join(user, 'second')];
    await devca(['init', '--no-trust', ...place]);
    await devca(['init', '--no-trust', '--name', 'work', ...place]);
    rmSync(join(user, 'second/ca/work/root.pem'));
    const { out } = await devca(['doctor', '--no-trust', '--json', ...place]);
    expect(JSON.parse(out).findings).toMatchObject([
      { id: 'file-missing', fix: `devca init --no-trust --home ${join(user, 'second')} --name work` },
    ]);
    const { out: asked } = await devca(['doctor', '--json', ...place]);
    const fixes: string[] = JSON.parse(asked).stores.map(({ fix }: { fix: string }) => fix);
    const commands = fixes.filter((fix) => fix.includes('devca trust install'));
    expect(commands.filter((fix) => !fix.includes(` --home ${join(user, 'second')}`))).toEqual([]);
  });

  it('needs an authority', async () => {
    rmSync(home, { recursive: true });
    expect(await devca(['doctor'])).toMatchObject({
      status: 3,
      error: expect.stringContaining('[DEVCA_AUTHORITY_MISSING]'),
    });
  });
});

describe('devca list --files', () => {
  it('says of each file whether it is as delivered', async () => {
    const { status, out } = await devca(['list', '--files', '--check']);
    expect(status).toBe(0);
    expect(out).toMatch(/^api\.test +[0-9a-f]{12} +key +as-delivered +.*api\.test-key\.pem$/m);
    chmodSync(join(user, 'api.test-key.pem'), 0o644);
    appendFileSync(join(user, 'api.test.pem'), 'x');
    const { out: json } = await devca(['list', '--files', '--json']);
    const { checks } = JSON.parse(json).certificates[0];
    expect(checks).toContainEqual(expect.objectContaining({ format: 'key', state: 'too-open' }));
    expect(checks).toContainEqual(expect.objectContaining({ format: 'cert', state: 'changed' }));
    expect((await devca(['list', '--files', '--check'])).status).toBe(4);
    expect((await devca(['list', '--files'])).status).toBe(0);
  });

  it('fails for what ends soon with --check', async () => {
    expect((await devca(['list', '--expiring', '500d', '--check'])).status).toBe(4);
    expect((await devca(['list', '--expiring', '5d', '--check'])).status).toBe(0);
  });
});
