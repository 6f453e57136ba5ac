import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { readPair } from '../../../src/commands/handshake-settings.ts';
import { DevcaError } from '../../../src/errors/devca-error.ts';
import { type Files, systemFiles } from '../../../src/platform/files.ts';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

let user: string;

const devcaWith = async (files: Files, ...args: string[]) => {
  const world = worldThen();
  const status = await run(args, { ...world, files });
  return { status, out: world.written.out, error: world.written.error };
};

const worldThen = (now?: Date) =>
  testWorld({
    home: user,
    environment: { DEVCA_HOME: join(user, 'authority') },
    ...(now === undefined ? {} : { now }),
  });

const devca = (...args: string[]) => devcaWith(systemFiles, ...args);

const documentOf = async (...args: string[]) => JSON.parse((await devca(...args, '--json')).out);

beforeEach(async () => {
  user = scratchFolder();
  await devca('init', '--no-trust');
});

describe('several authorities in one home', () => {
  beforeEach(async () => {
    await devca('init', '--no-trust', '--name', 'work', '--permit', 'orders');
  });

  it('are listed with their generations, the default one marked', async () => {
    await devca('issue', 'orders', '--authority', 'work');
    const { out } = await devca('ca', 'list');
    expect(out).toMatch(/^default \(default\) +1 +current +0 +2031-06-01 +[0-9a-f]{16}$/m);
    expect(out).toMatch(/^work +1 +current +1 +2031-06-01 +[0-9a-f]{16}$/m);
    expect(await documentOf('ca', 'list')).toMatchObject({
      authorities: [
        { name: 'default', default: true, generations: [{ generation: 1, state: 'current', live: 0 }] },
        { name: 'work', default: false, generations: [{ live: 1, retiredAt: null }] },
      ],
    });
  });

  it('are shown one by one', async () => {
    const { out } = await devca('ca', 'show', 'work');
    expect(out).toContain(join(user, 'authority/ca/work/roots.pem'));
    expect(out).toMatch(/^generation 1: current$/m);
    expect(out).toMatch(/permitted .*orders$/m);
    expect(await documentOf('ca', 'show')).toMatchObject({ authority: { name: 'default' } });
    expect(await documentOf('ca', 'show', '--authority', 'work')).toMatchObject({
      authority: { name: 'work' },
    });
    expect(await devca('ca', 'show', 'work', '--authority', 'default')).toMatchObject({ status: 2 });
  });

  it('are each renewed and shown by themselves, also where both have issued for a name', async () => {
    await devca('issue', 'api.test');
    await devca('issue', 'api.test', '--authority', 'work', '--out', join(user, 'work'));
    const authorityOf = async (...args: string[]) =>
      (await documentOf(...args)).renewed.map(
        ({ certificate }: { certificate: { authority: string } }) => certificate.authority,
      );
    expect(await devca('renew', 'api.test')).toMatchObject({
      status: 2,
      error: expect.stringContaining('[DEVCA_RENEWAL_AMBIGUOUS]'),
    });
    expect(await authorityOf('renew', 'api.test', '--authority', 'work')).toEqual(['work']);
    expect(await authorityOf('rekey', '--all', '--authority', 'default')).toEqual(['default']);
    for (const name of ['default', 'work'])
      expect(await documentOf('show', 'api.test', '--authority', name)).toMatchObject({
        certificate: { inventory: { authority: name } },
      });
    expect((await devca('watch', '--print-unit', 'systemd', '--authority', 'work')).out).toMatch(
      /^ExecStart=.* watch --home \S+ --authority work$/m,
    );
  });

  it.each([
    ['renew', 'api.test'],
    ['revoke', 'api.test'],
    ['show', 'api.test'],
    ['export', 'api.test', '--format', 'der'],
    ['verify', 'api.test'],
    ['handshake', '--between', 'api.test', 'api.test'],
  ])('know nothing of what another has issued: "devca %s %s"', async (...args) => {
    await devca('issue', 'api.test');
    const { status, out, error } = await devca(...args, '--authority', 'work');
    expect(status).toBe(3);
    expect(`${out}${error}`).toContain('the authority "work" has issued no certificate "api.test"');
    expect(`${out}${error}`).toContain('run "devca list --authority work"');
  });

  it('are each exported, verified and seen in a handshake by themselves', async () => {
    await devca('issue', 'api.test');
    await devca('issue', 'api.test', '--authority', 'work', '--out', 'work');
    const home = join(user, 'authority');
    for (const [authority, folder] of [
      ['default', ''],
      ['work', 'work'],
    ] as const) {
      const narrowed = ['api.test', '--authority', authority];
      const key = readFileSync(join(user, folder, 'api.test-key.pem'), 'utf8');
      expect((await devca('export', ...narrowed, '--format', 'combined', '--out', '-')).out).toContain(key);
      const { certificate } = await documentOf('export', ...narrowed, '--format', 'der');
      const { certificates } = await documentOf('list', '--authority', authority);
      expect(certificates).toMatchObject([{ serial: certificate.serial }]);
      const { targets } = await documentOf('verify', ...narrowed);
      expect(targets).toMatchObject([{ valid: true, chain: [{ sha256: certificate.sha256 }, {}, {}] }]);
      const flags = { home, authority };
      expect(readPair('api.test', undefined, flags, testWorld({ home: user })).key).toBe(key);
    }
  });

  it.each([
    ['renew', 'api.test'],
    ['renew', '--due'],
    ['rekey', '--all'],
    ['watch', '--once'],
    ['show', 'api.test'],
    ['export', 'api.test', '--format', 'der'],
    ['verify', 'api.test'],
    ['handshake', '--between', 'api.test', 'api.test'],
  ])('have to be there for "devca %s %s --authority NAME"', async (...args) => {
    expect(await devca(...args, '--authority', 'nope')).toMatchObject({
      status: 3,
      error: expect.stringContaining('[DEVCA_AUTHORITY_UNKNOWN]'),
    });
  });

  it.each([
    ['renew', 'api.test'],
    ['issue', 'api.test'],
    ['show', 'api.test'],
    ['list'],
    ['verify', 'api.test'],
  ])('are listed in the home that was meant, where "devca %s" names another', async (...args) => {
    const home = join(user, 'elsewhere');
    await devca('init', '--no-trust', '--home', home);
    const { error } = await devca(...args, '--authority', 'nope', '--home', home);
    expect(error).toContain(`run "devca ca list --home ${home}" to see them`);
    expect(error).toContain(`or make it with "devca init --name nope --home ${home}"`);
  });

  it('have a next generation each, where they have ended', async () => {
    for (const flag of ['', ' --authority work']) {
      const world = worldThen(new Date('2040-01-01T00:00:00Z'));
      await run(`issue a.test${flag}`.split(' '), world);
      expect(world.written.error).toContain(`or make its next generation with "devca ca roll${flag}"`);
    }
  });

  it('issue as they are named, else the default one does', async () => {
    expect(await devca('issue', 'orders')).toMatchObject({ status: 1 });
    expect(await documentOf('issue', 'orders', '--authority', 'work')).toMatchObject({
      certificate: { authority: 'work' },
    });
    expect(await devca('ca', 'use', 'work')).toMatchObject({
      status: 0,
      out: '"work" is the default authority now\n',
    });
    expect(await documentOf('ca', 'use', 'work')).toMatchObject({ authority: 'work', changed: false });
    expect(await documentOf('issue', 'orders', '--out', 'other')).toMatchObject({
      certificate: { authority: 'work' },
    });
    const { certificates } = await documentOf('list', '--authority', 'work');
    expect(certificates).toHaveLength(2);
    expect((await documentOf('list', '--authority', 'default')).certificates).toEqual([]);
    expect((await devca('list')).out).toMatch(/^orders +server +work 1 +valid/m);
  });

  it('have lists of their own', async () => {
    await devca('issue', 'orders', '--authority', 'work');
    expect(await documentOf('revoke', 'orders')).toMatchObject({
      crls: [{ authority: 'work', revoked: 1 }],
      files: { crl: join(user, 'authority/ca/work/crl.pem') },
    });
    expect(await documentOf('crl', '--authority', 'work')).toMatchObject({ crls: [{ revoked: 1 }] });
    expect(await documentOf('crl')).toMatchObject({ crls: [{ authority: 'default', revoked: 0 }] });
  });

  it.each([
    ['ca', 'show', 'no'],
    ['ca', 'use', 'no'],
    ['ca', 'roll', '--authority', 'no'],
    ['ca', 'retire', '--authority', 'no'],
    ['ca', 'permit', 'x', '--authority', 'no'],
    ['issue', 'a.test', '--authority', 'no'],
    ['list', '--authority', 'no'],
    ['crl', '--authority', 'no'],
    ['trust', 'plan', '--authority', 'no'],
    ['selftest', '--authority', 'no'],
  ])('are named where one is not there: %s %s %s %s', async (...args) => {
    expect(await devca(...args)).toMatchObject({
      status: 3,
      out: '',
      error: expect.stringMatching(
        /no authority "no"; there are "default", "work" \[DEVCA_AUTHORITY_UNKNOWN\]/,
      ),
    });
  });
});

