import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
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
    symlinkSync(`127.0.0.1:+${process.pid}`, join(folder, 'lock'));
    const lock = openSync(join(folder, '.parentlock'), 'w');
    const holder = new Database(join(folder, 'cert9.db'));
    holder.exec('BEGIN EXCLUSIVE');
    const [outcome] = await installTrust(anchor, { stores: [`nss:${folder}`] }, scratch.world);
    holder.close();
    closeSync(lock);
    expect(outcome).toMatchObject({ status: 'unknown', error: { code: 'DEVCA_TRUST_NSS_UNREADABLE' } });
    expect(outcome?.detail).toContain(`in use by the browser (process ${process.pid})`);
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
