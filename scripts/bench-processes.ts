import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type BenchRow, benchRow } from './bench-row.ts';

/** A program with its arguments, as a user would start it. */
export type CommandLine = readonly [program: string, ...args: string[]];

const DEVCA = resolve(import.meta.dirname, '../bin/devca.js');

/** The program that was built, on this runtime. */
export const devca = (...args: readonly string[]): CommandLine => [process.execPath, DEVCA, ...args];

/** Starts programs in a scratch home with an environment of their own. */
export interface Launcher {
  /** Runs a program in a new folder and gives the milliseconds that it took. Throws where it fails. */
  time(command: CommandLine): number;
  /** Runs two in turn, after one of each that is not counted. */
  pairs(a: CommandLine, b: CommandLine, runs: number): readonly (readonly [number, number])[];
}

export function launcher(scratch: string): Launcher {
  const { PATH = '', LANG = 'C.UTF-8' } = process.env;
  const env = { PATH, LANG, HOME: join(scratch, 'home'), CAROOT: join(scratch, 'mkcert') };
  mkdirSync(env.HOME, { recursive: true });
  mkdirSync(env.CAROOT, { recursive: true });
  let count = 0;
  const time = ([program, ...args]: CommandLine): number => {
    const cwd = join(scratch, `work-${count++}`);
    mkdirSync(cwd);
    const started = process.hrtime.bigint();
    const { status, error, stderr } = spawnSync(program, args, {
      cwd,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ms = Number(process.hrtime.bigint() - started) / 1e6;
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
    return ms;
  };
  return {
    time,
    pairs: (a, b, runs) => {
      time(a);
      time(b);
      return Array.from({ length: runs }, () => [time(a), time(b)] as const);
    },
  };
}

/** Whole processes against the bare runtime and against mkcert. */
export function benchStart(launch: Launcher, runs: number): readonly BenchRow[] {
  const bare: CommandLine = [process.execPath, '-e', '0'];
  const issue = devca('issue', 'localhost');
  launch.time(devca('init', '--no-trust'));
  const rows = [
    benchRow(
      { what: 'devca --version', against: 'node -e 0', target: 1.3 },
      launch.pairs(devca('--version'), bare, runs),
    ),
    benchRow(
      { what: 'devca issue localhost', against: 'node -e 0', target: 2.8 },
      launch.pairs(issue, bare, runs),
    ),
  ];
  if (spawnSync('mkcert', ['-version']).error !== undefined) {
    console.error(
      'mkcert is not installed, so there is no comparison with it: run "sh scripts/install-peers.sh"',
    );
    return rows;
  }
  for (const args of [['localhost'], ['-ecdsa', 'localhost']]) {
    const target = args.length === 1 ? { target: 1 } : {};
    const names = { what: 'devca issue localhost', against: `mkcert ${args.join(' ')}`, ...target };
    rows.push(benchRow(names, launch.pairs(issue, ['mkcert', ...args], runs)));
  }
  return rows;
}
