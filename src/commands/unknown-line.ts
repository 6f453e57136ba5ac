import { GLOBAL_FLAGS } from '../cli/command.ts';
import { meantByFlags, meantByWords } from '../cli/meant-line.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { shellWord } from '../errors/shell-word.ts';
import { inventoryPath } from '../inventory/database.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import { COMMANDS } from './index.ts';

/** A line in which no command was found. */
export interface Line {
  readonly argv: readonly string[];
  /** Those that are no flags. */
  readonly words: readonly string[];
  /** Whether the words are the name of a group of commands, such as `trust`. */
  readonly isGroup: boolean;
}

/** What is wrong with a line without a command, with the line that was meant; nothing, where it may ask for help. */
export async function unknownLine(
  { argv, words, isGroup }: Line,
  world: World,
): Promise<DevcaError | undefined> {
  const { flag, isFirst } = unknownFlag(argv);
  if (flag === undefined && (isGroup || words.length === 0)) return undefined;
  const names = COMMANDS.map(({ name }) => name);
  const issue = await COMMANDS.find(({ name }) => name === 'issue')?.load();
  const context = { names, issueFlags: issue?.flags ?? {}, hasAuthority: hasAuthority(argv, world) };
  const isFlagWrong = flag !== undefined && (isFirst || isGroup || words.length === 0);
  const byFlags = flag === undefined || isGroup ? undefined : meantByFlags(argv, context);
  const byWords = isFlagWrong ? undefined : meantByWords(words, context);
  const { line, ...note } = (byWords?.line.startsWith('issue') ? byFlags : undefined) ??
    byWords ??
    (isFlagWrong ? byFlags : undefined) ?? { line: undefined };
  if (isFlagWrong) {
    const suggestion = line === undefined ? undefined : `devca ${withHome(line, argv)}`;
    const command = isGroup ? words.join(' ') : '';
    return new DevcaError('DEVCA_USAGE_UNKNOWN_FLAG', { command, flag, suggestion, ...note });
  }
  const inGroup = names.some((name) => name.startsWith(`${words[0]} `));
  const command = words.slice(0, inGroup ? 2 : 1).join(' ');
  const suggestion = line === undefined ? undefined : withHome(line, argv);
  return new DevcaError('DEVCA_USAGE_UNKNOWN_COMMAND', { command, suggestion, ...note });
}

const homeFlag = (argv: readonly string[]): string | undefined =>
  argv.includes('--home') ? argv[argv.indexOf('--home') + 1] : undefined;

function withHome(line: string, argv: readonly string[]): string {
  const home = homeFlag(argv);
  return home === undefined || /(^| )--(home|version|help)( |$)/.test(line)
    ? line
    : `${line} --home ${shellWord(home)}`;
}

function hasAuthority(argv: readonly string[], world: World): boolean {
  try {
    return world.files.statusOfTarget(inventoryPath(homeOf(homeFlag(argv), world.system))) !== undefined;
  } catch {
    return false;
  }
}

/** The first flag that not every command has, and whether it stands before all words. */
function unknownFlag(argv: readonly string[]): {
  readonly flag: string | undefined;
  readonly isFirst: boolean;
} {
  const aliases = Object.values(GLOBAL_FLAGS).map((flag) => ('alias' in flag ? `-${flag.alias}` : ''));
  const takesValue = (word: string): boolean =>
    Object.entries(GLOBAL_FLAGS).some(([name, { type }]) => word === `--${name}` && type !== 'boolean');
  let isFirst = true;
  for (let index = 0; index < argv.length && argv[index] !== '--'; index++) {
    const word = argv[index] ?? '';
    if (!word.startsWith('-') || word === '-') isFirst = false;
    else if (takesValue(word)) index++;
    else if (!aliases.includes(word) && !Object.hasOwn(GLOBAL_FLAGS, word.replace(/^--|=.*$/gs, '')))
      return { flag: word.replace(/=.*$/s, ''), isFirst };
  }
  return { flag: undefined, isFirst: false };
}
