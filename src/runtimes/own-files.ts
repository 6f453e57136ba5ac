import { join } from 'node:path';
import { isDevcaError } from '../errors/devca-error.ts';
import { parseJks } from '../pki/jks.ts';
import type { World } from '../platform/world.ts';
import { JAVA_PASSWORD } from './java-roots.ts';
import { sourcesOfBundle } from './merged-bundle.ts';
import { publicFolder, publicName, readPublicFile } from './public-folder.ts';

/** Files that `devca env` and `devca run` have made of the roots of a home, and that are of use together. */
export interface OwnFiles {
  readonly paths: readonly string[];
  /** Those that hold nothing else. */
  readonly folders: readonly string[];
  /** Whether variables of this environment name any: without it, their readers would trust nothing. */
  readonly isNamed: boolean;
}

/** Whose files they are. */
export interface RootsOfHome {
  readonly home: string;
  readonly authorities: readonly string[];
  /** The fingerprints of all roots that they have had. */
  readonly sha256: readonly string[];
  /** With what holds the roots of all authorities of the home, of these and of others. */
  readonly ofAll: boolean;
}

/** What there is of a home, and of no other: the roots of another may lie in the same folder. */
export function ownRuntimeFiles(owner: RootsOfHome, world: World): readonly OwnFiles[] {
  const folder = publicFolder(world.system);
  if (world.files.status(folder)?.kind !== 'folder') return [];
  const paths = world.files.list(folder).map((name) => join(folder, name));
  const bundles = paths
    .filter((path) => isBundleOf(path, owner, world))
    .map((path) => withBundle(path, world));
  const stores = paths
    .filter((path) => isStoreOf(path, owner, world))
    .map((path) => ({ paths: [path], folders: [] }));
  const values = Object.values(world.system.environment);
  return [...bundles, ...stores].map((own) => ({
    ...own,
    isNamed: values.some((value) => [...own.paths, ...own.folders].some((path) => value?.includes(path))),
  }));
}

/** Removes what is given, and the folder for all of it if nothing is left there. Gives the paths of the files. */
export function removeRuntimeFiles(own: readonly OwnFiles[], world: World): readonly string[] {
  const paths = own.flatMap((each) => each.paths);
  if (paths.length === 0) return [];
  for (const path of paths) world.files.remove(path);
  const folder = publicFolder(world.system);
  for (const path of [...own.flatMap(({ folders }) => folders), folder])
    if (world.files.list(path).length === 0) world.files.removeFolder(path);
  return paths;
}

/** The name of a bundle says whose it is and what it was made from, and what it was made from stands in it. */
function isBundleOf(path: string, { home, authorities, ofAll }: RootsOfHome, world: World): boolean {
  if (!path.endsWith('.pem')) return false;
  const sources = sourcesOfBundle(path, world);
  const owners = [...(ofAll ? [[home]] : []), ...authorities.map((authority) => [home, authority])];
  const names = owners.map((owner) => `${publicName('bundle', [owner, sources])}.pem`);
  return sources !== undefined && names.some((name) => join(publicFolder(world.system), name) === path);
}

/** With the settings of wget and PHP that name it. */
function withBundle(bundle: string, { files, system }: World): Omit<OwnFiles, 'isNamed'> {
  const folder = publicFolder(system);
  const wget = join(folder, publicName('wgetrc', [bundle]));
  const php = join(folder, publicName('php', [bundle]));
  const settings = [wget, join(php, 'devca.ini')].filter((path) => files.status(path)?.kind === 'file');
  return {
    paths: [...settings, bundle],
    folders: files.status(php)?.kind === 'folder' ? [php] : [],
  };
}

/** The entries of devca's roots begin with their fingerprints. */
function isStoreOf(path: string, { sha256, ofAll }: RootsOfHome, world: World): boolean {
  if (!path.endsWith('.jks')) return false;
  const bytes = readPublicFile(path, world);
  if (bytes === undefined) return false;
  const beginnings = sha256.map((each) => `devca-${each.slice(0, 16)}-`);
  try {
    const aliases = parseJks(bytes, JAVA_PASSWORD, path).map(({ alias }) => alias);
    const own = aliases.filter((alias) => beginnings.some((beginning) => alias.startsWith(beginning)));
    const hasOthers = aliases.some((alias) => alias.startsWith('devca-') && !own.includes(alias));
    return own.length > 0 && (ofAll || !hasOthers);
  } catch (error) {
    if (isDevcaError(error)) return false;
    throw error;
  }
}