describe('a rollover that is only shown', () => {
  it.each([
    [['ca', 'permit', 'mycompany.dev'], 'mycompany.dev'],
    [['ca', 'roll', '--key-type', 'rsa-2048'], 'rsa-2048'],
  ])('says what %j would make, and makes nothing', async (argv, shown) => {
    const { status, out } = await devca(...argv, '--dry-run');
    expect(status).toBe(0);
    expect(out).toContain('would make generation 2 of the authority "default"');
    expect(out).toContain(shown);
    expect(await documentOf(...argv, '--dry-run')).toMatchObject({
      dryRun: true,
      authority: { name: 'default', generation: 2, permitted: expect.arrayContaining(['localhost']) },
    });
    expect((await documentOf('ca', 'list')).authorities[0].generations).toHaveLength(1);
  });

  it('is refused where it could not be done', async () => {
    const refusal = async (...flags: readonly string[]) => {
      const argv = ['ca', 'roll', '--no-trust', ...flags];
      const shown = await devca(...argv, '--dry-run');
      const done = await devca(...argv);
      expect(shown).toEqual(done);
      return /\[(DEVCA_\w+)\]/.exec(shown.error)?.[1];
    };
    expect(await refusal('--bridge')).toBe('DEVCA_ROLLOVER_BRIDGE');
    expect(await refusal('--key-type', 'ed25519')).toBe('DEVCA_USAGE_VALUE');
    expect((await devca('ca', 'roll', '--help')).out).not.toContain('ed25519');
    await devca('init', '--no-trust', '--name', 'kept', '--root-keystore', 'file');
    const kept = ['--authority', 'kept', '--bridge'];
    expect(await devca('ca', 'roll', '--no-trust', ...kept, '--dry-run')).toMatchObject({ status: 0 });
    const key = join(user, 'authority/keys/kept-1-root.pem');
    const bytes = readFileSync(key);
    writeFileSync(key, 'nothing');
    expect(await refusal(...kept)).toBe('DEVCA_KEYSTORE_KEY_CORRUPT');
    rmSync(key);
    expect(await refusal(...kept)).toBe('DEVCA_KEYSTORE_KEY_MISSING');
    writeFileSync(key, bytes, { mode: 0o600 });
    expect((await devca('ca', 'roll', '--no-trust', ...kept)).status).toBe(0);
  });
});

