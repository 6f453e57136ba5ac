import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { warnOfGit } from '../../../src/authority/git-warning.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { describeWith } from '../../support/tools.ts';

describeWith(['git'], 'git', () => {
  it('says which keys a repository ignores', async () => {
    const repository = scratchFolder();
    execFileSync('git', ['init', '-q', repository]);
    const folder = join(repository, 'tls');
    mkdirSync(folder);
    const keys = ['a-key.pem', 'b key.pem'].map((name) => join(folder, name));
    expect(await warnOfGit(keys, realWorld())).toEqual([expect.stringMatching(/^2 keys/)]);
    writeFileSync(join(repository, '.gitignore'), '*-key.pem\n');
    expect(await warnOfGit(keys, realWorld())).toEqual([expect.stringMatching(/^the key "b key\.pem"/)]);
    writeFileSync(join(folder, '.gitignore'), '*\n');
    expect(await warnOfGit(keys, realWorld())).toEqual([]);
  });
});
