import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import {
  installTrust,
  journalledRoots,
  planScript,
  planTrust,
  trustStatus,
  uninstallTrust,
} from '../../../src/truststore/trust.ts';
import { anchorNickname, anchorPem } from '../../../src/truststore/trust-anchor.ts';
import { describeWith } from '../../support/tools.ts';
import { newAnchor, scratchWorld } from '../../support/trust-lab.ts';

const stores = ['nss'];

/** A process that keeps a database to itself, as a browser does amid a change. */
const HOLD = `
const folder = process.argv[1];
require('node:fs').openSync(folder + '/.parentlock', 'w');
const database = new (require('better-sqlite3'))(folder + '/cert9.db');
database.exec('BEGIN EXCLUSIVE');
console.log('held');
process.stdin.resume();
`;

const anchor = newAnchor('one');
const sameSubject = newAnchor('one');

describeWith(['certutil'], 'NSS databases, with the real certutil', () => {
  it('goes from not trusted to trusted and back, in every database that exists', async () => {
    using scratch = scratchWorld();
    const folders = ['.pki/nssdb', '.local/share/pki/nssdb'].map((path) => makeDatabase(scratch.home, path));
    const ids = folders.map((folder) => `nss:${folder}`);
    const states = async () =>
      (await trustStatus(anchor, { stores: ids }, scratch.world)).map(({ id, status }) => [id, status]);
    expect(await states()).toEqual(ids.map((id) => [id, 'not-trusted']));
    const installed = await installTrust(anchor, { stores }, scratch.world);
    expect(installed.filter(({ changed }) => changed).map(({ id }) => id)).toEqual(ids);
    expect(await states()).toEqual(ids.map((id) => [id, 'trusted']));
    const again = await installTrust(anchor, { stores: ids }, scratch.world);
    expect(again.map(({ changed, error }) => [changed, error])).toEqual([
      [false, undefined],
      [false, undefined],
    ]);
    const removed = await uninstallTrust(anchor, { stores: ids }, scratch.world);
    expect(removed.map(({ status, changed }) => [status, changed])).toEqual([
      ['not-trusted', true],
      ['not-trusted', true],
    ]);
    expect(folders.flatMap(nicknames)).toEqual([]);
    expect(await journalledRoots(scratch.world)).toEqual([]);
  });

  it('keeps the journal private, and uninstalls from it when everything else about the root is gone', async () => {
    using scratch = scratchWorld();
    const folder = makeDatabase(scratch.home, '.pki/nssdb');
    await installTrust(anchor, { stores }, scratch.world);
    const journal = join(scratch.home, '.local/state/devca/trust.jsonl');
    expect(scratch.world.files.status(journal)?.mode).toBe(0o600);
    expect(scratch.world.files.status(join(journal, '..'))?.mode).toBe(0o700);
    const [root] = await journalledRoots(scratch.world);
    expect(root).toEqual(anchor);
    if (root !== undefined) await uninstallTrust(root, { stores }, scratch.world);
    expect(nicknames(folder)).toEqual([]);
  });

  it('makes a database in the new place where a browser is there and none exists', async () => {
    using scratch = scratchWorld();
    const [outcome] = await installTrust(anchor, { stores }, scratch.world);
    expect(outcome).toMatchObject({
      id: `nss:${scratch.home}/.local/share/pki/nssdb`,
      status: 'trusted',
      changed: true,
    });
    expect(existsSync(join(scratch.home, '.pki'))).toBe(false);
  });

  it('knows a root by its bytes: another root with the same subject is a different root', async () => {
    using scratch = scratchWorld();
    const folder = makeDatabase(scratch.home, '.pki/nssdb');
    const id = { stores: [`nss:${folder}`] };
    await installTrust(sameSubject, id, scratch.world);
    expect((await trustStatus(anchor, id, scratch.world))[0]).toMatchObject({ status: 'different-root' });
    await installTrust(anchor, id, scratch.world);
    expect(nicknames(folder).sort()).toEqual([anchorNickname(anchor), anchorNickname(sameSubject)].sort());
    await uninstallTrust(anchor, id, scratch.world);
    expect(nicknames(folder)).toEqual([anchorNickname(sameSubject)]);
    expect((await trustStatus(sameSubject, id, scratch.world))[0]).toMatchObject({ status: 'trusted' });
  });

  it('gives a certificate that the user had imported its old flags and nickname back', async () => {
    using scratch = scratchWorld();
    const folder = makeDatabase(scratch.home, '.pki/nssdb');
    const id = { stores: [`nss:${folder}`] };
    certutil(['-A', '-d', `sql:${folder}`, '-t', ',,', '-n', 'my own name', '-a'], anchorPem(anchor));
    expect((await trustStatus(anchor, id, scratch.world))[0]).toMatchObject({ status: 'partial' });
    await installTrust(anchor, id, scratch.world);
    expect(list(folder)).toMatch(/my own name +C,,/);
    await uninstallTrust(anchor, id, scratch.world);
    expect(list(folder)).toMatch(/my own name +,,/);
  });

  it('leaves a database with a primary password untouched, and its script works with the password', async () => {
    using scratch = scratchWorld();
    const folder = join(scratch.home, '.pki/nssdb');
    mkdirSync(folder, { recursive: true });
    const passwordFile = join(scratch.home, 'password');
    writeFileSync(passwordFile, 'secret\n');
    certutil(['-N', '-d', `sql:${folder}`, '-f', passwordFile]);
    const id = { stores: [`nss:${folder}`] };
    const [outcome] = await installTrust(anchor, id, scratch.world);
    expect(outcome).toMatchObject({
      status: 'permission',
      changed: false,
      error: { code: 'DEVCA_TRUST_NSS_PASSWORD' },
    });
    expect(outcome?.fix).toBe(`devca trust install --store nss:${folder} --dry-run | sh`);
    expect(nicknames(folder)).toEqual([]);
    const script = planScript(await planTrust('install', anchor, id, scratch.world), scratch.world);
    expect(script).toContain('certutil -A -d');
    execFileSync('sh', ['-c', script.replace('certutil -A', `certutil -A -f ${passwordFile}`)], {
      cwd: scratch.home,
    });
    expect((await trustStatus(anchor, id, scratch.world))[0]).toMatchObject({ status: 'trusted' });
  });

  it('says that a database is in use, and by whom, where another process holds it', async () => {
    using scratch = scratchWorld();
    const folder = makeDatabase(scratch.home, '.mozilla/firefox/abc.default');
    const holder = spawn(process.execPath, ['-e', HOLD, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    symlinkSync(`127.0.0.1:+${holder.pid}`, join(folder, 'lock'));
    const [outcome] = await installTrust(anchor, { stores: [`nss:${folder}`] }, scratch.world);
    holder.kill();
    expect(outcome).toMatchObject({ status: 'unknown', error: { code: 'DEVCA_TRUST_NSS_UNREADABLE' } });
    expect(outcome?.detail).toContain(`in use by the browser (process ${holder.pid})`);
  });

  it('finds the profiles of Firefox wherever profiles.ini says they are', async () => {
    using scratch = scratchWorld();
    const away = makeDatabase(scratch.home, 'elsewhere/my profile');
    const old = makeDatabase(scratch.home, '.mozilla/firefox/abc.default-esr');
    const fresh = makeDatabase(scratch.home, '.config/mozilla/firefox/xyz.default');
    writeProfiles(join(scratch.home, '.mozilla/firefox'), [
      '1:abc.default-esr',
      `0:${away}`,
      '1:never-started',
    ]);
    writeProfiles(join(scratch.home, '.config/mozilla/firefox'), ['1:xyz.default']);
    const rows = await trustStatus(anchor, {}, scratch.world);
    const ids = rows.map(({ id }) => id);
    for (const folder of [away, old, fresh]) expect(ids).toContain(`nss:${folder}`);
    expect(ids.some((id) => id.includes('never-started'))).toBe(false);
  });

  it('takes the primary password from a file, and gives no other one a try twice', async () => {
    using scratch = scratchWorld();
    const folder = join(scratch.home, '.pki/nssdb');
    mkdirSync(folder, { recursive: true });
    const file = (name: string, text: string): string => {
      writeFileSync(join(scratch.home, name), text);
      return join(scratch.home, name);
    };
    const right = file('right', 'secret\n');
    certutil(['-N', '-d', `sql:${folder}`, '-f', right]);
    const id = { stores: [`nss:${folder}`] };
    const { system } = scratch.world;
    const withFile = (path: string) => ({
      ...scratch.world,
      system: { ...system, environment: { ...system.environment, DEVCA_NSS_PASSWORD_FILE: path } },
    });
    for (const path of [file('wrong', 'guess\n'), file('empty', ''), '/nowhere']) {
      const [refused] = await installTrust(anchor, id, withFile(path));
      expect(refused).toMatchObject({ error: { code: 'DEVCA_TRUST_NSS_PASSWORD_WRONG' } });
      expect(nicknames(folder)).toEqual([]);
    }
    const [installed] = await installTrust(anchor, id, withFile(right));
    expect(installed).toMatchObject({ status: 'trusted', changed: true });
    expect(await uninstallTrust(anchor, id, scratch.world)).toMatchObject([{ status: 'not-trusted' }]);
    expect(nicknames(folder)).toEqual([]);
  });

  it.each([
    ['garbage', (folder: string) => writeFileSync(join(folder, 'cert9.db'), 'x'.repeat(40_000))],
    ['an empty file', (folder: string) => writeFileSync(join(folder, 'cert9.db'), '')],
    [
      'half a file',
      (folder: string) =>
        writeFileSync(join(folder, 'cert9.db'), readFileSync(join(folder, 'cert9.db')).subarray(0, 5_000)),
    ],
    [
      'a folder in its place',
      (folder: string) => {
        rmSync(join(folder, 'cert9.db'));
        mkdirSync(join(folder, 'cert9.db'));
      },
    ],
  ])('says of a profile with %s that it is damaged, and does the others', async (_what, damage) => {
    using scratch = scratchWorld();
    const damaged = makeDatabase(scratch.home, '.mozilla/firefox/damaged');
    const sound = makeDatabase(scratch.home, '.mozilla/firefox/sound');
    damage(damaged);
    const before = listing(damaged);
    const outcomes = await installTrust(anchor, { stores: ['nss'] }, scratch.world);
    expect(outcomes.find(({ id }) => id === `nss:${damaged}`)).toMatchObject({
      status: 'unknown',
      changed: false,
      error: { code: expect.stringMatching(/^DEVCA_(TRUST_NSS_UNREADABLE|FILE_NOT_A_FILE)$/) },
    });
    expect(outcomes.find(({ id }) => id === `nss:${sound}`)).toMatchObject({ status: 'trusted' });
    expect(listing(damaged)).toEqual(before);
  });

  it('finds the root under a nickname with a colon, and gives its old flags back', async () => {
    using scratch = scratchWorld();
    const folder = makeDatabase(scratch.home, '.pki/nssdb');
    const id = { stores: [`nss:${folder}`] };
    certutil(['-A', '-d', `sql:${folder}`, '-t', ',,', '-n', 'tool: my root', '-a'], anchorPem(anchor));
    const before = list(folder);
    expect(await installTrust(anchor, id, scratch.world)).toMatchObject([
      { status: 'trusted', changed: true },
    ]);
    await uninstallTrust(anchor, id, scratch.world);
    expect(list(folder)).toBe(before);
  });

  it('leaves the listing of every database as it was before, with the certificates of others in it', async () => {
    using scratch = scratchWorld();
    const folder = makeDatabase(scratch.home, '.mozilla/firefox/abc.default');
    const other = newAnchor('another');
    certutil(['-A', '-d', `sql:${folder}`, '-t', 'CT,C,', '-n', 'company', '-a'], anchorPem(other));
    certutil(
      ['-A', '-d', `sql:${folder}`, '-t', ',,', '-n', 'devca root alice@host 1', '-a'],
      anchorPem(sameSubject),
    );
    const before = list(folder);
    await installTrust(anchor, { stores: [`nss:${folder}`] }, scratch.world);
    expect(list(folder)).not.toBe(before);
    await uninstallTrust(anchor, { stores: [`nss:${folder}`] }, scratch.world);
    expect(list(folder)).toBe(before);
  });

  it('changes a profile once that two names lead to', async () => {
    using scratch = scratchWorld();
    const folder = makeDatabase(scratch.home, 'elsewhere/profile');
    mkdirSync(join(scratch.home, '.mozilla/firefox'), { recursive: true });
    symlinkSync(folder, join(scratch.home, '.mozilla/firefox/link.default'));
    writeProfiles(join(scratch.home, '.mozilla/firefox'), ['1:link.default', `0:${folder}`]);
    const outcomes = await installTrust(anchor, { stores: ['nss'] }, scratch.world);
    expect(outcomes.filter(({ name }) => name.startsWith('Firefox'))).toMatchObject([
      { status: 'trusted', changed: true },
    ]);
    expect(nicknames(folder)).toEqual([anchorNickname(anchor)]);
  });

  it('does three hundred profiles, some of them broken', async () => {
    using scratch = scratchWorld();
    const root = join(scratch.home, '.mozilla/firefox');
    const template = makeDatabase(scratch.home, 'template');
    const names = Array.from({ length: 300 }, (_, index) => `p${index}.default`);
    for (const name of names) cpSync(template, join(root, name), { recursive: true });
    writeFileSync(join(root, 'p7.default', 'cert9.db'), 'garbage');
    writeProfiles(
      root,
      names.map((name) => `1:${name}`),
    );
    const counts = (rows: readonly { id: string; status: string }[]): Record<string, number> => {
      const found: Record<string, number> = {};
      for (const { status, id } of rows)
        if (id.startsWith(`nss:${root}/`)) found[status] = (found[status] ?? 0) + 1;
      return found;
    };
    const options = { stores: ['nss'] };
    expect(counts(await trustStatus(anchor, options, scratch.world))).toEqual({
      'not-trusted': 299,
      unknown: 1,
    });
    expect(counts(await installTrust(anchor, options, scratch.world))).toEqual({ trusted: 299, unknown: 1 });
    expect(counts(await uninstallTrust(anchor, options, scratch.world))).toEqual({
      'not-trusted': 299,
      unknown: 1,
    });
  }, 400_000);

  it('undoes what a killed process left, also when the next command is about another root', async () => {
    using scratch = scratchWorld();
    const folder = makeDatabase(scratch.home, '.pki/nssdb');
    const id = { stores: [`nss:${folder}`] };
    await installTrust(sameSubject, id, scratch.world);
    const journal = join(scratch.home, '.local/state/devca/trust.jsonl');
    const [begun = ''] = readFileSync(journal, 'utf8').split('\n');
    writeFileSync(journal, `${begun}\n{"schema":1,"at":"2030-01-01T00:00:00.000Z","id":"torn`);
    await installTrust(anchor, id, scratch.world);
    expect(nicknames(folder)).toEqual([anchorNickname(anchor)]);
    expect((await journalledRoots(scratch.world)).map(({ sha256 }) => sha256)).toEqual([anchor.sha256]);
  });
});

function makeDatabase(home: string, path: string): string {
  const folder = join(home, path);
  mkdirSync(folder, { recursive: true });
  certutil(['-N', '-d', `sql:${folder}`, '--empty-password']);
  return folder;
}

function certutil(args: readonly string[], input = ''): string {
  return execFileSync('certutil', args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
}

/** What is in the folder, with sizes: certutil can't list a damaged database. */
const listing = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith('cert9'))
    .map((name) => `${name} ${statSync(join(folder, name)).size}`);

const list = (folder: string): string => certutil(['-L', '-d', `sql:${folder}`]);

function nicknames(folder: string): string[] {
  return list(folder)
    .split('\n')
    .flatMap((line) => /^(\S.*\S) +[a-zA-Z]*,/.exec(line)?.[1] ?? [])
    .map((name) => name.trim());
}

function writeProfiles(folder: string, profiles: readonly string[]): void {
  const sections = profiles.map((profile, index) => {
    const [relative = '', path = ''] = profile.split(/:(.*)/s);
    return `[Profile${index}]\nName=p${index}\nIsRelative=${relative}\nPath=${path}\n`;
  });
  writeFileSync(join(folder, 'profiles.ini'), sections.join('\n'));
}