describe('a name that everybody has sites below', () => {
  it.each([
    ['init', '--name', 'wide', '--permit', 'com'],
    ['ca', 'permit', 'co.uk'],
    ['ca', 'permit', 'com', '--dry-run'],
  ])('is warned of by "devca %s %s %s"', async (...args) => {
    const { status, error } = await devca(...args, '--no-trust');
    expect(status).toBe(0);
    expect(error).toMatch(/^devca: warning: it may issue for all of "(com|co\.uk)"/m);
  });
});

describe('devca ca roll --bridge', () => {
  it('says where the bridge is, and who sends it', async () => {
    await devca('init', '--no-trust', '--name', 'kept', '--root-keystore', 'file');
    const { status, out, error } = await devca('ca', 'roll', '--bridge', '--no-trust', '--authority', 'kept');
    expect(status).toBe(0);
    const file = join(user, 'authority/ca/kept/bridge.pem');
    expect(out).toMatch(new RegExp(`^ +bridge +${file}$`, 'm'));
    expect(existsSync(file)).toBe(true);
    expect(error).toContain('servers send the bridge in the place of the intermediate');
    expect((await devca('ca', 'show', 'kept')).out.match(/^ +bridge +(.*)$/gm)).toEqual([
      expect.stringContaining(file),
    ]);
    expect(await documentOf('ca', 'roll', '--no-trust', '--authority', 'kept')).toMatchObject({
      authority: { bridge: null },
    });
  });
});

