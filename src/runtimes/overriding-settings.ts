import { shellWord } from '../errors/shell-word.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import type { World } from '../platform/world.ts';
import {
  type Found,
  type MendingCommands,
  type Override,
  offVerdict,
  rootsVerdict,
} from './override-verdict.ts';
import { certificatesInPem, fingerprintsIn, fingerprintsInFolders, orUnreadable } from './root-source.ts';
import { namesSystem } from './system-bundle.ts';
import {
  type FoundSetting,
  isSetting,
  placeNamed,
  type RootsSetting,
  settingsOf,
  TOOL_SETTINGS,
  type ToolSettings,
} from './tool-settings.ts';
import { TRUST_VARIABLES } from './trust-variables.ts';

/** A line in the settings of a tool that stands above the stores of the system, for this tool. */
export interface OverridingSetting extends Override {
  readonly file: string;
  /** As the tool calls it, such as `http.sslCAInfo`. */
  readonly setting: string;
}

/**
 * The settings of tools that decide what these trust, whatever the stores say; but not where a variable stands above them
 * in turn.
 * @param wanted the fingerprints of devca's roots
 */
export const overridingSettings = (
  wanted: readonly string[],
  world: World,
  commands: MendingCommands,
): readonly OverridingSetting[] =>
  TOOL_SETTINGS.flatMap((tool) => {
    const entries = settingsOf(tool, world);
    return [...rootsSettings(tool, entries, wanted, world, commands), ...offSettings(tool, entries, world)];
  });

function rootsSettings(
  tool: ToolSettings,
  entries: readonly FoundSetting[],
  wanted: readonly string[],
  world: World,
  commands: MendingCommands,
): readonly OverridingSetting[] {
  if (isAnySet(tool.above, world)) return [];
  const rows = tool.roots.flatMap((setting) => {
    const entry = entries.filter((each) => isSetting(setting, each)).at(-1);
    if (entry === undefined || entry.value === '' || setting.except?.test(entry.value)) return [];
    const value = setting.kind === 'text' ? entry.file : placeNamed(entry, tool, world);
    return [{ setting, entry, value, found: foundBy(setting, value, entries, world) }];
  });
  // A file and a folder are read both.
  const together = rows.flatMap(({ found }) => (typeof found === 'string' ? [] : found));
  return rows.map(({ setting: { kind }, entry, value, found }) => {
    const row = { ...rowOf(entry), value, effect: 'replaces', readers: tool.readers } as const;
    const remove = removal(tool, entry, world);
    const mend = mending(tool, kind, value, wanted, world, commands) ?? remove;
    const held = typeof found === 'string' ? found : together;
    return { ...row, ...rootsVerdict(row, held, wanted, { mend, remove }) };
  });
}

function foundBy(
  { kind, key }: RootsSetting,
  place: string,
  entries: readonly FoundSetting[],
  world: World,
): Found {
  if (kind === 'folder') return fingerprintsInFolders([place], world);
  const found = kind === 'file' ? fingerprintsIn(place, world) : fingerprintsInText(key, entries);
  return found.length === 0 ? 'has no certificate in it' : found;
}

/** On one line, ends of lines are written as in JSON. */
function fingerprintsInText(key: RegExp, entries: readonly FoundSetting[]): Found {
  const text = entries
    .filter((entry) => key.test(entry.key))
    .map(({ value }) => `${value.replaceAll('\\n', '\n')}\n`)
    .join('');
  return orUnreadable(() => certificatesInPem(Buffer.from(text, 'latin1'), 'settings').map(sha256Hex));
}

function offSettings(
  tool: ToolSettings,
  entries: readonly FoundSetting[],
  world: World,
): readonly OverridingSetting[] {
  return (tool.off ?? []).flatMap((setting) => {
    const entry = entries.filter((each) => isSetting(setting, each)).at(-1);
    if (entry === undefined || !setting.value.test(entry.value) || isAnySet(setting.above ?? [], world))
      return [];
    const { readers } = tool;
    return [
      { ...rowOf(entry), value: entry.value, readers, ...offVerdict(readers, removal(tool, entry, world)) },
    ];
  });
}

const isAnySet = (variables: readonly string[], { system }: World): boolean =>
  variables.some((name) => (system.environment[name] ?? '') !== '');

const rowOf = ({ file, section, key }: FoundSetting): Pick<OverridingSetting, 'file' | 'setting'> => ({
  file,
  setting: section === '' ? key : `${section}.${key}`,
});

/** What brings devca's roots to a tool and keeps those that it has; `undefined` where no single command does. */
function mending(
  { above: [variable] }: ToolSettings,
  kind: RootsSetting['kind'],
  place: string,
  wanted: readonly string[],
  world: World,
  { environment, install, exportRoots }: MendingCommands,
): string | undefined {
  if (kind === 'text') return undefined;
  if (namesSystem(place, world)) return install;
  if (TRUST_VARIABLES.some(({ name }) => name === variable)) return environment;
  if (exportRoots === undefined) return undefined;
  if (kind === 'file')
    return rootPrefix(place, world) === ''
      ? `${exportRoots} >> ${shellWord(place)}`
      : `${exportRoots} | sudo tee -a ${shellWord(place)} > /dev/null`;
  // One root for each file.
  if (wanted.length !== 1) return undefined;
  const prefix = rootPrefix(place, world);
  const file = shellWord(`${place}/devca.pem`);
  return `${exportRoots} | ${prefix}tee ${file} > /dev/null && ${prefix}openssl rehash ${shellWord(place)}`;
}

/** The command that takes a setting out again. */
function removal({ removal: words }: ToolSettings, entry: FoundSetting, world: World): string {
  const { file, key } = entry;
  const prefix = rootPrefix(file, world);
  if (words !== undefined) return prefix + words(file, rowOf(entry).setting).map(shellWord).join(' ');
  if (world.system.platform === 'win32') return `notepad ${shellWord(file)}`;
  const line = `/^[[:space:]]*-{0,2}${key === 'insecure' ? '(insecure|k)' : key}([[:space:]=:]|$)/d`;
  return prefix + ['sed', '-i.bak', '-E', line, file].map(shellWord).join(' ');
}

const rootPrefix = (path: string, { system }: World): string =>
  system.uid !== 0 && /^\/(etc|usr)\//.test(path) ? 'sudo ' : '';
