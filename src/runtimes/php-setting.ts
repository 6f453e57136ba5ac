import { delimiter, dirname, join } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import type { World } from '../platform/world.ts';
import type { MergedBundle } from './merged-bundle.ts';
import { isPublicFile, publicFolder, publicName, readPublicFile, writePublicFile } from './public-folder.ts';
import { PHP_FOLDERS } from './trust-variables.ts';
import type { VariableSetting } from './variable-setting.ts';

/** Where PHP's own settings are: Debian, Fedora and Alpine, the images of Docker, Homebrew. */
const SETTINGS = [
  '/etc/php.ini',
  '/usr/local/etc/php/php.ini',
  ...['8.1', '8.2', '8.3', '8.4', '8.5'].flatMap((version) => [
    `/etc/php/${version}/cli/php.ini`,
    `/usr/local/etc/php/${version}/php.ini`,
    `/opt/homebrew/etc/php/${version}/php.ini`,
  ]),
];

/**
 * PHP's curl has its roots from settings alone, of which there is one more folder now. It comes before the others, which
 * so keep the last word. `undefined` where there is no PHP, or where its settings name roots already. The rest of PHP reads
 * what OpenSSL does.
 */
export function phpSetting(build: () => MergedBundle | undefined, world: World): VariableSetting | undefined {
  const { exec, files, system } = world;
  if (exec.find('php') === undefined) return undefined;
  const texts = SETTINGS.map((path) => Buffer.from(files.readIfPresent(path) ?? []).toString('latin1'));
  if (texts.some((text) => /^\s*curl\.cainfo\s*=\s*[^\s;]/m.test(text))) return undefined;
  const bundle = build();
  if (bundle === undefined) return undefined;
  const folder = join(publicFolder(system), publicName('php', [bundle.path]));
  writeSettings(join(folder, 'devca.ini'), bundle.path, world);
  const before = phpFoldersBefore(system.environment[PHP_FOLDERS], world);
  // Empty words stand for PHP's own folder, and no words for none at all.
  const value = before === '' ? folder : `${folder}${delimiter}${before ?? ''}`;
  const { sources, certificates } = bundle;
  return {
    name: PHP_FOLDERS,
    value,
    effect: 'replaces',
    runtimes: ['php'],
    readers: "PHP's curl",
    sources,
    certificates,
  };
}

/** The folders of PHP's settings without devca's. */
export function phpFoldersBefore(
  value: string | undefined,
  { system }: Pick<World, 'system'>,
): string | undefined {
  const [first = '', ...others] = (value ?? '').split(delimiter);
  if (!isPublicFolder(first, system)) return value;
  if (others.length === 0) return '';
  return others.join(delimiter) === '' ? undefined : others.join(delimiter);
}

const isPublicFolder = (path: string, system: World['system']): boolean =>
  path !== '' && isPublicFile(path, system) && dirname(path) === publicFolder(system);

function writeSettings(path: string, bundle: string, world: World): void {
  // https://www.php.net/manual/function.parse-ini-file.php: within quotes these mean something.
  if (/["$\u0000-\u001f\u007f]|\\$/.test(bundle))
    throw new DevcaError('DEVCA_RUNTIME_VALUE', {
      variable: 'curl.cainfo',
      value: bundle,
      medium: "PHP's settings",
      reason: 'it has characters that mean something there',
    });
  const text = Buffer.from(`curl.cainfo = "${bundle}"\n`, 'utf8');
  if (!text.equals(readPublicFile(path, world) ?? new Uint8Array())) writePublicFile(path, text, world);
}
