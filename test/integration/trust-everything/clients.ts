import { execFile, execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { PROJECT } from '../../support/devca.ts';
import { cleanEnvironment, toolOrFail } from '../../support/tools.ts';
import type { HeldNamespace } from '../trust-debian/namespace.ts';

/** A program that fetches a page and prints it; `URL` stands for the address. */
interface Client {
  readonly name: string;
  readonly words: readonly string[];
  /** It has roots of its own, and takes the system's and others only where a variable says so: `devca run` sets it. */
  readonly viaRun?: true;
}

const program = (name: string): string => join(import.meta.dirname, 'programs', name);
const goProgram = (folder: string): string => join(folder, 'go-fetch');

export const DEVCA: readonly string[] = [process.execPath, resolve(PROJECT, 'bin/devca.js')];

export const TOOLS = ['curl', 'wget', 'git', 'python3', 'java', 'go', 'ruby', 'php', 'node', 'deno', 'bun'];

const RUBY = 'puts Net::HTTP.get(URI(ARGV[0]))';
const PYTHON = 'import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read())';
const PHP = 'echo file_get_contents($argv[1]);';

/** Every client but the browsers. */
export function clients(folder: string): readonly Client[] {
  return [
    { name: 'curl', words: ['curl', '-sSf', 'URL'] },
    { name: 'wget', words: ['wget', '-qO-', 'URL'] },
    { name: 'git', words: ['git', 'ls-remote', 'URLrepository.git'] },
    { name: 'Python', words: ['/usr/bin/python3', '-c', PYTHON, 'URL'] },
    { name: 'Java', words: ['java', resolve(import.meta.dirname, '../java/programs/Fetch.java'), 'URL'] },
    { name: 'Go', words: [goProgram(folder), 'URL'] },
    { name: 'Ruby', words: ['ruby', '-rnet/http', '-e', RUBY, 'URL'] },
    { name: 'PHP', words: ['php', '-r', PHP, 'URL'] },
    { name: 'Node', words: ['node', program('fetch.mjs'), 'URL'], viaRun: true },
    {
      name: 'Deno',
      words: ['deno', 'run', '--quiet', '--allow-net', program('fetch.mjs'), 'URL'],
      viaRun: true,
    },
    { name: 'Bun', words: ['bun', program('fetch.mjs'), 'URL'], viaRun: true },
  ];
}

/** Go's client is a program of its own. */
export function buildGoClient(folder: string): void {
  execFileSync(toolOrFail('go'), ['build', '-o', goProgram(folder), program('fetch.go')], {
    env: { ...cleanEnvironment(folder), CGO_ENABLED: '0', GO111MODULE: 'off' },
  });
}

/** The names of those that get the page, two asking at a time. */
export async function fetchAll(
  url: string,
  folder: string,
  namespace: HeldNamespace,
  { withRun }: { withRun: boolean },
): Promise<readonly string[]> {
  const waiting = [...clients(folder)];
  const accepted: string[] = [];
  const line = async (): Promise<void> => {
    for (let client = waiting.shift(); client !== undefined; client = waiting.shift()) {
      const run = withRun && client.viaRun === true ? [...DEVCA, 'run', '--'] : [];
      const words = [...run, ...client.words.map((word) => word.replace('URL', url))];
      if ((await outputOf(namespace.enter(words))).includes('accepted')) accepted.push(client.name);
    }
  };
  await Promise.all([line(), line()]);
  return accepted.sort();
}

function outputOf([file = '', ...args]: readonly string[]): Promise<string> {
  return new Promise((settle) => {
    execFile(file, args, { timeout: 30_000 }, (_error, stdout) => settle(stdout));
  });
}
