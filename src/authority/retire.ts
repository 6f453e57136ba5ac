import { dirname } from 'node:path';
import type { AuthorityRecord } from '../inventory/authorities.ts';
import { AUTHORITY_PROFILES } from '../inventory/certificate-query.ts';
import type { Inventory } from '../inventory/database.ts';
import type { DeliveryOwner } from '../inventory/deliveries.ts';
import { keyFolder, keyPath } from '../keystore/key-file.ts';
import { isKeyStoreKind } from '../keystore/key-store.ts';
import { removeKeyFile } from '../keystore/open-key-store.ts';
import type { World } from '../platform/world.ts';
import {
  authorityFiles,
  deliveryUnits,
  presentPath,
  publicFiles,
  publicGeneration,
} from './authority-files.ts';
import { deliver } from './delivery.ts';
import { sameStanding, standingAt } from './delivery-target.ts';
import { generationRecords, liveGenerations } from './generations.ts';
import { certificateFolder } from './home.ts';

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
      const removed = certificatesOf(record, inventory).flatMap(({ id }) =>
        removeDelivered({ table: 'certificates', id }, { home, record }, inventory, world),
      );
      return [...removed, ...destroyKeys(record, inventory, home, world)];
    });
}

/**
 * Destroys an authority, of which its certificates and events stay in the inventory: first its keys, then its generations
 * are retired, then its files go. What a killed run has left goes with the next. `heir` is the default authority from then
 * on. Must run within `changeInventory`. Returns the paths that are gone.
 */
export function destroyAuthority(
  name: string,
  heir: string | undefined,
  inventory: Inventory,
  home: string,
  world: World,
): readonly string[] {
  const records = generationRecords(inventory, name).filter(({ retiredAt }) => retiredAt === undefined);
  const keys = records.flatMap((record) => ownKeys(record).map(({ id }) => id));
  const paths = keys.map((id) => keyPath(home, id)).filter((path) => world.files.status(path) !== undefined);
  for (const id of keys) removeKeyFile(id, home, world);
  if (keys.length > 0) world.files.syncFolder(keyFolder(home));
  if (records.length > 0)
    inventory.transaction(() => {
      const at = world.clock.now();
      for (const record of records) {
        forgetKeys(record, inventory);
        inventory.authorities.retire(record.id, at);
      }
      if (heir !== undefined) inventory.authorities.setDefault(heir);
      const generations = records.map(({ generation }) => generation);
      const details = { name, generations, ...(heir === undefined ? {} : { default: heir }) };
      inventory.events.append({ kind: 'authority-destroyed', at, details });
    });
  return [...paths, ...sweepDestroyed(name, inventory, home, world)];
}

/** As `sweepRetired`, with the lists of an authority that is destroyed, and its folder. */
export function sweepDestroyed(
  name: string,
  inventory: Inventory,
  home: string,
  world: World,
): readonly string[] {
  const records = generationRecords(inventory, name);
  const removed = [
    ...sweepRetired(name, inventory, home, world),
    ...records.flatMap((record) =>
      certificatesOf(record, inventory)
        .flatMap(({ id }) => inventory.crls.latest(id) ?? [])
        .flatMap(({ id }) => removeDelivered({ table: 'crls', id }, { home, record }, inventory, world)),
    ),
  ];
  for (const folder of new Set(records.map((record) => dirname(authorityFiles(home, record).root)))) {
    const isOwn = folder !== certificateFolder(home) && world.files.status(folder)?.kind === 'folder';
    if (isOwn && world.files.list(folder).length === 0) world.files.removeFolder(folder);
  }
  return removed;
}

function removeDelivered(
  owner: DeliveryOwner,
  place: { readonly home: string; readonly record: AuthorityRecord },
  inventory: Inventory,
  world: World,
): readonly string[] {
  return inventory.deliveries.current(owner).flatMap(({ id, path: delivered, sha256 }) => {
    const path = presentPath(delivered, place);
    const isOwn = sameStanding(standingAt(path, world), { kind: 'file', sha256 });
    if (isOwn) world.files.remove(path);
    inventory.deliveries.setState(id, 'superseded');
    return isOwn ? [path] : [];
  });
}

/** Its root, its intermediate and what its root has signed for the next generation. */
const certificatesOf = ({ id, createdAt }: AuthorityRecord, inventory: Inventory) =>
  AUTHORITY_PROFILES.flatMap((profile) =>
    inventory.certificates.list({ at: createdAt, authorityId: id, profile }),
  );

function destroyKeys(
  record: AuthorityRecord,
  inventory: Inventory,
  home: string,
  world: World,
): readonly string[] {
  for (const { id } of ownKeys(record)) removeKeyFile(id, home, world);
  return forgetKeys(record, inventory);
}

/** Says of the keys of a generation that they are no more. Gives the paths of their files. */
function forgetKeys(record: AuthorityRecord, inventory: Inventory): readonly string[] {
  for (const { which, check } of ownKeys(record))
    inventory.authorities.setKey(record.id, which, { keystore: 'discard', id: undefined, check });
  const files = inventory.deliveries.current({ table: 'authorities', id: record.id });
  for (const file of files) inventory.deliveries.setState(file.id, 'superseded');
  return files.map(({ path }) => path);
}

/** The keys of a generation that devca has. */
const ownKeys = ({ rootKey, intermediateKey }: AuthorityRecord) =>
  (['root', 'intermediate'] as const).flatMap((which) => {
    const { keystore, id, check } = which === 'root' ? rootKey : intermediateKey;
    return id === undefined || !isKeyStoreKind(keystore) ? [] : [{ which, id, check }];
  });
