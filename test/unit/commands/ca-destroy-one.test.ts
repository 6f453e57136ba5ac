import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { DevcaError } from '../../../src/errors/devca-error.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import { type ScratchUser, scratchUser } from '../../support/scratch-user.ts';

let user: string;
let home: string;
let worldOf: ScratchUser['worldOf'];
let devca: ScratchUser['devca'];

const documentOf = async (...args: string[]) => JSON.parse((await devca([...args, '--json'])).out);

const destroyWork = () => devca(['ca', 'destroy', '--authority', 'work', '--yes', '--no-trust']);

const certificates = async (...args: string[]): Promise<{ authority: string; destroyed: boolean }[]> =>
  (await documentOf('list', ...args)).certificates;

const defaultOne = async () =>
  (await documentOf('ca', 'list')).authorities.find((each: { default: boolean }) => each.default)?.name;

beforeEach(async () => {
  ({ user, home, worldOf, devca } = scratchUser());
  await devca(['init', '--no-trust']);
  await devca(['init', '--no-trust', '--name', 'work']);
  await devca(['issue', 'api.test', '--authority', 'work']);
  await devca(['ca', 'roll', '--no-trust', '--authority', 'work']);
  await devca(['issue', 'web.test', '--authority', 'work']);
  await devca(['issue', 'own.test']);
});

