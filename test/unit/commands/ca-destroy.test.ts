import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { DevcaError } from '../../../src/errors/devca-error.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

let user: string;
let home: string;

const worldOf = (answers?: readonly string[]) =>
  testWorld({ home: user, environment: { DEVCA_HOME: home }, ...(answers === undefined ? {} : { answers }) });

const devca = async (args: readonly string[], world = worldOf()) => {
  const status = await run(args, world);
  return { status, out: world.written.out, error: world.written.error };
};

beforeEach(async () => {
  user = scratchFolder();
  home = join(user, 'authority');
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
