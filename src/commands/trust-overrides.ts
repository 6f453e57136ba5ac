import { placeWords } from '../authority/place-flags.ts';
import type { Output, Style } from '../cli/output.ts';
import { formatTable } from '../cli/table.ts';
import type { World } from '../platform/world.ts';
import { mendingCommands, type Override } from '../runtimes/override-verdict.ts';
import { type OverridingSetting, overridingSettings } from '../runtimes/overriding-settings.ts';
import { type OverridingVariable, overridingVariables } from '../runtimes/overriding-variables.ts';
import type { StatusRows } from './trust-journalled.ts';
import { fingerprintFlag, mendingText } from './trust-table.ts';

/** What stands above the stores or beside them. */
export interface Overrides {
  readonly environment: readonly OverridingVariable[];
  readonly settings: readonly OverridingSetting[];
}

/** The variables of this environment and the settings of this user's tools that decide what is trusted. */
export function overridesOf(
  { anchors, isOwn }: Pick<StatusRows, 'anchors' | 'isOwn'>,
  home: string | undefined,
  world: World,
): Overrides {
  const wanted = anchors.map(({ sha256 }) => sha256);
  const own = mendingCommands(placeWords({ home }, world));
  const prints = anchors.map(fingerprintFlag).join('');
  const commands = isOwn
    ? own
    : { ...own, install: `devca trust install${prints} --store system`, exportRoots: undefined };
  return {
    environment: overridingVariables(wanted, world, commands),
    settings: overridingSettings(wanted, world, commands),
  };
}

const STYLES: Readonly<Record<Override['status'], Style>> = {
  trusted: 'green',
  'not-trusted': 'red',
  unreadable: 'yellow',
  'verification-off': 'red',
};

/** One line for each of them, and below them what mends those that are in the way; empty without any. */
export function formatOverrides({ environment, settings }: Overrides, output: Pick<Output, 'style'>): string {
  const status = (row: Override) => ({ text: row.status, style: STYLES[row.status] });
  const variables = formatTable(
    ['VARIABLE', 'STATUS', 'DETAIL'],
    environment.map((row) => [row.variable, status(row), row.detail]),
    output,
  );
  const tools = formatTable(
    ['FILE', 'SETTING', 'STATUS', 'DETAIL'],
    settings.map((row) => [row.file, row.setting, status(row), row.detail]),
    output,
  );
  return [
    environment.length === 0
      ? ''
      : `\n\nvariables of this environment that stand above the stores:\n${variables}`,
    settings.length === 0 ? '' : `\n\nsettings of tools that stand above the stores:\n${tools}`,
    mendingText([...environment, ...settings].map(({ fix }) => fix)),
  ].join('');
}
