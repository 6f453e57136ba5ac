import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isDevcaError } from '../errors/devca-error.ts';
import { configFolder } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import { readMapping, readOptions, readSections, type SettingsEntry } from './settings-text.ts';

/** A setting that names roots. */
export interface RootsSetting {
  readonly section?: RegExp;
  readonly key: RegExp;
  /** A file or folder of roots, or the roots themselves. */
  readonly kind: 'file' | 'folder' | 'text';
  /** Values that are no place. */
  readonly except?: RegExp;
}

/** A setting that switches the verification of certificates off. */
export interface OffSetting {
  readonly section?: RegExp;
  readonly key: RegExp;
  readonly value: RegExp;
  /** Variables that switch it on or off instead. */
  readonly above?: readonly string[];
}

/** The settings of a tool about trust, and where they are. */
export interface ToolSettings {
  /** For people. */
  readonly readers: string;
  /** The files, the weakest first. */
  readonly files: (world: World) => readonly string[];
  readonly read: (text: string) => readonly SettingsEntry[];
  readonly roots: readonly RootsSetting[];
  readonly off?: readonly OffSetting[];
  /** Sections whose roots hold for some servers only, beside the others. */
  readonly partial?: RegExp;
  /** Variables that stand above its roots; "devca env" sets the first. */
  readonly above: readonly string[];
  /** What relative paths start from. */
  readonly base: 'file' | 'working folder';
  /** The words of a command that takes a setting out again; without it, the line is taken out. */
  readonly removal?: (file: string, setting: string) => readonly string[];
}

const home = ({ system }: World, ...names: string[]): readonly string[] =>
  system.homeFolder === undefined ? [] : [join(system.homeFolder, ...names)];

const config = (world: World, ...names: string[]): readonly string[] =>
  world.system.homeFolder === undefined ? [] : [join(configFolder(world.system), ...names)];

const named = ({ system }: World, variable: string): readonly string[] => {
  const value = system.environment[variable] ?? '';
  return value === '' ? [] : [resolve(system.workingFolder, value)];
};

/** What a repository or a project has of its own counts only there, and is not looked at, nor are files that are included. */
export const TOOL_SETTINGS: readonly ToolSettings[] = [
  {
    // https://git-scm.com/docs/git-config#FILES
    readers: 'git',
    files: (world) => {
      const [system, own] = [named(world, 'GIT_CONFIG_SYSTEM'), named(world, 'GIT_CONFIG_GLOBAL')];
      return [
        ...(system.length > 0 ? system : ['/etc/gitconfig']),
        ...(own.length > 0 ? own : [...config(world, 'git/config'), ...home(world, '.gitconfig')]),
      ];
    },
    read: readSections,
    roots: [
      { section: /^http$/i, key: /^sslcainfo$/i, kind: 'file' },
      { section: /^http$/i, key: /^sslcapath$/i, kind: 'folder' },
    ],
    off: [{ section: /^http$/i, key: /^sslverify$/i, value: /^(false|no|off|0)?$/i }],
    partial: /^http ".*"$/i,
    above: ['GIT_SSL_CAINFO'],
    base: 'file',
    removal: (file, setting) => ['git', 'config', '--file', file, '--unset-all', setting],
  },
  {
    // https://pip.pypa.io/en/stable/topics/configuration/
    readers: 'pip',
    files: (world) => [
      '/etc/pip.conf',
      ...home(world, '.pip/pip.conf'),
      ...config(world, 'pip/pip.conf'),
      ...home(world, 'Library/Application Support/pip/pip.conf'),
      ...named(world, 'APPDATA').map((folder) => join(folder, 'pip/pip.ini')),
      ...named(world, 'PIP_CONFIG_FILE'),
    ],
    read: readSections,
    roots: [{ section: /^global$/, key: /^cert$/, kind: 'file' }],
    partial: /^(install|download|wheel|index|search)$/,
    above: ['PIP_CERT'],
    base: 'file',
  },
  {
    // https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
    readers: 'the AWS tools',
    files: (world) => [...home(world, '.aws/config'), ...named(world, 'AWS_CONFIG_FILE')],
    read: readSections,
    roots: [{ section: /^default$/, key: /^ca_bundle$/, kind: 'file' }],
    partial: /^profile /,
    above: ['AWS_CA_BUNDLE'],
    base: 'file',
  },
  {
    // https://doc.rust-lang.org/cargo/reference/config.html
    readers: 'cargo',
    files: (world) => [...home(world, '.cargo/config'), ...home(world, '.cargo/config.toml')],
    read: readSections,
    roots: [{ section: /^http$/, key: /^cainfo$/, kind: 'file' }],
    above: ['CARGO_HTTP_CAINFO'],
    base: 'file',
  },
  {
    // https://docs.npmjs.com/cli/v11/using-npm/config#cafile, and https://pnpm.io/npmrc
    readers: 'npm and pnpm',
    files: (world) => {
      const own = named(world, 'npm_config_userconfig');
      return [...npmGlobals(world), ...(own.length > 0 ? own : home(world, '.npmrc'))];
    },
    read: readSections,
    roots: [
      { key: /^cafile$/, kind: 'file', except: /^(null)?$/ },
      { key: /^ca$/, kind: 'text', except: /^(null)?$/ },
    ],
    off: [
      {
        key: /^strict-ssl$/,
        value: /^(false|0)$/,
        above: ['npm_config_strict_ssl', 'NPM_CONFIG_STRICT_SSL'],
      },
    ],
    above: ['npm_config_cafile', 'NPM_CONFIG_CAFILE'],
    base: 'working folder',
    removal: (file, setting) => ['npm', 'config', 'delete', setting, '--userconfig', file],
  },
  {
    // https://curl.se/docs/manpage.html#-K: the first that is there, and what it says stands above CURL_CA_BUNDLE.
    readers: 'curl',
    files: curlFiles,
    read: readOptions,
    roots: [
      { key: /^cacert$/, kind: 'file' },
      { key: /^capath$/, kind: 'folder' },
    ],
    off: [{ key: /^insecure$/, value: /^true$/ }],
    above: [],
    base: 'working folder',
  },
  {
    // https://www.gnu.org/software/wget/manual/html_node/Wgetrc-Commands.html
    readers: 'wget',
    files: (world) => {
      const own = named(world, 'WGETRC');
      return ['/etc/wgetrc', ...(own.length > 0 ? own : home(world, '.wgetrc'))];
    },
    read: readSections,
    roots: [
      { key: /^ca_?certificate$/i, kind: 'file' },
      { key: /^ca_?directory$/i, kind: 'folder' },
    ],
    off: [{ key: /^check_?certificate$/i, value: /^(off|no|0|quiet)$/i }],
    above: [],
    base: 'working folder',
  },
  {
    // https://docs.conda.io/projects/conda/en/stable/user-guide/configuration/use-condarc.html
    readers: 'conda',
    files: (world) => [
      '/etc/conda/.condarc',
      ...config(world, 'conda/.condarc'),
      ...home(world, '.conda/.condarc'),
      ...home(world, '.condarc'),
      ...named(world, 'CONDARC'),
    ],
    read: readMapping,
    roots: [
      {
        key: /^ssl_verify$/,
        kind: 'file',
        except: /^(true|yes|on|false|no|off|truststore|null|~|<.*>)?$/i,
      },
    ],
    off: [{ key: /^ssl_verify$/, value: /^(false|no|off)$/i, above: ['CONDA_SSL_VERIFY'] }],
    above: ['CONDA_SSL_VERIFY'],
    base: 'working folder',
    removal: (file, setting) => ['conda', 'config', '--file', file, '--remove-key', setting],
  },
];

