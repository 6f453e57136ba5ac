import { isDevcaError } from '../errors/devca-error.ts';
import type { AuthorityRecord } from '../inventory/authorities.ts';
import type { Inventory } from '../inventory/database.ts';
import { inventoryPath, openInventory } from '../inventory/database.ts';
import type { World } from '../platform/world.ts';
import { checkHome } from './home.ts';
import { type Authority, authorityOf, requireAuthority } from './open-authority.ts';

/** All generations of an authority that are not retired, latest first. Throws DEVCA_AUTHORITY_MISSING. */
export function liveGenerations(
  inventory: Inventory,
  home: string,
  world: World,
  name?: string,
): readonly [Authority, ...Authority[]] {
  const latest = requireAuthority(inventory, home, world, name);
  const earlier = generationRecords(inventory, latest.record.name).filter(
    ({ id, retiredAt }) => id !== latest.record.id && retiredAt === undefined,
  );
  return [latest, ...earlier.map((record) => authorityOf(record, inventory, home, world))];
}

/** Every generation of an authority, retired ones too, latest first. */
export const generationRecords = (inventory: Inventory, name: string): readonly AuthorityRecord[] =>
  inventory.authorities.all().filter((record) => record.name === name);

/** As `liveGenerations`, without changing anything. Throws DEVCA_HOME_UNSAFE too. */
export function openGenerations(
  home: string,
  world: World,
  name?: string,
): readonly [Authority, ...Authority[]] {
  return readHome(home, world, (inventory) => liveGenerations(inventory, home, world, name));
}

/** Reads from the inventory of a home. Throws DEVCA_AUTHORITY_MISSING and DEVCA_HOME_UNSAFE. */
export function readHome<T>(home: string, world: World, read: (inventory: Inventory) => T): T {
  checkHome(home, world);
  const inventory = openInventory(inventoryPath(home), world, { readOnly: true });
  try {
    return read(inventory);
  } finally {
    inventory.close();
  }
}

/** As `readHome`; `undefined` where there is no inventory, or only the empty file that a killed run left of one. */
export function readHomeIfPresent<T>(
  home: string,
  world: World,
  read: (inventory: Inventory) => T,
): T | undefined {
  if (world.files.statusOfTarget(inventoryPath(home)) === undefined) return undefined;
  try {
    return readHome(home, world, read);
  } catch (error) {
    if (isDevcaError(error, 'DEVCA_INVENTORY_MISSING')) return undefined;
    throw error;
  }
}

/** How many end entities of a generation, or of all (`undefined`), are still in use or will be. */
export function liveCertificates(inventory: Inventory, authorityId: number | undefined, at: Date): number {
  const issuer = authorityId === undefined ? {} : { authorityId };
  const count = (status: 'valid' | 'not-yet-valid') =>
    inventory.certificates.count({ at, ...issuer, status, endEntitiesOnly: true });
  return count('valid') + count('not-yet-valid');
}