describe('devca ca destroy --authority', () => {
  it('says what goes, what was issued and what comes of it, and asks', async () => {
    const world = worldOf(['no']);
    const { status, error } = await devca(['ca', 'destroy', '--authority', 'work'], world);
    expect(status).toBe(1);
    expect(error).toContain(`the authority "work" in ${home}`);
    expect(error).toMatch(/roots: [0-9a-f]{16}, [0-9a-f]{16}\n/);
    expect(error).toContain('certificates: 2 issued, 2 of them in use, which nothing will trust');
    expect(error).toContain('its revocation lists can be signed no more');
    expect(error).toContain('a copy of this home, such as one restored from a backup');
    expect(error).toContain('("--no-trust" leaves the stores alone)');
    expect(error).not.toContain('own.test');
    expect((await devca(['issue', 'more.test', '--authority', 'work'])).status).toBe(0);
  });

  it('needs --yes where nobody can be asked, and changes nothing in a dry run', async () => {
    const { status, error } = await devca(['ca', 'destroy', '--authority', 'work']);
    expect(status).toBe(2);
    expect(error).toContain('[DEVCA_DESTROY_UNCONFIRMED]');
    expect(error).toContain('devca ca destroy --authority work --dry-run');
    expect(await documentOf('ca', 'destroy', '--authority', 'work', '--dry-run')).toMatchObject({
      destroyed: false,
      authorities: ['work'],
      whole: false,
      newDefault: null,
      issued: 2,
      live: 2,
    });
    expect(readdirSync(join(home, 'keys'))).toHaveLength(3);
  });

  it('removes keys and files of all its generations, and nothing of the others', async () => {
    const { status, out } = await destroyWork();
    expect(status).toBe(0);
    expect(out).toContain('destroyed the authority "work"');
    expect(readdirSync(join(home, 'keys'))).toEqual(['default-1-intermediate.pem']);
    expect(existsSync(join(home, 'ca/work'))).toBe(false);
    expect(readdirSync(join(home, 'ca')).sort()).toEqual([
      'crl.pem',
      'intermediate.pem',
      'root.pem',
      'roots.pem',
    ]);
    expect(existsSync(join(user, 'web.test-key.pem'))).toBe(true);
    expect(await documentOf('renew', 'own.test')).toMatchObject({ renewed: [{}] });
  });

  it('keeps what it has issued in the inventory, as of an authority that is destroyed', async () => {
    await destroyWork();
    expect((await devca(['list'])).out).toMatch(/^web\.test +server +work 2 \(destroyed\) +valid/m);
    const own = await certificates('--authority', 'work');
    expect(own).toHaveLength(2);
    expect(own.every(({ destroyed }) => destroyed)).toBe(true);
    expect(await certificates('--old')).toEqual([]);
    expect((await documentOf('ca', 'list')).authorities).toMatchObject([
      { name: 'default', default: true, destroyedAt: null },
      {
        name: 'work',
        default: false,
        destroyedAt: expect.stringMatching(/^20/),
        generations: [{ state: 'destroyed' }, { state: 'destroyed' }],
      },
    ]);
    expect((await devca(['ca', 'list'])).out).toMatch(/^work +2 +destroyed /m);
  });

  it.each([
    ['issue', 'new.test', '--authority', 'work'],
    ['renew', 'web.test'],
    ['revoke', 'web.test', '--yes'],
    ['crl', '--authority', 'work'],
    ['ca', 'use', 'work'],
    ['ca', 'show', 'work'],
    ['ca', 'roll', '--no-trust', '--authority', 'work'],
    ['ca', 'retire', '--no-trust', '--authority', 'work'],
    ['ca', 'protect', '--keystore', 'file', '--authority', 'work'],
  ])('leaves "devca %s %s" an error that says so', async (...args) => {
    await destroyWork();
    const { status, error } = await devca(args);
    expect(error).toContain('[DEVCA_AUTHORITY_DESTROYED]');
    expect(error).toContain('devca init --name work');
    expect(status).toBe(3);
  });

  it('leaves its certificates alone where all are renewed, and doctor says what can be done', async () => {
    await destroyWork();
    const { renewed, failed } = await documentOf('renew', '--all');
    expect(renewed).toMatchObject([{ certificate: { names: ['own.test'] } }]);
    expect(failed).toEqual([]);
    const { findings } = await documentOf('doctor');
    const broken = findings.filter(({ id }: { id: string }) => id === 'path-broken');
    expect(broken).toMatchObject([
      { fix: `devca issue api.test --out ${user}` },
      { fix: expect.any(String) },
    ]);
    expect((await devca(['issue', 'api.test'])).status).toBe(0);
    expect(await documentOf('renew', 'api.test')).toMatchObject({
      renewed: [{ certificate: { authority: 'default' } }],
    });
  });

  it('frees its name for another, which begins with the next generation', async () => {
    await destroyWork();
    expect((await devca(['init', '--no-trust', '--name', 'work'])).status).toBe(0);
    const [, work] = (await documentOf('ca', 'list')).authorities;
    expect(work).toMatchObject({
      name: 'work',
      destroyedAt: null,
      generations: [{ generation: 3, state: 'current' }, { state: 'retired' }, { state: 'retired' }],
    });
    expect(readdirSync(join(home, 'ca/work'))).toHaveLength(4);
    expect((await devca(['issue', 'new.test', '--authority', 'work'])).status).toBe(0);
    expect((await destroyWork()).status).toBe(0);
    expect(existsSync(join(home, 'ca/work'))).toBe(false);
  });

  it('makes the only one that is left the default one, and says so', async () => {
    const { out } = await devca(['ca', 'destroy', '--authority', 'default', '--yes', '--no-trust']);
    expect(out).toContain('"work" is the default authority now');
    expect(await defaultOne()).toBe('work');
    expect((await devca(['issue', 'next.test'])).status).toBe(0);
    expect(readdirSync(join(home, 'ca'))).toEqual(['work']);
  });

  it('refuses the default one of more than two, until another is the default', async () => {
    await devca(['init', '--no-trust', '--name', 'play']);
    const destroyDefault = ['ca', 'destroy', '--authority', 'default', '--yes', '--no-trust'];
    const refused = await devca(destroyDefault);
    expect(refused.status).toBe(2);
    expect(refused.error).toContain('[DEVCA_DESTROY_DEFAULT]');
    expect(refused.error).toContain('devca ca use play');
    await devca(['ca', 'use', 'play']);
    expect((await devca(destroyDefault)).status).toBe(0);
    expect(await defaultOne()).toBe('play');
  });

  it('ends the home with the last that can be used, as without the flag', async () => {
    await destroyWork();
    const { out, error } = await devca(
      ['ca', 'destroy', '--authority', 'default', '--no-trust'],
      worldOf(['y']),
    );
    expect(error).toContain('the inventory goes too');
    expect(out).toContain('destroyed the authority "default"');
    expect(existsSync(home)).toBe(false);
  });

  it('leaves and names what was changed since', async () => {
    writeFileSync(join(home, 'ca/work/root.pem'), 'mine');
    expect((await destroyWork()).out).toContain(
      `not written by devca, or changed since, and left: \n    ${join(home, 'ca/work/root.pem')}`,
    );
  });

  it('does nothing, without a question, where it is destroyed already, and knows no other', async () => {
    await destroyWork();
    const { status, out } = await devca(['ca', 'destroy', '--authority', 'work']);
    expect(status).toBe(0);
    expect(out).toMatch(/the authority "work" was destroyed on \S+ already; nothing of it was left/);
    const unknown = await devca(['ca', 'destroy', '--authority', 'other', '--yes']);
    expect(unknown.status).toBe(3);
    expect(unknown.error).toContain('[DEVCA_AUTHORITY_UNKNOWN]');
  });

  it('goes on where a run that failed has ended', async () => {
    const world = worldOf();
    const remove = (path: string) => {
      if (path.endsWith('work/intermediate.pem'))
        throw new DevcaError('DEVCA_FILE_PERMISSION', { path, action: 'remove' });
      systemFiles.remove(path);
    };
    const failing = { ...world, files: { ...systemFiles, remove } };
    const args = ['ca', 'destroy', '--authority', 'work', '--yes', '--no-trust'];
    expect((await devca(args, failing)).status).toBe(5);
    expect(readdirSync(join(home, 'keys'))).toEqual(['default-1-intermediate.pem']);
    const { out } = await devca(args);
    expect(out).toContain('removed what was left');
    expect(existsSync(join(home, 'ca/work'))).toBe(false);
  });

  describe('what "devca env" has made', () => {
    const folder = () => join(user, '.local/share/devca-trust');
    const bundles = () => (existsSync(folder()) ? readdirSync(folder()).sort() : []);

    it('goes as far as it is of it alone; what is of all stays, with a warning', async () => {
      await devca(['env', '--only', 'node', '--json']);
      await devca(['env', '--only', 'node', '--json', '--authority', 'default']);
      const others = bundles();
      await devca(['env', '--only', 'node', '--json', '--authority', 'work']);
      expect(bundles().length).toBeGreaterThan(others.length);
      const { error } = await destroyWork();
      expect(bundles()).toEqual(others);
      expect(error).toContain('files that "devca env" made of all authorities may still hold its root');
    });
  });
});
