import { type Inventory, inventoryPath, openInventory } from '../inventory/database.ts';
import type { World } from '../platform/world.ts';

/** The inventory of a home, for reading; `undefined` where there is none. */
export function inventoryIfPresent(home: string, world: World): Inventory | undefined {
  const path = inventoryPath(home);
  return world.files.statusOfTarget(path) === undefined
    ? undefined
    : openInventory(path, world, { readOnly: true });
}
