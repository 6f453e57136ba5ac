import { type AnyCommand, type Flags, GLOBAL_FLAGS } from './command.ts';
import type { Output } from './output.ts';

export interface CommandSummary {
  readonly name: string;
  readonly summary: string;
}

/** The text of `devca --help`, or of `devca trust` and the like: the examples are for those who see all commands. */
export function overview(
  commands: readonly CommandSummary[],
  version: string,
  output: Pick<Output, 'style'>,
): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    `devca ${version}: a local certificate authority for development`,
    '',
    output.style('bold', 'Usage'),
    '  devca COMMAND [ARGUMENTS] [FLAGS]',
    '',
    output.style('bold', 'Commands'),
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width + 2)}${summary}`),
    '',
    ...(commands.some(({ name }) => name === 'init')
      ? [output.style('bold', 'Examples'), ...EXAMPLES, '']
      : []),
    'Run "devca COMMAND --help" for the arguments, flags and examples of a command.',
  ].join('\n');
}

const EXAMPLES = [
  '  devca init                         create the authority and trust it',
  '  devca issue localhost 127.0.0.1    make a server certificate',
  '  devca issue --profile client me    make a client certificate',
  '  devca selftest --all               prove every certificate by real handshakes',
  '  devca verify server.pem            check a chain before it is deployed',
  '  devca handshake localhost:8443     see a handshake message by message',
  '  devca explain ERR_CERT_AUTHORITY_INVALID',
];

/** The text of `devca COMMAND --help`, from the command's own tables. */
export function commandHelp(command: AnyCommand, output: Pick<Output, 'style'>): string {
  const positionals = Object.entries(command.positionals).map(([name, { required, many }]) => {
    const word = `${name.toUpperCase()}${many === true ? '...' : ''}`;
    return required === true ? word : `[${word}]`;
  });
  // Where nothing else stands before `--`, what follows it is what the command is about.
  const rest =
    command.rest === undefined
      ? []
      : positionals.length === 0
        ? ['--', command.rest]
        : [`[-- ${command.rest}]`];
  const lines = [
    command.summary,
    '',
    output.style('bold', 'Usage'),
    `  devca ${[command.name, ...positionals, '[FLAGS]', ...rest].join(' ')}`,
  ];
  if (command.details !== undefined) lines.push('', ...wrap(command.details, 100));
  const described = Object.entries(command.positionals).map(
    ([name, { describe }]) => [name.toUpperCase(), describe] as const,
  );
  if (described.length > 0) lines.push('', output.style('bold', 'Arguments'), ...columns(described));
  if (Object.keys(command.flags).length > 0)
    lines.push('', output.style('bold', 'Flags'), ...flagLines(command.flags));
  lines.push('', output.style('bold', 'Flags of every command'), ...flagLines(GLOBAL_FLAGS));
  lines.push('', output.style('bold', 'Examples'));
  for (const { command: line, does } of command.examples)
    lines.push(`  ${line}`, output.style('dim', `      ${does}`));
  return lines.join('\n');
}

function flagLines(flags: Flags): string[] {
  return columns(
    Object.entries(flags).map(([name, flag]) => {
      const alias = flag.alias === undefined ? '' : `-${flag.alias}, `;
      const word = flag.choices?.join('|') ?? flag.value ?? 'VALUE';
      const value = flag.type === 'boolean' ? '' : ` ${flag.optional === true ? `[${word}]` : word}`;
      return [
        `${alias}--${name}${value}`,
        flag.describe + (flag.type === 'list' ? ' (may be repeated)' : ''),
      ];
    }),
  );
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(34, Math.max(...rows.map(([left]) => left.length)) + 2);
  return rows.flatMap(([left, right]) => {
    const [first = '', ...further] = wrap(right, 98 - width);
    const head =
      left.length + 2 > width
        ? [`  ${left}`, `  ${' '.repeat(width)}${first}`]
        : [`  ${left.padEnd(width)}${first}`];
    return [...head, ...further.map((line) => `  ${' '.repeat(width)}${line}`)];
  });
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
