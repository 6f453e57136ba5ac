import type { Flags } from './command.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export interface CompletionCommand {
  readonly name: string;
  readonly summary: string;
  readonly flags: Flags;
}

/** A script for a shell that completes commands, subcommands, flags and the choices of flags; files everywhere else. */
export function completionScript(shell: Shell, commands: readonly CompletionCommand[]): string {
  switch (shell) {
    case 'bash':
      return bashScript(commands);
    case 'zsh':
      return `#compdef devca\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(commands)}`;
    case 'fish':
      return fishScript(commands);
  }
}

function bashScript(commands: readonly CompletionCommand[]): string {
  const rows = (pairs: readonly (readonly [string, readonly string[]])[]): string[] =>
    pairs.map(([pattern, words]) => `      ${pattern}) words=${quote(words.join(' '))} ;;`);
  // A group's members come first: their pattern is the longer one.
  const byLength = [...commands].sort((a, b) => b.name.split(' ').length - a.name.split(' ').length);
  return `_devca() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  local line="\${COMP_WORDS[1]} \${COMP_WORDS[2]} "
  COMPREPLY=()
  case "$previous" in
${rows(choicesOf(commands)).join('\n')}
  esac
  if [ -z "$words" ] && [ "$COMP_CWORD" -eq 1 ]; then
    words=${quote(firstWords(commands).join(' '))}
  elif [ -z "$words" ] && [[ "$current" == -* ]]; then
    case "$line" in
${rows(byLength.map(({ name, flags }) => [`${quote(`${name} `)}*`, flagNames(flags)])).join('\n')}
    esac
  elif [ -z "$words" ] && [ "$COMP_CWORD" -eq 2 ]; then
    case "\${COMP_WORDS[1]}" in
${rows(groupsOf(commands).map(([group, members]) => [quote(group), members])).join('\n')}
    esac
  fi
  if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi
}
complete -o default -F _devca devca
`;
}

function fishScript(commands: readonly CompletionCommand[]): string {
  const lines: string[] = [];
  for (const { name, summary, flags } of commands) {
    const [first = '', second] = name.split(' ');
    const about = `-d ${quote(summary)}`;
    if (second === undefined) lines.push(`complete -c devca -n __fish_use_subcommand -a ${first} ${about}`);
    else {
      lines.push(`complete -c devca -n __fish_use_subcommand -a ${first}`);
      lines.push(`complete -c devca -n '__fish_seen_subcommand_from ${first}' -a ${second} ${about}`);
    }
    for (const [flag, { describe, choices, type, optional }] of Object.entries(flags)) {
      const value =
        type === 'boolean' || optional
          ? ''
          : choices === undefined
            ? ' -r'
            : ` -x -a ${quote(choices.join(' '))}`;
      const seen = `-n '__fish_seen_subcommand_from ${second ?? first}'`;
      lines.push(`complete -c devca ${seen} -l ${flag}${value} -d ${quote(describe)}`);
    }
  }
  return `${[...new Set(lines)].join('\n')}\n`;
}

function flagNames(flags: Flags): string[] {
  return Object.keys(flags).map((name) => `--${name}`);
}

function firstWords(commands: readonly CompletionCommand[]): string[] {
  return [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? name))];
}

function groupsOf(commands: readonly CompletionCommand[]): [string, string[]][] {
  const groups = new Map<string, string[]>();
  for (const { name } of commands) {
    const [first, second] = name.split(' ');
    if (first !== undefined && second !== undefined)
      groups.set(first, [...(groups.get(first) ?? []), second]);
  }
  return [...groups];
}

/** A flag is completed alike in all commands, with whatever one of them takes. */
function choicesOf(commands: readonly CompletionCommand[]): [string, readonly string[]][] {
  const choices = new Map<string, readonly string[]>();
  for (const { flags } of commands) {
    for (const [name, flag] of Object.entries(flags)) {
      const known = choices.get(`--${name}`) ?? [];
      if (flag.choices !== undefined) choices.set(`--${name}`, [...new Set([...known, ...flag.choices])]);
    }
  }
  return [...choices];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
