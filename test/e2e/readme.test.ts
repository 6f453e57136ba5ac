import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PROJECT } from '../support/devca.ts';
import { scratchFolder } from '../support/scratch.ts';
import { cleanEnvironment } from '../support/tools.ts';

interface Step {
  readonly command: string;
  /** Lines in their order; `...` alone stands for any lines, within a line for anything. */
  readonly expected: readonly string[];
}

/** The `console` blocks of a document, one step for each line that begins with `$ `. */
function stepsOf(path: string): Step[] {
  const text = readFileSync(join(PROJECT, path), 'utf8');
  const steps: { command: string; expected: string[] }[] = [];
  for (const [, block = ''] of text.matchAll(/```console\n([\s\S]*?)```/g)) {
    for (const line of block.trimEnd().split('\n')) {
      if (line.startsWith('$ ')) steps.push({ command: line.slice(2), expected: [] });
      else steps.at(-1)?.expected.push(line);
    }
  }
  return steps;
}

/** The `json` blocks of a document are profiles. */
function saveProfiles(path: string, folder: string): void {
  const text = readFileSync(join(PROJECT, path), 'utf8');
  for (const [, block = ''] of text.matchAll(/```json\n([\s\S]*?)```/g)) {
    const { name } = JSON.parse(block) as { name: string };
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, `${name}.json`), block);
  }
}

function patternOf(expected: readonly string[]): RegExp {
  const lines = expected.map((line) =>
    line === '...'
      ? '(?:.*\\n)*?'
      : `${line
          .split('...')
          .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('.*')}\\n`,
  );
  return new RegExp(`^${lines.join('')}$`);
}

describe.each(['README.md', 'docs/recipes.md'])('the examples of %s', (path) => {
  const home = scratchFolder();
  const bin = join(home, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'devca'), `#!/bin/sh\nexec "${process.execPath}" "${PROJECT}/bin/devca.js" "$@"\n`);
  chmodSync(join(bin, 'devca'), 0o755);
  const environment = cleanEnvironment(home);
  saveProfiles(path, join(home, '.local/share/devca/profiles'));

  it.each(stepsOf(path))('$command', ({ command, expected }) => {
    const { status, stdout, stderr } = spawnSync(
      'sh',
      ['-c', command.includes('2>') ? command : `{ ${command}; } 2>&1`],
      {
        cwd: home,
        env: { ...environment, PATH: `${bin}:${environment['PATH']}` },
        encoding: 'utf8',
        timeout: 60_000,
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(patternOf(expected));
  });
});
