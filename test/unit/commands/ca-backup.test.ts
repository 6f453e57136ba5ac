import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { DevcaError } from '../../../src/errors/devca-error.ts';
import { openBackup, sealBackup } from '../../../src/lifecycle/backup-file.ts';
import { type Files, systemFiles } from '../../../src/platform/files.ts';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

let user: string;
let home: string;
let other: string;
let file: string;

const NOW = '2026-06-01T12:00:00Z';

const devca = async (args: readonly string[], passphrase = 'correct horse', now = NOW, files?: Files) => {
  const world = testWorld({
    home: user,
    now: new Date(now),
    environment: { DEVCA_HOME: home },
    ...(passphrase === '' ? {} : { passphrase }),
  });
  const status = await run(args, { ...world, files: files ?? world.files });
  return { status, out: world.written.out, error: world.written.error };
};

const restore = (passphrase?: string) => devca(['ca', 'restore', file, '--home', other], passphrase);

/** Makes the backup one whose inventory is another, with every key under the name that it has there. */
function reseal(inventory: (bytes: Uint8Array) => Uint8Array): void {
  const contents = openBackup(readFileSync(file), { text: 'correct horse', source: 'the test' }, file);
  const keys = contents.keys.flatMap((key) => [key, { ...key, id: '../../key' }]);
  const changed = { ...contents, keys, inventory: inventory(contents.inventory) };
  writeFileSync(file, sealBackup(changed, 'correct horse', randomBytes));
}

function withStatement(bytes: Uint8Array, statement: string): Uint8Array {
  const path = join(user, 'changed.db');
  writeFileSync(path, bytes);
  const database = new Database(path);
  database.pragma('journal_mode = DELETE');
  database.exec(statement);
  database.close();
  return readFileSync(path);
}

const crlNumber = (folder: string): unknown => {
  const database = new Database(join(folder, 'devca.db'), { readonly: true });
  try {
    return database.prepare('SELECT max(number) AS number FROM crls').get();
  } finally {
    database.close();
  }
};

beforeEach(async () => {
  user = scratchFolder();
  home = join(user, 'authority');
  other = join(user, 'other');
  file = join(user, 'authority.devca');
  await devca(['init', '--no-trust']);
  await devca(['issue', 'api.test']);
  await devca(['ca', 'backup', '--out', file]);
});

describe('devca ca backup', () => {
  it('writes one file for its owner alone, in which no key can be read', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'latin1')).not.toMatch(/PRIVATE|api\.test|SQLite/);
  });

  it.each([
    [['ca', 'backup'], 'correct horse', 2, 'DEVCA_USAGE_INVALID'],
    [['ca', 'backup', '--out', 'b'], 'short', 2, 'DEVCA_PASSPHRASE_UNUSABLE'],
    [['ca', 'backup', '--out', 'b'], '', 1, 'DEVCA_PASSPHRASE_MISSING'],
    [['ca', 'backup', '--out', 'authority.devca'], 'correct horse', 1, 'DEVCA_FILE_EXISTS'],
  ])('with %j and the passphrase %j exits with %i', async (args, passphrase, status, code) => {
    expect(await devca(args, passphrase)).toMatchObject({
      status,
      error: expect.stringContaining(`[${code}]`),
    });
  });

  it('refuses a key that is bound to the keychain of the machine', async () => {
    const database = new Database(join(home, 'devca.db'));
    database.exec(`UPDATE authorities SET intermediate_keystore = 'keychain'`);
    database.close();
    // Nobody is asked for a passphrase in vain.
    const { status, error } = await devca(['ca', 'backup', '--out', join(user, 'second.devca')], '');
    expect({ status, error }).toMatchObject({
      status: 1,
      error: expect.stringContaining('[DEVCA_BACKUP_KEYCHAIN]'),
    });
    expect(error).toContain('run "devca ca protect --keystore passphrase --authority default"');
    expect(error).not.toContain('--root');
    expect(existsSync(join(user, 'second.devca'))).toBe(false);
  });

  it('says so too where it is the key of the root alone', async () => {
    const database = new Database(join(home, 'devca.db'));
    database.exec(`UPDATE authorities SET root_keystore = 'keychain', root_key_id = 'default-1-root'`);
    database.close();
    const { error } = await devca(['ca', 'backup', '--out', join(user, 'second.devca')], '');
    expect(error.match(/"devca ca protect .*"/g)).toEqual([
      '"devca ca protect --root --keystore passphrase --authority default"',
    ]);
  });
});

