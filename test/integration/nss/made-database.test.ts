import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { installTrust, uninstallRoots, uninstallTrust } from '../../../src/truststore/trust.ts';
import { anchorPem } from '../../../src/truststore/trust-anchor.ts';
import { describeWith } from '../../support/tools.ts';
import { newAnchor, scratchWorld } from '../../support/trust-lab.ts';

const anchor = newAnchor('one');
const next = newAnchor('next');
const FILES = ['cert9.db', 'key4.db', 'pkcs11.txt'];

const certutil = (args: readonly string[], input?: string): string =>
  execFileSync('certutil', args, { encoding: 'utf8', ...(input === undefined ? {} : { input }) });

/** A home without any database, into which an install is to make one. */
function lab() {
  const scratch = scratchWorld();
  const folder = join(scratch.home, 'browsers/pki/nssdb');
  const options = { stores: [`nss:${folder}`] };
  return {
    ...scratch,
    folder,
    options,
    install: async (root = anchor) => (await installTrust(root, options, scratch.world))[0],
    uninstall: async (root = anchor) => (await uninstallTrust(root, options, scratch.world))[0],
    [Symbol.dispose]: () => scratch[Symbol.dispose](),
  };
}

describeWith(['certutil'], 'a database that an install has made', () => {
  it('goes with the root, and so do the folders that were made for it', async () => {
    using scratch = lab();
    expect(await scratch.install()).toMatchObject({ status: 'trusted', changed: true });
    expect(readdirSync(scratch.folder).sort()).toEqual(FILES);
    expect(await scratch.uninstall()).toMatchObject({ status: 'not-trusted', changed: true, advice: '' });
    expect(existsSync(join(scratch.home, 'browsers'))).toBe(false);
    expect(await scratch.uninstall()).toMatchObject({ changed: false, error: undefined });
  });

  it('leaves a folder that was there before, or that something else is in by now', async () => {
    using scratch = lab();
    mkdirSync(join(scratch.home, 'browsers'));
    await scratch.install();
    await scratch.uninstall();
    expect(readdirSync(join(scratch.home, 'browsers'))).toEqual([]);
    await scratch.install();
    writeFileSync(join(scratch.home, 'browsers/pki/notes.txt'), 'mine');
    await scratch.uninstall();
    expect(readdirSync(join(scratch.home, 'browsers/pki'))).toEqual(['notes.txt']);
  });

  it('goes with the last of several roots', async () => {
    using scratch = lab();
    await scratch.install();
    await scratch.install(next);
    expect(await scratch.uninstall()).toMatchObject({
      status: 'different-root',
      advice: '',
    });
    expect(readdirSync(scratch.folder).sort()).toEqual(FILES);
    await scratch.uninstall(next);
    expect(existsSync(scratch.folder)).toBe(false);
    for (const root of [anchor, next]) await scratch.install(root);
    const removals = await uninstallRoots([anchor, next], scratch.options, scratch.world);
    expect(removals.flatMap(({ outcomes }) => outcomes.map(({ status }) => status))).toEqual([
      'not-trusted',
      'not-trusted',
    ]);
    expect(existsSync(scratch.folder)).toBe(false);
  });

  it.each([
    [
      'it holds other certificates',
      (folder: string) => {
        certutil(['-A', '-d', `sql:${folder}`, '-t', 'C,,', '-n', 'company', '-a'], anchorPem(next));
      },
    ],
    [
      'it holds keys',
      (folder: string) => {
        writeFileSync(join(folder, '../../../noise'), 'noise'.repeat(100));
        certutil([
          '-G',
          '-d',
          `sql:${folder}`,
          '-k',
          'rsa',
          '-g',
          '2048',
          '-z',
          join(folder, '../../../noise'),
          '-f',
          '/dev/null',
        ]);
      },
    ],
    ['"notes.txt" is in its folder', (folder: string) => writeFileSync(join(folder, 'notes.txt'), 'mine')],
    [
      'modules were added to it',
      (folder: string) => {
        writeFileSync(join(folder, 'pkcs11.txt'), '\nlibrary=/usr/lib/libother.so\nname=other\n', {
          flag: 'a',
        });
      },
    ],
    [
      'it has a password',
      (folder: string) => {
        writeFileSync(join(folder, '../../../password'), 'horse\n');
        writeFileSync(join(folder, '../../../none'), '\n');
        certutil([
          '-W',
          '-d',
          `sql:${folder}`,
          '-f',
          join(folder, '../../../none'),
          '-@',
          join(folder, '../../../password'),
        ]);
      },
    ],
  ])('stays where %s, which is said', async (reason, change) => {
    using scratch = lab();
    await scratch.install();
    change(scratch.folder);
    expect(await scratch.uninstall()).toMatchObject({
      changed: true,
      detail: expect.stringContaining(`the database, which devca made, stays, since ${reason}`),
    });
    expect(readdirSync(scratch.folder).sort()).toEqual(expect.arrayContaining(FILES));
    expect(certutil(['-L', '-d', `sql:${scratch.folder}`])).not.toContain('devca');
  });

  it('that was there before stays without a word', async () => {
    using scratch = lab();
    mkdirSync(scratch.folder, { recursive: true });
    certutil(['-N', '-d', `sql:${scratch.folder}`, '--empty-password']);
    await scratch.install();
    expect(await scratch.uninstall()).toMatchObject({ changed: true, advice: '' });
    expect(readdirSync(scratch.folder).sort()).toEqual(FILES);
  });
});
