import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';
import { cleanEnvironment, findTool, toolOrFail } from '../../support/tools.ts';

/** What a password in a file must survive: spaces, quotes and what shells would change. */
export const PASSWORD = `pass 'word" $HOME!`;

export interface Lab {
  readonly home: string;
  /** A file with the password. */
  readonly passwordFile: string;
  path(name: string): string;
  /** Runs a command line that must succeed, and gives its standard output. */
  devca(...words: readonly string[]): Promise<string>;
  /** Runs a program that must succeed, and gives its standard output. */
  tool(program: string, ...args: readonly string[]): string;
  /** Runs a program, and gives all that it says. */
  attempt(program: string, ...args: readonly string[]): { status: number | null; text: string };
}

/** An authority in a scratch home, in which programs look for their files too. */
export async function formatLab(): Promise<Lab> {
  const home = scratchFolder();
  const passwordFile = join(home, 'password');
  writeFileSync(passwordFile, `${PASSWORD}\n`);
  const options = { cwd: home, env: cleanEnvironment(home), encoding: 'utf8', timeout: 60_000 } as const;
  const lab: Lab = {
    home,
    passwordFile,
    path: (name) => join(home, name),
    devca: async (...words) => {
      const world = testWorld({ home, now: new Date() });
      const status = await run([...words, '--home', join(home, 'ca')], world);
      if (status !== 0)
        throw new Error(`devca ${words.join(' ')}: ${world.written.out}${world.written.error}`);
      return world.written.out;
    },
    tool: (program, ...args) => execFileSync(pathOf(program), args, { ...options, stdio: 'pipe' }),
    attempt: (program, ...args) => {
      const { status, stdout, stderr } = spawnSync(pathOf(program), args, options);
      return { status, text: `${stdout}${stderr}` };
    },
  };
  await lab.devca('init', '--no-trust');
  return lab;
}

/** Every `java` on this computer: the one on the PATH, and those that Debian's packages put beside it. */
export function javas(): readonly string[] {
  const folder = '/usr/lib/jvm';
  const others = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name, 'bin/java')) : [];
  const paths = [findTool('java') ?? '', ...others].filter((path) => existsSync(path));
  return [...new Set(paths.map((path) => realpathSync(path)))];
}

const pathOf = (program: string): string => (isAbsolute(program) ? program : toolOrFail(program));
