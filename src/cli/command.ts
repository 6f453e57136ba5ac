import type { World } from '../platform/world.ts';
import type { Output } from './output.ts';

/** One flag of a command. `list` may be given several times; `number` is a whole number. */
export interface Flag {
  readonly type: 'string' | 'boolean' | 'number' | 'list';
  readonly describe: string;
  readonly alias?: string;
  /** What stands for the value in the help text, such as `FILE`. */
  readonly value?: string;
  /** A `string` that may be given without its value, and is empty then. */
  readonly optional?: true;
  readonly choices?: readonly string[];
  readonly group?: string;
}

/** One argument without a flag. Only the last may be `many`. */
export interface Positional {
  readonly describe: string;
  readonly required?: boolean;
  readonly many?: boolean;
}

export type Flags = Readonly<Record<string, Flag>>;
export type Positionals = Readonly<Record<string, Positional>>;

type FlagValue<F extends Flag> = F['type'] extends 'boolean'
  ? boolean
  : F['type'] extends 'list'
    ? readonly string[]
    : (F['type'] extends 'number' ? number : string) | undefined;

type PositionalValue<P extends Positional> = P extends { many: true }
  ? readonly string[]
  : P extends { required: true }
    ? string
    : string | undefined;

/** What a command line came to: flags by name, positionals by name, and what stood after `--`. */
export interface Arguments<P extends Positionals, F extends Flags> {
  readonly flags: { readonly [K in keyof F]: FlagValue<F[K]> } & {
    readonly home: string | undefined;
    readonly 'passphrase-file': string | undefined;
  };
  readonly positionals: { readonly [K in keyof P]: PositionalValue<P[K]> };
  readonly rest: readonly string[];
}

export interface CommandContext {
  readonly world: World;
  readonly output: Output;
}

/**
 * 0 done, 1 could not check, 3 a name is unknown, 4 the checked thing is bad, 5 a store could not be asked, 130 ended by
 * an interrupt; errors are thrown.
 */
export type CommandStatus = 0 | 1 | 3 | 4 | 5 | 130;

/** The status of another program that stood in the place of devca. */
export interface ChildStatus {
  readonly child: number;
}

export interface Command<P extends Positionals = Positionals, F extends Flags = Flags> {
  /** As typed, with its group where it has one: `issue`, `trust install`. */
  readonly name: string;
  readonly summary: string;
  /** Further paragraphs for the help text. */
  readonly details?: string;
  readonly positionals: P;
  readonly flags: F;
  /** What the words after `--` are, for a command that runs another; elsewhere they are arguments like the others. */
  readonly rest?: string;
  readonly examples: readonly { readonly command: string; readonly does: string }[];
  run(args: Arguments<P, F>, context: CommandContext): Promise<CommandStatus | ChildStatus>;
}

/** A command whose types have been forgotten, so that commands of all shapes fit one table. */
export interface AnyCommand extends Omit<Command, 'run'> {
  run(args: Arguments<Positionals, Flags>, context: CommandContext): Promise<CommandStatus | ChildStatus>;
}

/** Infers the argument types of a command from its tables. */
export function defineCommand<const P extends Positionals, const F extends Flags>(
  command: Command<P, F>,
): AnyCommand {
  return command as unknown as AnyCommand;
}

/** Flags that every command has. */
export const GLOBAL_FLAGS = {
  home: {
    type: 'string',
    value: 'DIR',
    describe: "the authority's folder (default: DEVCA_HOME, then the user's data folder)",
  },
  'passphrase-file': {
    type: 'string',
    value: 'FILE',
    describe: "has the passphrase of the authority's key (else DEVCA_PASSPHRASE, else it is asked for)",
  },
  json: { type: 'boolean', describe: 'print one JSON document on standard output' },
  quiet: {
    type: 'boolean',
    alias: 'q',
    describe: 'print nothing but results that were asked for, and errors',
  },
  'no-color': { type: 'boolean', describe: 'print without colours (also: NO_COLOR)' },
  debug: { type: 'boolean', describe: 'print stack traces with errors' },
  help: { type: 'boolean', alias: 'h', describe: 'show this text' },
} as const satisfies Flags;
