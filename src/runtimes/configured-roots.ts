import type { World } from '../platform/world.ts';
import type { RootSource } from './root-source.ts';
import { isSetting, placeNamed, settingsOf, TOOL_SETTINGS } from './tool-settings.ts';

/**
 * Where the settings of a variable's reader take roots from; `undefined` where they name none.
 * @param system the system's own roots, which hold where settings are for some servers only
 */
export function configuredSources(
  variable: string,
  system: () => RootSource,
  world: World,
): readonly RootSource[] | undefined {
  const tool = TOOL_SETTINGS.find(({ above }) => above.includes(variable));
  const setting = tool?.roots.find(({ kind }) => kind === 'file');
  if (tool === undefined || setting === undefined) return undefined;
  const entries = settingsOf(tool, world).filter(
    ({ key, value }) => setting.key.test(key) && value !== '' && setting.except?.test(value) !== true,
  );
  const everywhere = entries.filter((entry) => isSetting(setting, entry)).at(-1);
  const somewhere = entries
    .filter(({ section }) => tool.partial?.test(section) === true)
    .map((entry) => placeNamed(entry, tool, world));
  if (everywhere === undefined && somewhere.length === 0) return undefined;
  const base: RootSource =
    everywhere === undefined ? system() : { kind: 'settings', path: placeNamed(everywhere, tool, world) };
  return [base, ...[...new Set(somewhere)].map((path): RootSource => ({ kind: 'settings', path }))];
}
