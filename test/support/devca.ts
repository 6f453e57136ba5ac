import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { cleanEnvironment } from './tools.ts';

export const PROJECT = resolve(import.meta.dirname, '../..');

export interface DevcaOutcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface DevcaOptions {
  /** The user's home: a scratch folder. */
  readonly home: string;
  readonly cwd?: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs the built program as a user would, in an environment of its own. */
export function devca(args: readonly string[], options: DevcaOptions): DevcaOutcome {
  const outcome = spawnSync(process.execPath, [resolve(PROJECT, 'bin/devca.js'), ...args], {
    cwd: options.cwd ?? options.home,
    env: { ...cleanEnvironment(options.home), ...options.environment },
    input: options.input ?? '',
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status: outcome.status, stdout: outcome.stdout, stderr: outcome.stderr };
}
