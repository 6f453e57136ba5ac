import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { run } from '../../../src/run.ts';
import { mkcertFolder } from '../../support/import-sources.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { NOW } from '../../support/test-pki.ts';
import { type TestWorldOptions, testWorld } from '../../support/test-world.ts';

async function devca(home: string, options: Omit<TestWorldOptions, 'home'>, ...line: string[]) {
  const world = testWorld({ home, ...options });
  const status = await run(line, world);
  return { status, ...world.written };
}

async function homeWithAuthority(): Promise<string> {
  const home = scratchFolder();
  expect(await devca(home, {}, 'init', '--no-trust')).toMatchObject({ status: 0 });
  return home;
}

describe('ca protect', () => {
  it('moves a key, and then asks for the passphrase when something is issued', async () => {
    const home = await homeWithAuthority();
    const answers = ['correct horse', 'correct horse'];
    const moved = await devca(home, { answers }, 'ca', 'protect', '--keystore', 'passphrase');
    expect(moved).toMatchObject({ status: 0, out: expect.stringContaining('from file to passphrase') });
    expect(await devca(home, {}, 'issue', 'a.test')).toMatchObject({ status: 1 });
    const issued = await devca(home, { answers: ['correct horse'] }, 'issue', 'a.test');
    expect(issued).toMatchObject({
      status: 0,
      error: expect.stringContaining('Passphrase of the intermediate\'s key of "default": '),
    });
  });

  it('gives a key another passphrase, from the terminal or a file', async () => {
    const home = await homeWithAuthority();
    writeFileSync(join(home, 'first'), 'correct horse\n');
    writeFileSync(join(home, 'second'), 'battery staple\n');
    const protect = (options: Omit<TestWorldOptions, 'home'>, ...flags: string[]) =>
      devca(home, options, 'ca', 'protect', '--keystore', 'passphrase', ...flags);
    await protect({}, '--passphrase-file', 'first');
    const files = ['--passphrase-file', 'first', '--new-passphrase-file', 'second'];
    expect((await protect({}, ...files)).out).toContain('has a new passphrase');
    const typed = ['battery staple', 'third of three', 'third of three'];
    expect((await protect({ answers: typed })).out).toContain('has a new passphrase');
    expect((await devca(home, { passphrase: 'third of three' }, 'issue', 'a.test')).status).toBe(0);
  });

  it('changes nothing where the key is in a file already', async () => {
    const home = await homeWithAuthority();
    const { out } = await devca(home, {}, 'ca', 'protect', '--keystore', 'file');
    expect(out).toContain('is in a file already; nothing was changed');
  });

  it('prints what it did for scripts', async () => {
    const home = await homeWithAuthority();
    const passphrase = 'correct horse';
    const { out } = await devca(home, { passphrase }, 'ca', 'protect', '--keystore', 'passphrase', '--json');
    expect(JSON.parse(out)).toEqual({
      schema: 1,
      name: 'default',
      which: 'intermediate',
      keystore: 'passphrase',
      moved: [{ generation: 1, from: 'file', file: expect.stringMatching(/default-1-intermediate\.pem$/) }],
    });
    expect(out).not.toContain(passphrase);
  });

  it('wants to know where to, and which key there is', async () => {
    const home = await homeWithAuthority();
    expect(await devca(home, {}, 'ca', 'protect')).toMatchObject({
      status: 2,
      error: expect.stringContaining('needs "--keystore", one of keychain, passphrase, file'),
    });
    expect(await devca(home, {}, 'ca', 'protect', '--keystore', 'file', '--root')).toMatchObject({
      status: 1,
      error: expect.stringContaining('[DEVCA_KEYSTORE_DISCARDED]'),
    });
  });

  describe('with discard', () => {
    const discard = ['ca', 'protect', '--root', '--keystore', 'discard'];

    it('destroys a root key that was kept, and what was issued before and after stays good', async () => {
      const home = scratchFolder();
      await devca(home, {}, 'init', '--no-trust', '--root-keystore', 'file');
      await devca(home, {}, 'issue', 'before.test');
      const keys = () => readdirSync(join(home, '.local/share/devca/keys'));
      expect(keys()).toHaveLength(2);
      expect(await devca(home, { answers: ['n'] }, ...discard)).toMatchObject({ status: 1 });
      expect(keys()).toHaveLength(2);
      expect(await devca(home, { answers: ['y'] }, ...discard)).toMatchObject({
        status: 0,
        out: expect.stringContaining('destroyed the root\'s key of "default"'),
      });
      expect(keys()).toEqual(['default-1-intermediate.pem']);
      expect((await devca(home, {}, 'ca', 'show')).out).toMatch(/root's key +destroyed/);
      for (const line of [
        ['issue', 'after.test'],
        ['revoke', 'before.test'],
        ['verify', 'after.test'],
      ])
        expect(await devca(home, {}, ...line)).toMatchObject({ status: 0 });
      const again = await devca(home, {}, ...discard, '--json');
      expect(JSON.parse(again.out)).toMatchObject({ name: 'default', keystore: 'discard', discarded: [] });
    });

    it('asks somebody, or wants --yes: DEVCA_KEYSTORE_UNCONFIRMED', async () => {
      const home = scratchFolder();
      await devca(home, {}, 'init', '--no-trust', '--root-keystore', 'file');
      expect(await devca(home, {}, ...discard)).toMatchObject({
        status: 2,
        error: expect.stringContaining('DEVCA_KEYSTORE_UNCONFIRMED'),
      });
      expect(await devca(home, {}, ...discard, '--yes')).toMatchObject({ status: 0 });
    });

    it('leaves a root that issues its key: DEVCA_KEYSTORE_ISSUES', async () => {
      const home = scratchFolder();
      mkcertFolder(join(home, 'ca'));
      expect(await devca(home, { now: NOW }, 'ca', 'import', 'ca', '--yes')).toMatchObject({ status: 0 });
      expect(await devca(home, { now: NOW }, ...discard, '--yes')).toMatchObject({
        status: 1,
        error: expect.stringContaining('DEVCA_KEYSTORE_ISSUES'),
      });
      expect(await devca(home, { now: NOW }, 'issue', 'a.test')).toMatchObject({ status: 0 });
    });

    it('is for the key of the root alone', async () => {
      const home = await homeWithAuthority();
      expect(await devca(home, {}, 'ca', 'protect', '--keystore', 'discard', '--yes')).toMatchObject({
        status: 2,
        error: expect.stringContaining('with "--root"'),
      });
    });
  });
});
