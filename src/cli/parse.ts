// yargs' own parser: its command layer loads what devca has of its own (help, errors) and costs 15 ms at start.
import { Parser } from 'yargs/helpers';
import { DevcaError } from '../errors/devca-error.ts';
import { shellWord } from '../errors/shell-word.ts';
import {
  type AnyCommand,
  type Arguments,
  type Flag,
  type Flags,
  GLOBAL_FLAGS,
  type Positionals,
} from './command.ts';
import { ISSUE_FLAGS_OF_MKCERT } from './foreign-words.ts';
import { meantIssue } from './meant-line.ts';
import { nearest } from './suggestion.ts';

export interface ParsedLine {
  readonly args: Arguments<Positionals, Flags>;
  readonly globals: {
    readonly passphraseFile: string | undefined;
    readonly json: boolean;
    readonly quiet: boolean;
    readonly noColor: boolean;
    readonly debug: boolean;
  };
  readonly wantsHelp: boolean;
}

/**
 * Reads the words after a command's name by that command's tables.
 * Throws DEVCA_USAGE_* for unknown flags, missing or surplus arguments and values of the wrong kind.
 */
export function parseLine(command: AnyCommand, line: readonly string[]): ParsedLine {
  const flags: Flags = { ...GLOBAL_FLAGS, ...command.flags };
  const argv = rawArguments(command, flags, line);
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(flags)) values[name] = flagValue(command, name, flag, argv[name]);
  refuseUnknownFlags(command, flags, Object.keys(argv), line);
  const wantsHelp = values['help'] === true;
  const rest = (argv['--'] ?? []).map(String);
  const words = [...argv._.map(String), ...(command.rest === undefined ? rest : [])];
  const positionals = wantsHelp ? {} : positionalValues(command, words, line);
  return {
    args: {
      flags: values as Arguments<Positionals, Flags>['flags'],
      positionals: positionals as Arguments<Positionals, Flags>['positionals'],
      rest: command.rest === undefined ? [] : rest,
    },
    globals: {
      passphraseFile: typeof values['passphrase-file'] === 'string' ? values['passphrase-file'] : undefined,
      json: values['json'] === true,
      quiet: values['quiet'] === true,
      noColor: values['no-color'] === true,
      debug: values['debug'] === true,
    },
    wantsHelp,
  };
}

interface RawArguments {
  readonly _: readonly (string | number)[];
  readonly '--'?: readonly (string | number)[];
  readonly [name: string]: unknown;
}

function rawArguments(command: AnyCommand, flags: Flags, words: readonly string[]): RawArguments {
  const rows = Object.entries(flags);
  const namesOf = (kinds: readonly Flag['type'][]): string[] =>
    rows.filter(([, { type }]) => kinds.includes(type)).map(([name]) => name);
  const withValue = namesOf(['string', 'number', 'list']);
  const { argv, error } = Parser.detailed([...words], {
    alias: Object.fromEntries(rows.map(([name, { alias }]) => [name, alias === undefined ? [] : [alias]])),
    boolean: namesOf(['boolean']),
    string: withValue,
    narg: Object.fromEntries(
      withValue.filter((name) => flags[name]?.optional !== true).map((name) => [name, 1]),
    ),
    configuration: {
      'camel-case-expansion': false,
      'boolean-negation': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'populate--': true,
      'greedy-arrays': false,
      'short-option-groups': false,
    },
  });
  if (error) {
    throw new DevcaError('DEVCA_USAGE_INVALID', { command: command.name, detail: lowerFirst(error.message) });
  }
  return argv as unknown as RawArguments;
}

function flagValue(command: AnyCommand, name: string, flag: Flag, given: unknown): unknown {
  if (flag.type === 'boolean') return Array.isArray(given) ? given.at(-1) === true : given === true;
  if (flag.type === 'list') return given === undefined ? [] : [given].flat().map(String);
  if (given === undefined) return undefined;
  if (Array.isArray(given)) {
    throw new DevcaError('DEVCA_USAGE_INVALID', {
      command: command.name,
      detail: `"--${name}" is given more than once`,
    });
  }
  const value = String(given);
  const refuse = (expected: string): DevcaError<'DEVCA_USAGE_VALUE'> =>
    new DevcaError('DEVCA_USAGE_VALUE', { command: command.name, flag: `--${name}`, value, expected });
  if (value === '' && flag.optional === true) return value;
  if (value === '') throw refuse(flag.value === undefined ? 'a value' : `a value (${flag.value})`);
  if (flag.choices !== undefined && !flag.choices.includes(value))
    throw refuse(`one of ${flag.choices.join(', ')}`);
  if (flag.type !== 'number') return value;
  if (!/^\d{1,9}$/.test(value)) throw refuse('a whole number');
  return Number(value);
}

