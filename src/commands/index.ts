import type { AnyCommand } from '../cli/command.ts';

/** One row of the table of commands: enough for `devca --help` without loading any of them. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<AnyCommand>;
}

/** Every command, in the order of `devca --help`. A command's module is loaded when it is run. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'list',
    summary: 'list the certificates that were issued',
    load: async () => (await import('./list.ts')).listCommand,
  },
  {
    name: 'show',
    summary: 'show one certificate: of the inventory, or in any file',
    load: async () => (await import('./show.ts')).showCommand,
  },
  {
    name: 'completion',
    summary: 'print a completion script for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).completionCommand,
  },
];