/** Below the folder that Node is in, or where Debian has them: https://docs.npmjs.com/cli/v11/configuring-npm/npmrc */
function npmGlobals(world: World): readonly string[] {
  const own = named(world, 'npm_config_globalconfig');
  if (own.length > 0) return own;
  if (world.system.platform === 'win32')
    return named(world, 'APPDATA').map((folder) => join(folder, 'npm/etc/npmrc'));
  const node = world.exec.find('node');
  if (node === undefined) return [];
  const prefix = dirname(dirname(node));
  return [...(prefix === '/usr' ? ['/etc/npmrc'] : []), join(prefix, 'etc/npmrc')];
}

function curlFiles(world: World): readonly string[] {
  const { environment, platform } = world.system;
  const folders = [
    'CURL_HOME',
    'XDG_CONFIG_HOME',
    'HOME',
    ...(platform === 'win32' ? ['USERPROFILE', 'APPDATA'] : []),
  ];
  const places = folders.flatMap((variable) => {
    const [folder] = variable === 'HOME' ? home(world) : named(world, variable);
    const names = [
      '.curlrc',
      ...(platform === 'win32' ? ['_curlrc'] : []),
      ...(variable === 'XDG_CONFIG_HOME' ? ['curlrc'] : []),
    ];
    return folder === undefined ? [] : names.map((name) => join(folder, name));
  });
  if ((environment['XDG_CONFIG_HOME'] ?? '') === '') places.push(...home(world, '.config/curlrc'));
  return places.filter((path) => textOf(path, world) !== undefined).slice(0, 1);
}

/** A setting with its file. */
export interface FoundSetting extends SettingsEntry {
  readonly file: string;
}

/** All that the files of a tool say, the weakest first. */
export const settingsOf = (tool: ToolSettings, world: World): readonly FoundSetting[] =>
  tool
    .files(world)
    .flatMap((file) => tool.read(textOf(file, world) ?? '').map((entry) => ({ ...entry, file })));

/** Whether a setting is in the section that counts everywhere, and has that name. */
export const isSetting = (
  { section = /^/, key }: Pick<RootsSetting, 'section' | 'key'>,
  entry: SettingsEntry,
): boolean => section.test(entry.section) && key.test(entry.key);

/** The place that a value names. */
export function placeNamed({ value, file }: FoundSetting, { base }: ToolSettings, { system }: World): string {
  const path = value
    .replace(/\$\{(\w+)\}/g, (whole, name: string) => system.environment[name] ?? whole)
    .replace(/^~(?=[/\\])/, system.homeFolder ?? '~');
  return isAbsolute(path) ? path : resolve(base === 'file' ? dirname(file) : system.workingFolder, path);
}

/** Settings that cannot be read are their tool's matter. */
function textOf(path: string, { files }: World): string | undefined {
  try {
    const bytes = files.readIfPresent(path);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return undefined;
  }
}
