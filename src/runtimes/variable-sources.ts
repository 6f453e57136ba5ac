import { delimiter, resolve } from 'node:path';
import type { World } from '../platform/world.ts';
import { sourcesOfBundle } from './merged-bundle.ts';
import { isPublicFile } from './public-folder.ts';
import type { RootSource } from './root-source.ts';
import { opensslDefaultFile } from './system-bundle.ts';
import { OPENSSL_FILE, OPENSSL_FOLDERS, type TrustVariable } from './trust-variables.ts';

/**
 * Where the readers of a variable have their roots from today, as far as variables say so; `undefined` where they have
 * those of the system or, for a variable that adds, no further ones.
 */
export function namedSources(
  { name, instead = [] }: TrustVariable,
  world: World,
): readonly RootSource[] | undefined {
  for (const candidate of [name, ...instead]) {
    const found = candidate === OPENSSL_FILE ? opensslSources(world) : fileSources(candidate, world);
    if (found === 'none') return undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The value that a variable had before devca set it: its own, or what the bundle that it names was made from. */
export function valueBefore(name: string, world: World): string | undefined {
  const value = world.system.environment[name];
  if (value === undefined || !isPublicFile(value, world.system)) return value;
  return sourcesOfBundle(resolve(world.system.workingFolder, value), world)?.find(
    ({ kind }) => kind === 'file',
  )?.path;
}

/** What a variable says: nothing by not being set, or that nobody names anything, by a bundle made from the system's roots. */
type Named = readonly RootSource[] | 'none' | undefined;

/** A bundle of devca's own stands for what it was made from. One that is not whole is left to be found unreadable. */
function fileSources(name: string, world: World): Named {
  const { environment, workingFolder } = world.system;
  const value = environment[name];
  if (value === undefined || value === '') return undefined;
  const path = resolve(workingFolder, value);
  if (!isPublicFile(path, world.system)) return [{ kind: 'file', path }];
  const before = sourcesOfBundle(path, world) ?? [{ kind: 'file', path }];
  // The system's roots may be in another place by now.
  return before.every(({ kind }) => kind === 'system') ? 'none' : before;
}

/** OpenSSL reads a file and folders, each with a variable of its own. */
function opensslSources(world: World): Named {
  const file = fileSources(OPENSSL_FILE, world);
  const { environment, workingFolder } = world.system;
  const folders = (environment[OPENSSL_FOLDERS] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder): RootSource => ({ kind: 'folder', path: resolve(workingFolder, folder) }));
  if (folders.length === 0) return file;
  const byDefault = opensslDefaultFile(world);
  const alone: readonly RootSource[] = byDefault === undefined ? [] : [{ kind: 'system', path: byDefault }];
  // The folders of a bundle that devca has made are those of now.
  const files = file === undefined || file === 'none' ? alone : file;
  return [...files.filter(({ kind }) => kind !== 'folder'), ...folders];
}
