import { DevcaError } from '../errors/devca-error.ts';
import { bytesToHex } from '../pki/fingerprint.ts';
import { forCmd, forDotenv, forFish, forPowerShellString, isLine } from '../platform/environment-escape.ts';
import { forShell } from '../platform/escape.ts';
import type { RandomBytes } from '../platform/random.ts';
import type { System } from '../platform/system.ts';

/** Languages in which variables are set. */
export const MEDIA = ['bash', 'zsh', 'fish', 'powershell', 'cmd', 'dotenv', 'github', 'json'] as const;
export type Medium = (typeof MEDIA)[number];

/** A variable and its value from now on; without one, it is not to be set at all. */
export interface VariableChange {
  readonly name: string;
  readonly value: string | undefined;
}

interface Language {
  /** A line that sets a variable; `undefined` where the value cannot be said. */
  readonly set: (name: string, value: string, random: RandomBytes) => string | undefined;
  /** Without it, no variable can be taken away. */
  readonly unset?: (name: string) => string;
  /** How the lines are taken in. */
  readonly use: string;
}

const POSIX: Language = {
  set: (name, value) => (isLine(value) ? `export ${name}=${forShell(value)}` : undefined),
  unset: (name) => `unset ${name}`,
  use: 'eval "$(devca env)"',
};

const LANGUAGES: Readonly<Record<Exclude<Medium, 'json'>, Language>> = {
  bash: POSIX,
  zsh: POSIX,
  fish: {
    set: (name, value) => prefixed(`set -gx ${name} `, forFish(value)),
    unset: (name) => `set -e ${name}`,
    use: 'devca env --shell fish | source',
  },
  powershell: {
    set: (name, value) => prefixed(`$env:${name} = `, forPowerShellString(value)),
    unset: (name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`,
    use: 'devca env --shell powershell | Out-String | Invoke-Expression',
  },
  cmd: {
    set: (name, value) => prefixed(`set "${name}=`, forCmd(value), '"'),
    unset: (name) => `set "${name}="`,
    use: 'for /f "delims=" %i in (\'devca env --shell cmd\') do @%i',
  },
  dotenv: {
    set: (name, value) => prefixed(`${name}=`, forDotenv(value)),
    use: 'devca env --shell dotenv > .env.devca',
  },
  github: {
    // https://docs.github.com/actions/reference/workflow-commands-for-github-actions#multiline-strings
    set: (name, value, random) => {
      const end = `devca_${bytesToHex(random(16))}`;
      return isLine(value) ? `${name}<<${end}\n${value}\n${end}` : undefined;
    },
    use: 'devca env --shell github >> "$GITHUB_ENV"',
  },
};

/** How the text of a medium is put to use: a command, where there is one. */
export const usageOf = (medium: Medium): string | undefined =>
  medium === 'json' ? undefined : LANGUAGES[medium].use;

export const canUnset = (medium: Medium): boolean =>
  medium === 'json' || LANGUAGES[medium].unset !== undefined;

/** Throws DEVCA_RUNTIME_VALUE for what a medium cannot express. */
export function environmentText(
  changes: readonly VariableChange[],
  medium: Medium,
  random: RandomBytes,
): string {
  if (medium === 'json') {
    const values = changes.map(({ name, value }) => [name, value ?? null] as const);
    return `${JSON.stringify(Object.fromEntries(values), null, 2)}\n`;
  }
  const { set, unset } = LANGUAGES[medium];
  const lines = changes.map(({ name, value }) => {
    const line = value === undefined ? unset?.(name) : set(name, value, random);
    if (line !== undefined) return `${line}\n`;
    const reason = 'it has characters that cannot be written there';
    throw new DevcaError('DEVCA_RUNTIME_VALUE', { variable: name, value: value ?? '', medium, reason });
  });
  return lines.join('');
}

/** That of the shell from which devca is called, as far as the environment tells. */
export function defaultMedium({ environment, platform }: System): Medium {
  const shell = (environment['SHELL'] ?? '').split(/[\\/]/).at(-1) ?? '';
  if (shell.startsWith('fish')) return 'fish';
  if (shell.startsWith('zsh')) return 'zsh';
  return shell === '' && platform === 'win32' ? 'powershell' : 'bash';
}

const prefixed = (prefix: string, word: string | undefined, suffix = ''): string | undefined =>
  word === undefined ? undefined : prefix + word + suffix;
