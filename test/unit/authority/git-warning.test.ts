import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { warnOfGit } from '../../../src/authority/git-warning.ts';
import type { ExecOutcome } from '../../../src/platform/exec.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

/** A folder within a repository, and a world in which git answers as given. */
function workTree(git: Partial<ExecOutcome> | undefined, repository = true) {
  const home = scratchFolder();
  const folder = join(home, 'a folder');
  mkdirSync(folder);
  if (repository) mkdirSync(join(home, '.git'));
  return { folder, world: testWorld({ home, outcomes: git === undefined ? {} : { git } }) };
}

describe('a key in a git work tree', () => {
  it('that does not ignore it is warned of, with the command that mends it', async () => {
    const { folder, world } = workTree({ status: 1 });
    expect(await warnOfGit([join(folder, 'localhost-key.pem')], world)).toEqual([
      `the key "localhost-key.pem" is in a git work tree that does not ignore it: run "printf '%s\\n' localhost-key.pem >> '${folder}/.gitignore'"`,
    ]);
    expect(world.programs).toHaveLength(1);
  });

  it('is one of many, of which some are ignored', async () => {
    const { folder, world } = workTree({ status: 0, stdout: 'b-key.pem\0' });
    const keys = ['a-key.pem', 'b-key.pem', 'c-key.pem'].map((name) => join(folder, name));
    expect(await warnOfGit(keys, world)).toEqual([
      expect.stringMatching(/^2 keys .* ignore them: .*a-key\.pem c-key\.pem >>/),
    ]);
  });

  it('that ignores it is fine', async () => {
    const { folder, world } = workTree({ status: 0, stdout: 'a-key.pem\0' });
    expect(await warnOfGit([join(folder, 'a-key.pem')], world)).toEqual([]);
  });

  it.each([
    ['git has no answer', workTree({ status: 128 })],
    ['git is not installed', workTree(undefined)],
    ['there is no repository', workTree({ status: 1 }, false)],
  ])('is not warned of where %s', async (_what, { folder, world }) => {
    expect(await warnOfGit([join(folder, 'a-key.pem')], world)).toEqual([]);
  });
});
