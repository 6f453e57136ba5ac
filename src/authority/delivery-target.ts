import { dirname, join, relative, resolve } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import type { Standing } from '../inventory/deliveries.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import type { World } from '../platform/world.ts';

/** What a delivery is called that is a symbolic link: it switches all files of a certificate in one rename. */
export const LINK_FORMAT = 'current';

/** A place that a file may be delivered to, and what stands there. */
export interface Target {
  /** Absolute, with its folder's links resolved. */
  readonly path: string;
  /** The uppermost folder that has to be made first. */
  readonly newFolder: string | undefined;
  readonly previous: Standing;
}

export interface Place {
  /** Relative to the working folder, or absolute. */
  readonly path: string;
  /** Of one of the authority's own files, which others must never take the place of. */
  readonly ofHome: boolean;
}

/**
 * Looks at the places where files are to go, in their order. Refuses, all in one error (DEVCA_DELIVERY_TARGET), those
 * where something stands that devca has not written or that has been changed since, unless `force`; a folder or device,
 * and a place of the authority's own files, is refused always. Two files for one place are DEVCA_DELIVERY_SAME_PATH.
 * Changes nothing.
 */
export function inspectTargets(
  places: readonly Place[],
  force: boolean,
  inventory: Inventory,
  world: World,
): readonly Target[] {
  const targets = places.map(({ path }) => targetAt(path, world));
  const home = world.files.realPath(dirname(inventory.path));
  const misplaced = targets.filter(
    ({ path }, index) => places[index]?.ofHome !== true && isOfHome(path, home),
  );
  if (misplaced.length > 0) {
    const reason = "it is a place of the authority's own files";
    const refused = misplaced.map(({ path }) => ({ path, reason }));
    throw new DevcaError('DEVCA_DELIVERY_TARGET', { targets: refused, canForce: false });
  }
  const seen = targets.map((target) => target.path);
  const twice = seen.filter((path, index) => seen.indexOf(path) !== index);
  if (twice.length > 0) throw new DevcaError('DEVCA_DELIVERY_SAME_PATH', { paths: [...new Set(twice)] });
  if (force) return targets;
  const refused = targets.flatMap(({ path, previous }) => {
    const reason = reasonAgainst(path, previous, inventory);
    return reason === undefined ? [] : [{ path, reason }];
  });
  if (refused.length > 0) throw new DevcaError('DEVCA_DELIVERY_TARGET', { targets: refused });
  return targets;
}

/** What stands at a path, without following a link. Throws DEVCA_FILE_NOT_A_FILE for a folder or device. */
export function standingAt(path: string, world: World): Standing {
  const status = world.files.status(path);
  if (status === undefined) return { kind: 'absent' };
  if (status.kind === 'link')
    return { kind: 'link', sha256: sha256Hex(Buffer.from(world.files.readLink(path))) };
  if (status.kind === 'file') return { kind: 'file', sha256: sha256Hex(world.files.read(path)) };
  throw new DevcaError('DEVCA_FILE_NOT_A_FILE', {
    path,
    kind: status.kind === 'folder' ? 'folder' : 'device',
  });
}

export function sameStanding(a: Standing, b: Standing): boolean {
  if (a.kind === 'absent' || b.kind === 'absent') return a.kind === b.kind;
  return a.kind === b.kind && a.sha256 === b.sha256;
}

/** The folders that must be synced so that a name in this one outlives a power cut, innermost first. */
export function foldersToSync(target: { path: string; newFolder: string | undefined }): readonly string[] {
  const folders = [dirname(target.path)];
  if (target.newFolder === undefined) return folders;
  for (let folder = dirname(target.path); folder !== dirname(target.newFolder); folder = dirname(folder))
    folders.push(dirname(folder));
  return folders;
}

/** Removes the folders that were made for a target, as far as they are empty. */
export function removeNewFolders(
  target: { path: string; newFolder: string | undefined },
  world: World,
): void {
  if (target.newFolder === undefined) return;
  try {
    for (const folder of foldersToSync(target).slice(0, -1)) world.files.removeFolder(folder);
  } catch {
    // Something else is in it by now, so it is not ours to remove.
  }
}

/** What an authority is lost with: its keys, its certificates and lists, its inventory and the lock of that. */
const isOfHome = (path: string, home: string): boolean =>
  /^(?:(?:keys|ca)[\\/]|devca\.(?:db|lock))/.test(relative(home, path));

function reasonAgainst(path: string, previous: Standing, inventory: Inventory): string | undefined {
  if (previous.kind === 'absent') return undefined;
  if (inventory.deliveries.isOwn(path, previous.sha256)) return undefined;
  if (previous.kind === 'link') return 'a link';
  return inventory.deliveries.isKnownPath(path) ? 'changed since devca wrote it' : 'not written by devca';
}

function targetAt(given: string, world: World): Target {
  const { files } = world;
  const path = resolve(world.system.workingFolder, given);
  const folder = dirname(path);
  let present = folder;
  let newFolder: string | undefined;
  let status = files.statusOfTarget(present);
  while (status === undefined && dirname(present) !== present) {
    newFolder = present;
    present = dirname(present);
    status = files.statusOfTarget(present);
  }
  if (status?.kind !== 'folder') throw new DevcaError('DEVCA_FILE_NOT_A_FOLDER', { path: present });
  const real = files.realPath(present);
  const resolved = join(real, relative(present, path));
  return {
    path: resolved,
    newFolder: newFolder === undefined ? undefined : join(real, relative(present, newFolder)),
    previous: standingAt(resolved, world),
  };
}
