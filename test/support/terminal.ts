import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** What to wait for, and the keys to press then. */
export type Press = readonly [question: string, keys: string];

export interface Typed {
  /** All that the terminal showed, ends of lines as the terminal has them. */
  readonly said: string;
  /** 130 for a program that SIGINT has ended. */
  readonly status: number;
  /** Whether the terminal is as it was before. */
  readonly inOrder: boolean;
}

export const ENTER = '\r';

/** Runs a program, by its absolute path, on a terminal of its own and presses keys when it asks. Needs python3. */
export const typeOnTerminal = (
  presses: readonly Press[],
  program: readonly string[],
  options: { readonly cwd?: string; readonly env: NodeJS.ProcessEnv },
): Typed =>
  JSON.parse(
    execFileSync('python3', [join(import.meta.dirname, 'terminal.py'), JSON.stringify(presses), ...program], {
      ...options,
      encoding: 'utf8',
      timeout: 90_000,
    }),
  );
