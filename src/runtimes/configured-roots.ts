import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isDevcaError } from '../errors/devca-error.ts';
import { configFolder } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import type { RootSource } from './root-source.ts';

/** Settings of a tool that name a file of roots, and that its variable stands above. */
interface Settings {
  /** The files, the weakest first. */
  readonly files: (world: World) => readonly string[];
  /** The sections and the key. A section that only holds for some servers names further roots, beside the others. */
  readonly section: RegExp;
  readonly key: RegExp;
  readonly partial?: RegExp;
}

const home = ({ system }: World, ...names: string[]): readonly string[] =>
  system.homeFolder === undefined ? [] : [join(system.homeFolder, ...names)];

const named = ({ system }: World, variable: string): readonly string[] => {
  const value = system.environment[variable] ?? '';
  return value === '' ? [] : [resolve(system.workingFolder, value)];
};

const SETTINGS: Readonly<Record<string, Settings>> = {
  // https://git-scm.com/docs/git-config#FILES. What a file includes, and a repository's own, is not looked at.
  GIT_SSL_CAINFO: {
    files: (world) => [
      '/etc/gitconfig',
      join(configFolder(world.system), 'git/config'),
      ...home(world, '.gitconfig'),
    ],
    section: /^http$/i,
    partial: /^http ".*"$/i,
    key: /^sslcainfo$/i,
  },
  // https://pip.pypa.io/en/stable/topics/configuration/
  PIP_CERT: {
    files: (world) => [
      '/etc/pip.conf',
      ...home(world, '.pip/pip.conf'),
      join(configFolder(world.system), 'pip/pip.conf'),
      ...named(world, 'PIP_CONFIG_FILE'),
    ],
    section: /^global$/,
    partial: /^(install|download|wheel|index|search)$/,
    key: /^cert$/,
  },
  // https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
  AWS_CA_BUNDLE: {
    files: (world) => [...home(world, '.aws/config'), ...named(world, 'AWS_CONFIG_FILE')],
    section: /^default$/,
    partial: /^profile /,
    key: /^ca_bundle$/,
  },
  // https://doc.rust-lang.org/cargo/reference/config.html
  CARGO_HTTP_CAINFO: {
    files: (world) => [...home(world, '.cargo/config'), ...home(world, '.cargo/config.toml')],
    section: /^http$/,
    key: /^cainfo$/,
  },
};

/**
 * Where the settings of a variable's reader take roots from; `undefined` where they name none.
 * @param system the system's own roots, which hold where settings are for some servers only
 */
export function configuredSources(
  variable: string,
  system: () => RootSource,
  world: World,
): readonly RootSource[] | undefined {
  const settings = Object.hasOwn(SETTINGS, variable) ? SETTINGS[variable] : undefined;
  if (settings === undefined) return undefined;
  const { files, section, key, partial } = settings;
  const entries = files(world).flatMap((path) => entriesIn(path, world));
  const pathsIn = (pattern: RegExp | undefined): readonly string[] =>
    entries
      .filter((entry) => pattern?.test(entry.section) === true && key.test(entry.key) && entry.value !== '')
      .map(({ value, file }) => expanded(value, file, world));
  const everywhere = pathsIn(section).at(-1);
  const somewhere = pathsIn(partial);
  if (everywhere === undefined && somewhere.length === 0) return undefined;
  const base: RootSource = everywhere === undefined ? system() : { kind: 'settings', path: everywhere };
  return [base, ...[...new Set(somewhere)].map((path): RootSource => ({ kind: 'settings', path }))];
}

interface Entry {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly file: string;
}

/** What git, pip, AWS and cargo have in common: sections, and a key with its value on a line. */
function entriesIn(file: string, world: World): readonly Entry[] {
  let section = '';
  return textOf(file, world)
    .split(/\r?\n/)
    .flatMap((line) => {
      const heading = /^\s*\[(.+)\]\s*(?:[#;].*)?$/.exec(line)?.[1];
      if (heading !== undefined) section = heading.trim();
      const [, key, value] = /^\s*([A-Za-z_.-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [{ section, key, value: unquoted(value), file }];
    });
}

/** Settings that cannot be read are their tool's matter. */
function textOf(path: string, { files }: World): string {
  try {
    return Buffer.from(files.readIfPresent(path) ?? []).toString('utf8');
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return '';
  }
}

function unquoted(value: string): string {
  const quoted = /^(["'])(.*)\1(?:\s*[#;].*)?$/.exec(value)?.[2];
  return quoted ?? value.replace(/\s+[#;].*$/, '');
}

function expanded(value: string, file: string, { system }: World): string {
  const path = /^~[/\\]/.test(value) ? join(system.homeFolder ?? '', value.slice(2)) : value;
  return isAbsolute(path) ? path : resolve(dirname(file), path);
}
