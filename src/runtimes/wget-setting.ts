import { join } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import type { World } from '../platform/world.ts';
import type { MergedBundle } from './merged-bundle.ts';
import { isPublicFile, publicFolder, publicName, readPublicFile, writePublicFile } from './public-folder.ts';
import { WGET_SETTINGS } from './trust-variables.ts';
import type { VariableSetting } from './variable-setting.ts';

/**
 * wget takes its roots from its settings alone. `undefined` for users who have settings of their own: the variable would
 * stand in their place, and they may hold passwords, which do not belong in a file that others can read.
 */
export function wgetSetting(
  build: () => MergedBundle | undefined,
  world: World,
): VariableSetting | undefined {
  const { environment, homeFolder } = world.system;
  const value = environment[WGET_SETTINGS] ?? '';
  if (value !== '' && !isPublicFile(value, world.system)) return undefined;
  const own = homeFolder === undefined ? undefined : join(homeFolder, '.wgetrc');
  if (own !== undefined && world.files.statusOfTarget(own) !== undefined) return undefined;
  const bundle = build();
  if (bundle === undefined) return undefined;
  // https://www.gnu.org/software/wget/manual/html_node/Wgetrc-Syntax.html: white space around a value is no part of it.
  if (/[\u0000-\u001f\u007f]|^\s|\s$/.test(bundle.path))
    throw new DevcaError('DEVCA_RUNTIME_VALUE', {
      variable: WGET_SETTINGS,
      value: bundle.path,
      medium: "wget's settings",
      reason: 'they have one line for it',
    });
  const path = join(publicFolder(world.system), publicName('wgetrc', [bundle.path]));
  const text = Buffer.from(`ca_certificate = ${bundle.path}\n`, 'utf8');
  if (!text.equals(readPublicFile(path, world) ?? new Uint8Array())) writePublicFile(path, text, world);
  const { sources, certificates } = bundle;
  return {
    name: WGET_SETTINGS,
    value: path,
    effect: 'replaces',
    runtimes: ['wget'],
    readers: 'wget',
    sources,
    certificates,
  };
}
