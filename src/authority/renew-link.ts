import { dirname, join } from 'node:path';
import { isDevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import type { World } from '../platform/world.ts';

/**
 * Removes what earlier certificates left beside a `current` link, except the folders that are named: the one that it
 * leads to, and the one before, which a server may be reading. Only files that devca wrote and nobody has changed go.
 */
export function pruneFolders(
  link: string,
  keep: readonly string[],
  inventory: Inventory,
  world: World,
): void {
  const parent = dirname(link);
  try {
    for (const name of world.files.list(parent))
      if (/^[0-9a-f]{16,40}$/.test(name) && !keep.includes(name))
        pruneFolder(join(parent, name), inventory, world);
  } catch (error) {
    // It is no reason to call a renewal failed; the next one tries again.
    if (!isDevcaError(error)) throw error;
  }
}

function pruneFolder(folder: string, inventory: Inventory, world: World): void {
  const paths = world.files.list(folder).map((name) => join(folder, name));
  const isOwn = (path: string) =>
    world.files.status(path)?.kind === 'file' &&
    inventory.deliveries.isOwn(path, sha256Hex(world.files.read(path)));
  if (!paths.every(isOwn)) return;
  const rows = paths.flatMap((path) => inventory.deliveries.latestAt(path) ?? []);
  inventory.transaction(() => {
    for (const { id } of rows) inventory.deliveries.setState(id, 'superseded');
  });
  for (const path of paths) world.files.remove(path);
  world.files.removeFolder(folder);
}
