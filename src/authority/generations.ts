import { dirname } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import type { AuthorityRecord } from '../inventory/authorities.ts';
import type { Inventory } from '../inventory/database.ts';
import type { World } from '../platform/world.ts';
import { readHome } from './home.ts';
import { type Authority, authorityOf, requireAuthority } from './open-authority.ts';
import { placeWords } from './place-flags.ts';

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

/** Whether the authority that has issued a certificate is destroyed, so that there is nothing that could be done with it. */
export function isOfDestroyed(
  { authorityId }: { readonly authorityId: number },
  { authorities }: Inventory,
): boolean {
  const name = authorities.byId(authorityId)?.name;
  return name !== undefined && authorities.destroyedAt(name) !== undefined;
}

/** The number of the generation that a new authority of a name begins with: one that is destroyed may have had it. */
export const firstGeneration = (inventory: Inventory, name: string): number =>
  1 + Math.max(0, ...generationRecords(inventory, name).map(({ generation }) => generation));

/** The ids of every generation of an authority, also of one that is destroyed. Throws DEVCA_AUTHORITY_UNKNOWN. */
export function generationIds(
  inventory: Inventory,
  name: string,
  world: Pick<World, 'system'>,
): readonly number[] {
  const records = generationRecords(inventory, name);
  if (records.length === 0)
    throw new DevcaError('DEVCA_AUTHORITY_UNKNOWN', {
      name,
      known: inventory.authorities.names(),
      homeFlag: placeWords({ home: dirname(inventory.path) }, world),
    });
  return records.map(({ id }) => id);
}

/** As `liveGenerations`, without changing anything. Throws DEVCA_HOME_UNSAFE too. */
export function openGenerations(
  home: string,
  world: World,
  name?: string,
): readonly [Authority, ...Authority[]] {
  return readHome(home, world, (inventory) => liveGenerations(inventory, home, world, name));
}

/** How many end entities of a generation, or of all (`undefined`), are still in use or will be. */
export function liveCertificates(inventory: Inventory, authorityId: number | undefined, at: Date): number {
  const issuer = authorityId === undefined ? {} : { authorityId };
  const count = (status: 'valid' | 'not-yet-valid') =>
    inventory.certificates.count({ at, ...issuer, status, endEntitiesOnly: true });
  return count('valid') + count('not-yet-valid');
}
