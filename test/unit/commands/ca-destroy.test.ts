import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { DevcaError } from '../../../src/errors/devca-error.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import { type ScratchUser, scratchUser } from '../../support/scratch-user.ts';
import { testWorld } from '../../support/test-world.ts';

let user: string;
let home: string;
let worldOf: ScratchUser['worldOf'];
let devca: ScratchUser['devca'];

beforeEach(async () => {
  ({ user, home, worldOf, devca } = scratchUser());
  await devca(['init', '--no-trust']);
  await devca(['issue', 'api.test']);
});

describe('devca ca destroy', () => {
  it('is done without a question only with --yes', async () => {
    expect(await devca(['ca', 'destroy'])).toMatchObject({
      status: 2,
      error: expect.stringContaining('[DEVCA_DESTROY_UNCONFIRMED]'),
    });
    expect(existsSync(join(home, 'devca.db'))).toBe(true);
  });

  it('leaves everything where the answer is no', async () => {
    expect((await devca(['ca', 'destroy', '--no-trust'], worldOf(['n']))).status).toBe(1);
    expect((await devca(['issue', 'other.test'])).status).toBe(0);
  });

  it('removes keys, files and inventory, and lists the files of certificates, which stay', async () => {
    const { status, out } = await devca(['ca', 'destroy', '--no-trust'], worldOf(['yes']));
    expect(status).toBe(0);
    expect(out).toContain(join(user, 'api.test-key.pem'));
    expect(existsSync(home)).toBe(false);
    expect(readdirSync(user)).toContain('api.test-key.pem');
    expect((await devca(['init', '--no-trust'])).status).toBe(0);
  });

  it('leaves what devca has not written', async () => {
    writeFileSync(join(home, 'ca/notes.txt'), 'mine');
    const { out } = await devca(['ca', 'destroy', '--yes', '--no-trust', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      destroyed: true,
      authorities: ['default'],
      live: 1,
      left: [join(home, 'ca/notes.txt')],
    });
    expect(existsSync(join(home, 'keys'))).toBe(false);
  });

  it('goes through nothing else where the home is the folder of a project', async () => {
    mkdirSync(join(home, '.git/refs/heads'), { recursive: true });
    writeFileSync(join(home, '.git/HEAD'), 'ref: refs/heads/main');
    await devca(['issue', 'second.test', '--out', home]);
    const { out } = await devca(['ca', 'destroy', '--yes', '--no-trust', '--json']);
    expect(JSON.parse(out)).toMatchObject({ destroyed: true, left: [join(home, '.git')] });
    expect(existsSync(join(home, '.git/refs/heads'))).toBe(true);
    expect(existsSync(join(home, 'second.test-key.pem'))).toBe(true);
  });

  describe('what "devca env" has made', () => {
    const folder = () => join(user, '.local/share/devca-trust');
    const bundles = () => (existsSync(folder()) ? readdirSync(folder()) : []);
    const variables = async (...flags: readonly string[]) => {
      const { out } = await devca(['env', '--only', 'node,wget', '--json', ...flags]);
      const entries: { name: string; value: string }[] = JSON.parse(out).variables;
      return Object.fromEntries(entries.map(({ name, value }) => [name, value]));
    };

    it('goes with the authority, whoever else was to read it', async () => {
      await devca(['init', '--no-trust', '--name', 'work']);
      const named = { ...(await variables()), ...(await variables('--authority', 'work')) };
      const files = bundles();
      expect(files.length).toBeGreaterThanOrEqual(Object.keys(named).length);
      const { out } = await devca(['ca', 'destroy', '--dry-run', '--json']);
      expect(JSON.parse(out).runtimeFiles).toHaveLength(files.length);
      expect(bundles()).toEqual(files);
      await devca(['ca', 'destroy', '--yes', '--no-trust']);
      expect(existsSync(folder())).toBe(false);
    });

    it('stays where it is of another home, or where devca has not made it', async () => {
      await variables();
      const other = ['--home', join(user, 'other')];
      await devca(['init', '--no-trust', ...other]);
      const theirs = Object.values(await variables(...other));
      writeFileSync(join(folder(), 'mine.pem'), 'mine');
      await devca(['ca', 'destroy', '--yes', '--no-trust']);
      for (const path of theirs) expect(existsSync(path)).toBe(true);
      expect(bundles()).toContain('mine.pem');
      await devca(['ca', 'destroy', '--yes', '--no-trust', ...other]);
      expect(bundles()).toEqual(['mine.pem']);
    });

    it('stays where variables of this shell lead to it, and is named', async () => {
      const { WGETRC: settings = '' } = await variables();
      const files = bundles();
      const world = testWorld({ home: user, environment: { DEVCA_HOME: home, WGETRC: settings } });
      const { status, error } = await devca(['ca', 'destroy', '--yes', '--no-trust'], world);
      expect(status).toBe(0);
      expect(error).toContain(`"${settings}" stays`);
      expect(bundles().length).toBeGreaterThan(1);
      expect(files).toEqual(expect.arrayContaining(bundles()));
    });
  });

  it('says what would go in a dry run', async () => {
    const { status, out } = await devca(['ca', 'destroy', '--dry-run']);
    expect(status).toBe(0);
    expect(out).toMatch(/^would destroy the authority "default" in /);
    expect(existsSync(join(home, 'devca.db'))).toBe(true);
  });

  it('goes on where a run that failed has ended', async () => {
    const world = worldOf();
    const remove = (path: string) => {
      if (path.endsWith('root.pem'))
        throw new DevcaError('DEVCA_FILE_PERMISSION', { path, action: 'remove' });
      systemFiles.remove(path);
    };
    const failing = { ...world, files: { ...systemFiles, remove } };
    expect((await devca(['ca', 'destroy', '--yes', '--no-trust'], failing)).status).toBe(5);
    expect(existsSync(join(home, 'devca.db'))).toBe(true);
    expect(readdirSync(join(home, 'keys'))).toEqual([]);
    expect((await devca(['ca', 'destroy', '--yes', '--no-trust'])).status).toBe(0);
    expect(existsSync(home)).toBe(false);
  });

  it('needs an authority', async () => {
    await devca(['ca', 'destroy', '--yes', '--no-trust']);
    expect((await devca(['ca', 'destroy', '--yes'])).status).toBe(3);
  });
});
