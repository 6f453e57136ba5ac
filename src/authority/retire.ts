import type { AuthorityRecord } from '../inventory/authorities.ts';
import { AUTHORITY_PROFILES } from '../inventory/certificate-query.ts';
import type { Inventory } from '../inventory/database.ts';
import type { DeliveryOwner } from '../inventory/deliveries.ts';
import { isKeyStoreKind } from '../keystore/key-store.ts';
import { removeKeyFile } from '../keystore/open-key-store.ts';
import type { World } from '../platform/world.ts';
import { deliveryUnits, publicFiles, publicGeneration } from './authority-files.ts';
import { deliver } from './delivery.ts';
import { sameStanding, standingAt } from './delivery-target.ts';
import { generationRecords, liveGenerations } from './generations.ts';

/**
 * Retires generations of an authority: from then on their roots and lists are in none of its files. Then their keys are
 * destroyed and their own files removed. Must run within `changeInventory`. Returns the paths that are gone.
 */
export function retireGenerations(
  name: string,
  ids: readonly number[],
  inventory: Inventory,
  home: string,
  world: World,
): readonly string[] {
  const remaining = liveGenerations(inventory, home, world, name)
    .filter(({ record }) => !ids.includes(record.id))
    .map((authority) => publicGeneration(authority, inventory));
  const at = world.clock.now();
  deliver(
    {
      force: true,
      record: () => deliveryUnits(publicFiles(remaining, home)),
      confirm: () => {
        for (const id of ids) {
          inventory.authorities.retire(id, at);
          const generation = inventory.authorities.byId(id)?.generation;
          inventory.events.append({ kind: 'authority-retired', at, details: { name, generation } });
        }
      },
    },
    inventory,
    world,
  );
  return sweepRetired(name, inventory, home, world);
}

/**
 * Destroys what is left of retired generations: their keys, and the files that are as devca wrote them. What a killed
 * run left of that goes with the next.
 */
export function sweepRetired(
  name: string,
  inventory: Inventory,
  home: string,
  world: World,
): readonly string[] {
  return generationRecords(inventory, name)
    .filter(({ retiredAt }) => retiredAt !== undefined)
    .flatMap((record) => {
      const certificates = AUTHORITY_PROFILES.flatMap((profile) =>
        inventory.certificates.list({ at: record.createdAt, authorityId: record.id, profile }),
      );
      const owners: DeliveryOwner[] = certificates.map(({ id }) => ({ table: 'certificates', id }));
      const removed = owners.flatMap((owner) => removeDelivered(owner, inventory, world));
      return [...removed, ...destroyKeys(record, inventory, home, world)];
    });
}

function removeDelivered(owner: DeliveryOwner, inventory: Inventory, world: World): readonly string[] {
  return inventory.deliveries.current(owner).flatMap(({ id, path, sha256 }) => {
    const isOwn = sameStanding(standingAt(path, world), { kind: 'file', sha256 });
    if (isOwn) world.files.remove(path);
    inventory.deliveries.setState(id, 'superseded');
    return isOwn ? [path] : [];
  });
}

function destroyKeys(
  { id, rootKey, intermediateKey }: AuthorityRecord,
  inventory: Inventory,
  home: string,
  world: World,
): readonly string[] {
  for (const [which, key] of [
    ['root', rootKey],
    ['intermediate', intermediateKey],
  ] as const) {
    if (key.id === undefined || !isKeyStoreKind(key.keystore)) continue;
    removeKeyFile(key.id, home, world);
    inventory.authorities.setKey(id, which, { keystore: 'discard', id: undefined, check: key.check });
  }
  const files = inventory.deliveries.current({ table: 'authorities', id });
  for (const file of files) inventory.deliveries.setState(file.id, 'superseded');
  return files.map(({ path }) => path);
}
