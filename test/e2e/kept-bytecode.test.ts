import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type DevcaOutcome, devca } from '../support/devca.ts';
import { scratchFolder } from '../support/scratch.ts';

/** A home in which one command has run, and the file with the bytecode that it kept. */
function homeWithBytecode(): { run: (...args: string[]) => DevcaOutcome; folder: string; file: string } {
  const home = scratchFolder();
  const run = (...args: string[]): DevcaOutcome => devca(args, { home });
  run('completion', 'bash');
  const folder = join(home, '.cache/devca');
  const [name = 'none'] = readdirSync(folder);
  return { run, folder, file: join(folder, name) };
}

describe('the bytecode that a command keeps for the next run', () => {
  it('is one file for a command, for its user alone', () => {
    const { run, folder, file } = homeWithBytecode();
    expect(readdirSync(folder)).toHaveLength(1);
    expect(file).toMatch(/-completion$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const { ino } = statSync(file);
    expect(run('completion', 'zsh').status).toBe(0);
    expect(statSync(file).ino).toBe(ino);
  });

  it.each([
    ['empty', (bytes: Buffer) => bytes.subarray(0, 0)],
    ['cut', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    [
      'overwritten with zeros',
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 20_000), bytes.fill(0, 20_000).subarray(20_000)]),
    ],
    [
      'changed in one bit',
      (bytes: Buffer) => Buffer.from(bytes.map((byte, index) => (index === 30_000 ? byte ^ 1 : byte))),
    ],
  ])('is never run when it is %s, and made anew', (_, spoil) => {
    const { run, file } = homeWithBytecode();
    const before = run('completion', 'bash');
    writeFileSync(file, spoil(readFileSync(file)));
    const { ino } = statSync(file);
    expect(run('completion', 'bash')).toEqual(before);
    expect(statSync(file).ino).not.toBe(ino);
  });

  it('is not run where others could have written it', () => {
    const { run, file } = homeWithBytecode();
    chmodSync(file, 0o622);
    const { ino } = statSync(file);
    expect(run('completion', 'bash').status).toBe(0);
    expect(statSync(file).ino).not.toBe(ino);
  });

  it('is not run through a link, whose file somebody else may have chosen', () => {
    const { run, file } = homeWithBytecode();
    const elsewhere = `${file}-elsewhere`;
    renameSync(file, elsewhere);
    symlinkSync(elsewhere, file);
    expect(run('completion', 'bash').status).toBe(0);
    expect(lstatSync(file).isFile()).toBe(true);
  });

  it('is missed by nobody where it cannot be kept', () => {
    const home = scratchFolder();
    writeFileSync(join(home, '.cache'), '');
    expect(devca(['completion', 'bash'], { home })).toMatchObject({ status: 0, stderr: '' });
  });

  it('is not looked for in the folder that devca is called in', () => {
    const home = scratchFolder();
    const environment = { XDG_CACHE_HOME: 'cache' };
    expect(devca(['completion', 'bash'], { home, environment })).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(home)).toEqual([]);
  });

  const isRoot = process.getuid?.() === 0;
  (isRoot ? it : it.skip)('is neither run nor kept by root where a user could put or link something', () => {
    for (const spoil of [
      (home: string) => chownSync(home, 54_321, 54_321),
      (home: string) => chmodSync(join(home, '.cache'), 0o777),
      (home: string) => {
        rmSync(join(home, '.cache'), { recursive: true });
        symlinkSync(scratchFolder(), join(home, '.cache'));
      },
    ]) {
      const home = scratchFolder();
      mkdirSync(join(home, '.cache'));
      spoil(home);
      expect(devca(['completion', 'bash'], { home })).toMatchObject({ status: 0, stderr: '' });
      expect(readdirSync(join(home, '.cache'))).toEqual([]);
    }
  });
});