describe('devca ca permit', () => {
  it('rolls over and says what to do about trust', async () => {
    const { status, out, error } = await devca('ca', 'permit', 'orders', 'corp.de');
    expect(status).toBe(0);
    expect(out).toMatch(/^made generation 2 of the authority "default"$/m);
    expect(out).toMatch(/permitted .*orders, corp\.de$/m);
    expect(out).toMatch(/still trusted +generation 1, with 0 certificates in use$/m);
    expect(error).toContain('to trust the roots on this machine, run "devca trust install"');
    expect(await devca('issue', 'www.corp.de')).toMatchObject({ status: 0 });
  });

  it('sees to trust where all is permitted, which an earlier run may not have come to', async () => {
    const { status, out, error } = await devca('ca', 'permit', 'a.test');
    expect({ status, out }).toEqual({
      status: 0,
      out: 'the authority "default" may issue for that already; no generation was made\n',
    });
    expect(error).toContain('run "devca trust install"');
    expect((await devca('ca', 'permit', 'a.test', '--no-trust')).error).toBe('');
  });

  it('completes the run that has permitted it and was interrupted', async () => {
    const rename = (from: string, to: string) => {
      if (to.endsWith('root.pem')) throw new DevcaError('DEVCA_FILE_DISK_FULL', { path: to, action: 'move' });
      systemFiles.rename(from, to);
    };
    await devcaWith({ ...systemFiles, rename }, 'ca', 'permit', 'corp.de', '--no-trust');
    const { status, error } = await devca('ca', 'permit', 'corp.de', '--no-trust');
    expect({ status, error }).toEqual({
      status: 0,
      error: expect.stringMatching(/^completed an interrupted run: .*authority\/ca\/root\.pem/),
    });
    const { findings } = await documentOf('doctor', '--no-trust');
    expect(findings.filter(({ id }: { id: string }) => id.startsWith('file-'))).toEqual([]);
  });

  it('does nothing where all is permitted', async () => {
    expect(await documentOf('ca', 'permit', 'a.test', '10.1.0.0/16')).toMatchObject({
      rolled: false,
      authority: { generation: 1 },
    });
    expect(await devca('ca', 'permit', '*.test')).toMatchObject({ status: 2 });
  });

  it('has a document for scripts', async () => {
    expect(await documentOf('ca', 'permit', 'orders', '--no-trust')).toMatchObject({
      rolled: true,
      authority: { name: 'default', generation: 2, previous: { generation: 1, live: 0 } },
      trust: [],
    });
  });
});

describe('devca ca retire', () => {
  it('says what keeps a generation, and how to go on', async () => {
    await devca('issue', 'api.test');
    await devca('ca', 'roll', '--no-trust');
    expect((await devca('list', '--old')).out).toMatch(/^api\.test +server +default 1 \(old\) +valid/m);
    expect((await documentOf('list', '--old', '--expiring', '500d')).certificates).toHaveLength(1);
    expect(await devca('show', 'api.test')).toMatchObject({
      out: expect.stringMatching(/authority +default, generation 1 \(old\)/),
    });
    const { status, error } = await devca('ca', 'retire', '--no-trust');
    expect(status).toBe(1);
    expect(error).toContain('[DEVCA_ROLLOVER_LIVE]');
    expect(error).toContain('devca list --old');
    const renewal = /"devca (renew --all[^"]*)"/.exec(error)?.[1]?.split(' ') ?? [];
    expect(await devca(...renewal)).toMatchObject({ status: 0 });
    expect(await devca('ca', 'retire', '--no-trust')).toMatchObject({ status: 0 });
    expect((await devca('list')).out).toMatch(/^api\.test +server +default 1 \(retired\) +replaced/m);
    const { out } = await devca('ca', 'show');
    expect(out).toMatch(/generation 1: retired\n.*key +ec-p256, destroyed\n/s);
    expect(out).not.toContain('discard');
  });

  it('names what is only going to be valid, and what else there is to be done', async () => {
    await devca('issue', 'later.test', '--not-before', '2027-01-01');
    await devca('ca', 'roll', '--no-trust');
    const { error } = await devca('ca', 'retire', '--no-trust');
    expect(error).toContain('generation 1 has 1, such as later.test');
    expect(error).toContain('with "devca revoke SERIAL"');
  });

  it('has a document for scripts', async () => {
    await devca('ca', 'roll', '--no-trust');
    expect(await documentOf('ca', 'retire', '--no-trust')).toMatchObject({
      authority: 'default',
      retired: true,
      generations: [{ generation: 1, live: 0, root: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      removed: expect.arrayContaining([join(user, 'authority/ca/root-1.pem')]),
    });
    expect(await devca('ca', 'retire', '--no-trust')).toMatchObject({
      status: 0,
      out: 'the authority "default" has no earlier generation; nothing was changed\n',
    });
    expect(await devca('ca', 'retire', '--generation', '1')).toMatchObject({ status: 2 });
  });

  it('takes the files of the home that it works in, not those of the one that this is a copy of', async () => {
    await devca('ca', 'roll', '--no-trust');
    const [original, copy] = [join(user, 'authority'), join(user, 'copy')];
    cpSync(original, copy, { recursive: true });
    const { removed } = await documentOf('ca', 'retire', '--no-trust', '--home', copy);
    expect(removed).toContain(join(copy, 'ca/root-1.pem'));
    expect(existsSync(join(copy, 'ca/root-1.pem'))).toBe(false);
    expect(existsSync(join(original, 'ca/root-1.pem'))).toBe(true);
  });
});
