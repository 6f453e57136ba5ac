import { issuingKey } from '../authority/authority-keys.ts';
import { liveGenerations, openGenerations } from '../authority/generations.ts';
import type { Authority } from '../authority/open-authority.ts';
import { changeInventory, type Recovery } from '../authority/recovery.ts';
import { DevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import { isKeyStoreKind } from '../keystore/key-store.ts';
import { keyRemainder, removeKeyFile } from '../keystore/open-key-store.ts';
import type { World } from '../platform/world.ts';

export interface DiscardOutcome {
  readonly name: string;
  /** The generations whose root had its key until now, latest first; empty where none had. */
  readonly discarded: readonly { readonly generation: number; readonly from: string }[];
  readonly recovery: Recovery | undefined;
}

/** Throws DEVCA_KEYSTORE_ISSUES where the root is what issues. */
export function rootKeysAtRest(home: string, world: World, name?: string): readonly Authority[] {
  const generations = openGenerations(home, world, name);
  const [latest] = generations;
  if (issuingKey(latest.record) === 'root')
    throw new DevcaError('DEVCA_KEYSTORE_ISSUES', { name: latest.record.name });
  return generations.filter(isKept);
}

/**
 * Destroys the keys of an authority's roots, as if they had never been kept: their certificates and lists stay, and hold as
 * long as the intermediates that they signed. The file goes before the inventory says so: a killed run is done again.
 * Throws DEVCA_KEYSTORE_ISSUES.
 */
export async function discardRootKeys(home: string, world: World, name?: string): Promise<DiscardOutcome> {
  const kept = rootKeysAtRest(home, world, name);
  const [{ record }] = openGenerations(home, world, name);
  if (kept.length === 0) return { name: record.name, discarded: [], recovery: undefined };
  const remainders = await Promise.all(
    kept.map(({ record: { rootKey } }) => keyRemainder(rootKey.keystore, rootKey.id ?? '', home, world)),
  );
  const outcome = changeInventory(home, world, (inventory, recovery) => {
    const present = liveGenerations(inventory, home, world, record.name).filter(isKept);
    for (const authority of present) discard(authority, inventory, home, world);
    const discarded = present.map(({ record: { generation, rootKey } }) => {
      return { generation, from: rootKey.keystore };
    });
    return { name: record.name, discarded, recovery };
  });
  for (const removeRemainder of remainders) await removeRemainder();
  return outcome;
}

/** An earlier generation may be one whose root issues. */
const isKept = ({ record }: Authority): boolean =>
  issuingKey(record) !== 'root' && isKeyStoreKind(record.rootKey.keystore);

function discard({ record }: Authority, inventory: Inventory, home: string, world: World): void {
  const { id, name, generation, rootKey } = record;
  if (rootKey.id !== undefined) removeKeyFile(rootKey.id, home, world);
  inventory.transaction(() => {
    inventory.authorities.setKey(id, 'root', { keystore: 'discard', id: undefined, check: rootKey.check });
    for (const file of inventory.deliveries.current({ table: 'authorities', id }))
      if (world.files.status(file.path) === undefined) inventory.deliveries.setState(file.id, 'superseded');
    inventory.events.append({
      kind: 'key-moved',
      at: world.clock.now(),
      details: { name, generation, key: 'root', from: rootKey.keystore, to: 'discard' },
    });
  });
}