describe('devca ca restore', () => {
  it('sets up a home that issues as the first one did, with nothing amiss', async () => {
    expect((await restore()).status).toBe(0);
    expect((await devca(['issue', 'web.test', '--home', other])).status).toBe(0);
    expect(JSON.parse((await devca(['list', '--json', '--home', other])).out).certificates).toHaveLength(2);
    expect(readFileSync(join(other, 'ca/root.pem'))).toEqual(readFileSync(join(home, 'ca/root.pem')));
    const { status, out } = await devca(['doctor', '--no-trust', '--home', other]);
    expect({ status, out }).toEqual({ status: 0, out: 'nothing is wrong\n' });
    expect(readdirSync(other).sort()).toEqual(['ca', 'devca.db', 'devca.lock', 'keys']);
  });

  it('never writes to the places of the machine that the backup is from', async () => {
    await restore();
    const before = readFileSync(join(user, 'api.test.pem'));
    await devca(['renew', 'api.test', '--home', other]);
    expect(readFileSync(join(user, 'api.test.pem'))).toEqual(before);
    const { out } = await devca(['list', '--json', '--home', other]);
    expect(JSON.parse(out).certificates.at(-1).files).toEqual({});
  });

  it('knows of no file with the keys of certificates, and says so where one is exported', async () => {
    await restore();
    const { status, error } = await devca(['export', 'api.test', '--format', 'combined', '--home', other]);
    expect(status).toBe(1);
    expect(error).toContain('[DEVCA_EXPORT_KEY_ELSEWHERE]');
    expect(error).toMatch(
      /no file with the key of "api\.test" .*: its files were left where the backup is from/,
    );
    const again = /or run "(devca issue api\.test --home .*)"$/m.exec(error)?.[1] ?? '';
    for (let time = 0; time < 2; time++) await devca(again.split(' ').slice(1));
    const { certificates } = JSON.parse((await devca(['list', '--json', '--home', other])).out);
    const line = ['export', certificates.at(-2).serial, '--format', 'combined', '--home', other];
    expect((await devca(line)).error).toContain('[DEVCA_EXPORT_KEY_REPLACED]');
  });

  it('numbers the next list above every earlier one', async () => {
    await devca(['crl'], 'correct horse', '2026-06-02T12:00:00Z');
    await devca(['crl'], 'correct horse', '2026-06-03T12:00:00Z');
    const published = crlNumber(home) as { number: number };
    await restore();
    await devca(['crl', '--home', other], 'correct horse', '2026-06-04T12:00:00Z');
    expect((crlNumber(other) as { number: number }).number).toBeGreaterThan(published.number);
  });

  it('overwrites no inventory, and says when that one is newer', async () => {
    await devca(['issue', 'web.test'], 'correct horse', '2026-06-02T12:00:00Z');
    const before = readFileSync(join(home, 'devca.db'));
    const { status, error } = await devca(['ca', 'restore', file]);
    expect(status).toBe(1);
    expect(error).toContain('which knows more than the backup');
    expect(error).toContain('[DEVCA_RESTORE_PRESENT]');
    expect(readFileSync(join(home, 'devca.db'))).toEqual(before);
  });

  it('tells a wrong passphrase from a backup that was changed, and leaves nothing', async () => {
    expect((await restore('wrong horse')).error).toContain('[DEVCA_BACKUP_PASSPHRASE]');
    const bytes = readFileSync(file);
    for (const at of [3, bytes.length >> 1, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(file, changed);
      expect(await restore()).toMatchObject({
        status: 4,
        error: expect.stringContaining('[DEVCA_BACKUP_INVALID]'),
      });
    }
    for (const length of [0, 20, 100, bytes.length - 1]) {
      writeFileSync(file, bytes.subarray(0, length));
      expect((await restore()).error).toContain('[DEVCA_BACKUP_INVALID]');
    }
    expect(existsSync(join(other, 'devca.db'))).toBe(false);
  });

  it('goes through after a run that could not put the inventory in its place', async () => {
    const rename = (from: string, to: string) => {
      if (to.endsWith('devca.db')) throw new DevcaError('DEVCA_FILE_DISK_FULL', { path: to, action: 'move' });
      systemFiles.rename(from, to);
    };
    const failed = await devca(['ca', 'restore', file, '--home', other], undefined, NOW, {
      ...systemFiles,
      rename,
    });
    expect(failed.error).toContain('[DEVCA_FILE_DISK_FULL]');
    expect(existsSync(join(other, 'devca.db'))).toBe(false);
    expect((await restore()).status).toBe(0);
    expect((await devca(['issue', 'web.test', '--home', other])).status).toBe(0);
  });

  it('leaves nothing of a run that was killed, keys least of all', async () => {
    const left = ['keys', 'ca', 'ca/work'].map((folder) => {
      mkdirSync(join(other, folder), { recursive: true, mode: 0o700 });
      return join(other, folder, '.devca-0123456789abcdef.tmp');
    });
    for (const path of left) writeFileSync(path, 'half a file');
    expect((await restore()).status).toBe(0);
    expect(left.filter((path) => existsSync(path))).toEqual([]);
  });

  it('takes the place of an empty file that a killed run has left for an inventory', async () => {
    mkdirSync(other, { mode: 0o700 });
    writeFileSync(join(other, 'devca.db'), '');
    expect((await restore()).status).toBe(0);
    expect((await devca(['issue', 'web.test', '--home', other])).status).toBe(0);
  });

  it('removes nothing that the backup calls a temporary file of a run that was interrupted', async () => {
    const mine = join(user, 'mine');
    writeFileSync(mine, 'text');
    const change = `UPDATE deliveries SET state = 'pending', temporary_path = '${mine}' WHERE certificate_id IS NOT NULL`;
    reseal((bytes) => withStatement(bytes, change));
    expect((await restore()).status).toBe(0);
    expect((await devca(['issue', 'next.test', '--home', other])).status).toBe(0);
    expect(readFileSync(mine, 'utf8')).toBe('text');
  });

  it('overwrites no key that is not in the backup: it may be the only one', async () => {
    const key = join(other, 'keys/default-1-intermediate.pem');
    mkdirSync(join(other, 'keys'), { recursive: true, mode: 0o700 });
    writeFileSync(key, 'of another authority of this name');
    expect(await restore()).toMatchObject({
      status: 1,
      error: expect.stringContaining('[DEVCA_FILE_EXISTS]'),
    });
    expect(readFileSync(key, 'utf8')).toBe('of another authority of this name');
    copyFileSync(join(home, 'keys/default-1-intermediate.pem'), key);
    expect((await restore()).status).toBe(0);
  });

  it.each([
    ['that a newer devca has written', 'PRAGMA user_version = 99', 'DEVCA_INVENTORY_NEWER'],
    [
      'whose keys are elsewhere',
      "UPDATE authorities SET intermediate_key_id = '../../key'",
      'DEVCA_BACKUP_INVALID',
    ],
    [
      'whose files are elsewhere',
      `UPDATE authorities SET settings = json_set(settings, '$.folder', '../../..')`,
      'DEVCA_BACKUP_INVALID',
    ],
    [
      'that changes its own rows',
      "CREATE TRIGGER x AFTER UPDATE ON deliveries BEGIN UPDATE deliveries SET state = 'pending'; END",
      'DEVCA_BACKUP_INVALID',
    ],
    [
      'that shows other rows than it has',
      'ALTER TABLE crls RENAME TO others; CREATE VIEW crls AS SELECT * FROM others',
      'DEVCA_BACKUP_INVALID',
    ],
  ])('refuses one %s, names it and leaves nothing', async (_, change, code) => {
    reseal((bytes) => withStatement(bytes, change));
    const { status, error } = await restore();
    expect(status).not.toBe(0);
    expect(error).toContain(`[${code}]`);
    expect(error).toContain(file);
    expect(readdirSync(user).filter((name) => name.endsWith('.pem'))).toHaveLength(3);
    expect(readdirSync(other).filter((name) => name.startsWith('devca.db'))).toEqual([]);
  });

  it('refuses one whose inventory is none', async () => {
    reseal(() => Buffer.from('no database'));
    expect(await restore()).toMatchObject({
      status: 4,
      error: expect.stringContaining('[DEVCA_BACKUP_INVALID]'),
    });
    expect(readdirSync(other).filter((name) => name.startsWith('devca.db'))).toEqual([]);
  });

  it('names the home that is in the way, and every authority that is to be trusted', async () => {
    await devca(['init', '--no-trust', '--name', 'work', '--permit-only', 'work.internal']);
    file = join(user, 'both.devca');
    await devca(['ca', 'backup', '--out', file]);
    const { error } = await restore();
    for (const name of ['default', 'work']) {
      expect(error).toContain(`"devca trust install --home ${other} --authority ${name}"`);
      expect(error).toContain(`"devca crl --home ${other} --authority ${name}"`);
    }
    const again = await restore();
    expect(again.error).toContain('[DEVCA_RESTORE_PRESENT]');
    expect(again.error).toContain(`run "devca ca destroy --home ${other}" first`);
  });

  it('leaves no half a backup where the disk is full', async () => {
    const createExclusive = (path: string, bytes: Uint8Array, mode: number) => {
      systemFiles.createExclusive(path, path.endsWith('.devca') ? bytes.subarray(0, 9) : bytes, mode);
      if (path.endsWith('.devca')) throw new DevcaError('DEVCA_FILE_DISK_FULL', { path, action: 'create' });
    };
    const out = join(user, 'second.devca');
    const files = { ...systemFiles, createExclusive };
    const failed = await devca(['ca', 'backup', '--out', out], undefined, NOW, files);
    expect(failed.error).toContain('[DEVCA_FILE_DISK_FULL]');
    expect(existsSync(out)).toBe(false);
  });
});
