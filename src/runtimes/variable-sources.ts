import { delimiter, resolve } from 'node:path';
import type { World } from '../platform/world.ts';
import { configuredSources } from './configured-roots.ts';
import { sourcesOfBundle } from './merged-bundle.ts';
import { isPublicFile } from './public-folder.ts';
import { type RootSource, uselessSource } from './root-source.ts';
import { opensslDefaultFile } from './system-bundle.ts';
import { OPENSSL_FILE, OPENSSL_FOLDERS, type TrustVariable } from './trust-variables.ts';

/**
 * Where the readers of a variable have their roots from today, as far as anybody has said so: by the variable itself, in
 * their settings, or by the variables that they turn to. `undefined` where they have those of the system or, for a variable
 * that adds, no further ones. Throws DEVCA_RUNTIME_ROOTS for a bundle of devca's own that is not as it was made.
 */
export function namedSources(
  { name, instead = [] }: TrustVariable,
  system: () => RootSource,
  world: World,
): readonly RootSource[] | undefined {
  const own = variableSources(name, world) ?? configuredSources(name, system, world);
  if (own !== undefined) return own;
  for (const other of instead) {
    const found = variableSources(other, world);
    if (found !== undefined)
      return found.map((source) => (source.kind === 'file' ? { ...source, kind: 'inherited' } : source));
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

const variableSources = (name: string, world: World): readonly RootSource[] | undefined =>
  name === OPENSSL_FILE ? opensslSources(world) : fileSource(name, world);

/** What somebody has set a variable to. A bundle of devca's own stands for what it was made from. */
function fileSource(name: string, world: World): readonly [RootSource] | undefined {
  const { environment, workingFolder } = world.system;
  const value = environment[name];
  if (value === undefined || value === '') return undefined;
  const path = resolve(workingFolder, value);
  if (!isPublicFile(path, world.system)) return [{ kind: 'file', path }];
  const before = sourcesOfBundle(path, world);
  if (before === undefined)
    throw uselessSource({ kind: 'file', path }, 'was made by devca, and is gone or was changed', [name]);
  // Of nothing else: what it was made from besides may be another file by now.
  const own = before.find(({ kind }) => kind === 'file');
  return own === undefined ? undefined : [own];
}

/** OpenSSL reads a file and folders, each with a variable of its own. */
function opensslSources(world: World): readonly RootSource[] | undefined {
  const file = fileSource(OPENSSL_FILE, world);
  const { environment, workingFolder } = world.system;
  const folders = (environment[OPENSSL_FOLDERS] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder): RootSource => ({ kind: 'folder', path: resolve(workingFolder, folder) }));
  if (folders.length === 0) return file;
  const byDefault = opensslDefaultFile(world);
  const alone: readonly RootSource[] = byDefault === undefined ? [] : [{ kind: 'system', path: byDefault }];
  return [...(file ?? alone), ...folders];
}
