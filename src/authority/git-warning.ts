import { basename, dirname, join } from 'node:path';
import { shellWord } from '../errors/shell-word.ts';
import { keyFolder } from '../keystore/key-file.ts';
import type { World } from '../platform/world.ts';

/**
 * Warns of keys that lie in a git work tree which does not ignore them: the next `git add` would publish them.
 * Where git cannot be asked, nothing is said.
 */
export async function warnOfGit(keyFiles: readonly string[], world: World): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const folder of new Set(keyFiles.map((path) => dirname(path)))) {
    if (!isInWorkTree(folder, world) || world.exec.find('git') === undefined) continue;
    const names = keyFiles.filter((path) => dirname(path) === folder).map((path) => basename(path));
    const loose = await notIgnored(folder, names, world);
    if (loose.length === 0) continue;
    const remedy = `printf '%s\\n' ${loose.map(shellWord).join(' ')} >> ${shellWord(join(folder, '.gitignore'))}`;
    const keys = loose.length === 1 ? `the key "${loose[0]}" is` : `${loose.length} keys are`;
    warnings.push(
      `${keys} in a git work tree that does not ignore ${loose.length === 1 ? 'it' : 'them'}: run "${remedy}"`,
    );
  }
  return warnings;
}

/** The same for the keys of an authority itself. */
export function warnOfGitAround(home: string, world: World): Promise<readonly string[]> {
  const folder = keyFolder(home);
  const names = world.files.list(folder).filter((name) => name.endsWith('.pem'));
  const keyFiles = names.map((name) => join(folder, name));
  return warnOfGit(keyFiles, world);
}

function isInWorkTree(folder: string, world: World): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (world.files.status(join(at, '.git')) !== undefined) return true;
    if (dirname(at) === at) return false;
  }
}

async function notIgnored(
  folder: string,
  names: readonly string[],
  world: World,
): Promise<readonly string[]> {
  // A repository's own settings may name a program that watches files: none is run.
  const args = ['-C', folder, '-c', 'core.fsmonitor=false', 'check-ignore', '-z', '--stdin'];
  const outcome = await world.exec.run('git', args, {
    stdin: names.map((name) => `${name}\0`).join(''),
    timeoutMs: 5_000,
  });
  // 0: some are ignored; 1: none is; else git has no answer.
  if (outcome.status !== 0 && outcome.status !== 1) return [];
  const ignored = outcome.stdout.split('\0');
  return names.filter((name) => !ignored.includes(name));
}
