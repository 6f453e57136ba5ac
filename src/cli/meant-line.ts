import { dirname } from 'node:path';
import { shellWord } from '../errors/shell-word.ts';
import { readServiceId } from '../pki/spiffe-id.ts';
import { type Flags, GLOBAL_FLAGS } from './command.ts';
import { COMMANDS_OF_FLAGS, ISSUE_FLAGS_OF_MKCERT, SYNONYMS } from './foreign-words.ts';
import { nearest } from './suggestion.ts';

/** What a line that is none of devca's may have meant: a command that can be pasted, without `devca`. */
export interface MeantLine {
  readonly line: string;
  readonly note?: string;
}

export interface LineContext {
  /** The names of all commands. */
  readonly names: readonly string[];
  /** The flags of `devca issue`. */
  readonly issueFlags: Flags;
  readonly hasAuthority: boolean;
}

/** Reads a line with flags but without a command, as mkcert has them. */
export function meantByFlags(
  argv: readonly string[],
  { issueFlags, hasAuthority }: Omit<LineContext, 'names'>,
): MeantLine | undefined {
  const command = flagNames(argv).find((name) => Object.hasOwn(COMMANDS_OF_FLAGS, name));
  if (command === 'install' && hasAuthority) return { line: 'trust install' };
  if (command !== undefined) return { line: COMMANDS_OF_FLAGS[command] ?? '' };
  return meantIssue(argv, issueFlags);
}

/** Reads a line whose first words are no command. */
export function meantByWords(
  words: readonly string[],
  { names }: Pick<LineContext, 'names'>,
): MeantLine | undefined {
  const [first = '', second] = words;
  const members = names.filter((name) => name.startsWith(`${first} `));
  if (members.length > 0 && second !== undefined)
    return orNothing(memberMeant(`${first} ${second}`, members));
  const endingIn = names.find((name) => name.endsWith(` ${first}`));
  const synonym = Object.hasOwn(SYNONYMS, first) ? SYNONYMS[first] : undefined;
  return orNothing(
    endingIn ?? synonym ?? meantByName(words) ?? nearest(first, names) ?? nearestEnding(first, names),
  );
}

const orNothing = (line: string | undefined): MeantLine | undefined =>
  line === undefined ? undefined : { line };

/** A group's own commands come before those of others that are as near. */
function memberMeant(typed: string, members: readonly string[]): string | undefined {
  return (Object.hasOwn(SYNONYMS, typed) ? SYNONYMS[typed] : undefined) ?? nearest(typed, members);
}

function nearestEnding(word: string, names: readonly string[]): string | undefined {
  const endings = new Map(
    names.filter((name) => name.includes(' ')).map((name) => [name.split(' ')[1] ?? '', name]),
  );
  return endings.get(nearest(word, [...endings.keys()]) ?? '');
}

/** `devca localhost 127.0.0.1`: what looks like something that a certificate can be for, or like one. */
function meantByName(words: readonly string[]): string | undefined {
  const [first = ''] = words;
  if (/\.(pem|crt|cer|der|p12|pfx|jks)$/i.test(first)) return `show ${shellWord(first)}`;
  if (/^(https:\/\/|[\w.-]+:\d+$)/.test(first)) return `handshake ${shellWord(first)}`;
  return words.every(looksLikeName) ? ['issue', ...issueWords(words)].map(shellWord).join(' ') : undefined;
}

const looksLikeName = (word: string): boolean =>
  word === 'localhost' ||
  readServiceId(word) !== undefined ||
  /^[^\s/@"]+@[\w.-]+$/.test(word) ||
  /^(\*\.)?[\p{L}\p{N}_-]+(\.[\p{L}\p{N}_-]+)+\.?$/u.test(word) ||
  /^(\*\.)[\w-]+$/.test(word) ||
  /^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(word);

/** The flags and words of `devca issue` for names: the default profile takes hosts alone. */
function issueWords(names: readonly string[], hasProfile = false): readonly string[] {
  const [first = ''] = names;
  const service = hasProfile ? undefined : readServiceId(first);
  if (service !== undefined && names.length === 1)
    return ['--profile', 'service', '--trust-domain', service.trustDomain, service.label];
  return !hasProfile && /^[^\s/]+@[^\s/]+$/.test(first) ? ['--profile', 'client', ...names] : names;
}

/** `-client alice`, with flags of mkcert and of `devca issue` alone: those of nobody are not guessed at. */
export function meantIssue(argv: readonly string[], issueFlags: Flags): MeantLine | undefined {
  const words: string[] = [];
  const own: string[] = [];
  const formats: string[] = [];
  const notes: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    const flag = FLAG.exec(word);
    if (flag === null) {
      if (word !== '--') words.push(word);
      continue;
    }
    const [, name = '', given] = flag;
    const value = (): string => given ?? argv[++index] ?? '';
    const foreign = Object.hasOwn(ISSUE_FLAGS_OF_MKCERT, name) ? ISSUE_FLAGS_OF_MKCERT[name] : undefined;
    const known = Object.hasOwn(issueFlags, name) ? issueFlags[name] : globalFlag(name);
    if (foreign !== undefined) {
      if (foreign.flags[0] === '--format') formats.push('p12');
      else own.push(...foreign.flags);
      if (foreign.value === 'kept') own.push(value());
      if (foreign.value === 'folder') own.push(...folderFlag(value()));
      if (foreign.note !== undefined) notes.push(foreign.note);
    } else if (known !== undefined) {
      own.push(`--${name}`, ...(known.type === 'boolean' ? [] : [value()]));
    } else if (!isAlias(name, issueFlags)) return undefined;
    else own.push(word);
  }
  // Where PEM files have places of their own, they are wanted too.
  if (own.some((word) => word === '--cert-file' || word === '--key-file') && formats.length > 0)
    formats.unshift('pem');
  const named = issueWords(words, own.includes('--profile'));
  const format = formats.length === 0 ? [] : ['--format', [...new Set(formats)].join()];
  // A flag whose value is missing is no line that could be pasted.
  if (own.includes('')) return undefined;
  const line = ['issue', ...own, ...format, ...named].map(shellWord).join(' ');
  return notes.length === 0 ? { line } : { line, note: notes.join(', ') };
}

const FLAG = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/s;

const globalFlag = (name: string) =>
  Object.hasOwn(GLOBAL_FLAGS, name) ? GLOBAL_FLAGS[name as keyof typeof GLOBAL_FLAGS] : undefined;

const isAlias = (name: string, flags: Flags): boolean =>
  Object.values({ ...GLOBAL_FLAGS, ...flags } as Flags).some(
    ({ alias, type }) => alias === name && type === 'boolean',
  );

const folderFlag = (file: string): readonly string[] =>
  dirname(file) === '.' ? [] : ['--out', dirname(file)];

function flagNames(argv: readonly string[]): readonly string[] {
  return argv.flatMap((word) => FLAG.exec(word)?.[1] ?? []);
}
