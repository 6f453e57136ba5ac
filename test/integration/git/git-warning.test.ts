import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { warnOfGit, warnOfGitAround } from '../../../src/authority/git-warning.ts';
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

  it('says that the keys of an authority would be published', async () => {
    const repository = scratchFolder();
    execFileSync('git', ['init', '-q', repository]);
    const keys = join(repository, 'ca home/keys');
    mkdirSync(keys, { recursive: true });
    writeFileSync(join(keys, 'default-1-intermediate.pem'), 'x');
    const home = join(repository, 'ca home');
    const [warning = '', ...further] = await warnOfGitAround(home, realWorld());
    expect(further).toEqual([]);
    execFileSync('sh', ['-c', /run "(.*)"$/.exec(warning)?.[1] ?? 'false']);
    expect(await warnOfGitAround(home, realWorld())).toEqual([]);
  });
});
