import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { PROJECT } from '../support/devca.ts';
import { scratchFolder } from '../support/scratch.ts';
import { cleanEnvironment } from '../support/tools.ts';

/** What the launcher says beside no `dist/`. */
function runUnbuilt(folder: string): { status: number | null; stdout: string; stderr: string } {
  cpSync(join(PROJECT, 'bin'), join(folder, 'bin'), { recursive: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'bin/devca.js'), 'list'], {
    env: cleanEnvironment(folder),
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

it('a checkout that was never built says how it is', () => {
  const folder = join(scratchFolder(), "ada's");
  mkdirSync(join(folder, 'scripts'), { recursive: true });
  writeFileSync(join(folder, 'scripts/prepare.sh'), 'exit 0\n');
  const quoted = `'${folder.replace("'", "'\\''")}/scripts/prepare.sh'`;
  const stderr =
    'devca: error: this checkout has not been built [DEVCA_RUNTIME_UNBUILT]\n' +
    `devca: hint: run "sh ${quoted}", then the command again\n`;
  expect(runUnbuilt(folder)).toEqual({ status: 5, stdout: '', stderr });
  const [hint = ''] = /sh '.*'(?=")/.exec(stderr) ?? [];
  expect(spawnSync('sh', ['-c', hint]).status).toBe(0);
});

it('a package whose program is gone says that it has to be installed again', () => {
  const { status, stderr } = runUnbuilt(scratchFolder());
  expect(status).toBe(5);
  expect(stderr).toMatch(
    /^devca: error: .* has lost .*\[DEVCA_RUNTIME_UNBUILT\]\ndevca: hint: install devca again/,
  );
});