function refuseUnknownFlags(
  command: AnyCommand,
  flags: Flags,
  given: readonly string[],
  line: readonly string[],
): void {
  const known = new Set(['_', '--', '$0', ...Object.keys(flags)]);
  for (const flag of Object.values(flags)) if (flag.alias !== undefined) known.add(flag.alias);
  const unknown = given.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const typed = line.find((word) => word.replace(/=.*$/s, '') === `-${unknown}`);
  throw new DevcaError('DEVCA_USAGE_UNKNOWN_FLAG', {
    command: command.name,
    flag: typed === undefined ? `--${unknown}` : `-${unknown}`,
    ...meantInstead(unknown, command, flags, line),
  });
}

/** The flag that is near, or the line that was meant where flags are those of mkcert or of the program to be run. */
function meantInstead(
  unknown: string,
  command: AnyCommand,
  flags: Flags,
  line: readonly string[],
): { readonly suggestion: string | undefined; readonly note?: string } {
  if (command.name === 'issue' && Object.hasOwn(ISSUE_FLAGS_OF_MKCERT, unknown)) {
    const meant = meantIssue(line, flags);
    if (meant !== undefined) {
      const { line: words, ...note } = meant;
      return { suggestion: `devca ${words}`, ...note };
    }
  }
  const program = command.rest === undefined ? undefined : programIn(line, flags);
  // A flag that stands before the program is meant for devca.
  const isProgramsOwn = program
    ?.slice(program.indexOf('--'))
    .some((word) => word.startsWith(`-${unknown}`) || word.startsWith(`--${unknown}`));
  if (program !== undefined && isProgramsOwn && Object.keys(command.positionals).length === 0)
    return { suggestion: ['devca', command.name, ...program].join(' ') };
  const near = nearest(unknown, Object.keys(flags));
  return { suggestion: near === undefined ? undefined : `--${near}` };
}

/** The words of `run ls -la` with the `--` that they lack, which stands before the first that is no flag. */
function programIn(line: readonly string[], flags: Flags): readonly string[] | undefined {
  let start = 0;
  for (; start < line.length && line[start]?.startsWith('-') === true; start++) {
    const name = Object.keys(flags).find((each) => line[start] === `--${each}`);
    if (line[start] === '--') return undefined;
    if (name !== undefined && flags[name]?.type !== 'boolean') start++;
  }
  if (start >= line.length) return undefined;
  const rest = line
    .slice(start)
    .filter((word, index, words) => word !== '--' || words.indexOf('--') !== index);
  return [...line.slice(0, start), '--', ...rest].map(shellWord);
}

function positionalValues(
  command: AnyCommand,
  words: readonly string[],
  line: readonly string[],
): Record<string, string | readonly string[] | undefined> {
  const values: Record<string, string | readonly string[] | undefined> = {};
  const left = [...words];
  for (const [name, positional] of Object.entries(command.positionals)) {
    const value = positional.many === true ? left.splice(0) : left.shift();
    if (positional.required === true && (value === undefined || value.length === 0)) {
      const missing = name.toUpperCase();
      const detail =
        value === ''
          ? `${missing} is empty`
          : `"devca ${command.name}" needs ${missing}: ${positional.describe}`;
      throw new DevcaError('DEVCA_USAGE_INVALID', { command: command.name, detail });
    }
    values[name] = value;
  }
  if (left.length > 0) {
    const program =
      command.rest === undefined ? undefined : programIn(line, { ...GLOBAL_FLAGS, ...command.flags });
    const example = program === undefined ? '' : `, as in "devca ${command.name} ${program.join(' ')}"`;
    const where = command.rest === undefined ? '' : `: ${command.rest} stand after "--"${example}`;
    const detail = `"devca ${command.name}" takes no argument "${left[0]}"${where}`;
    throw new DevcaError('DEVCA_USAGE_INVALID', { command: command.name, detail });
  }
  return values;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
