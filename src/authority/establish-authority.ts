import type { KeyRecord } from '../inventory/authorities.ts';
import type { Inventory } from '../inventory/database.ts';
import type { Sealer } from '../keystore/key-store.ts';
import type { Certificate } from '../pki/certificate.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import type { KeyType, PrivateKey } from '../pki/key.ts';
import type { World } from '../platform/world.ts';
import { type Constraint, permittedList } from './constraint.ts';
import { deliver, type FileToDeliver } from './delivery.ts';
import { type Authority, requireAuthority } from './open-authority.ts';
import { type PublicHierarchy, recordAuthority } from './record-authority.ts';

/** A generation that is complete in memory, however it came about. */
export interface NewAuthority {
  readonly name: string;
  readonly generation: number;
  /** Of the key that issues. */
  readonly keyType: KeyType;
  readonly constraint: Constraint;
  readonly hierarchy: PublicHierarchy;
  readonly rootKey: RestingPlace;
  readonly intermediateKey: RestingPlace;
  /** What else its record remembers. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The generations before, latest first, which stay trusted. */
  readonly previous?: readonly Authority[];
  readonly bridge?: Certificate | undefined;
  readonly event: { readonly kind: string; readonly details?: Readonly<Record<string, unknown>> };
  /** Records what comes with it, in the transaction after which nothing is undone any more. */
  readonly confirm?: (authorityId: number) => void;
}

/** Where a key is going to rest, with its file. */
export interface RestingPlace {
  readonly record: KeyRecord;
  readonly files: readonly FileToDeliver[];
}

export function restIn(sealer: Sealer, id: string, key: PrivateKey): RestingPlace {
  const { file, check } = sealer.seal(key);
  return { record: { keystore: sealer.kind, id, check }, files: [{ ...file, format: 'key' }] };
}

/** Records a generation and delivers its public files and keys: all of it or nothing. Must run within `changeInventory`. */
export function establishAuthority(
  created: NewAuthority,
  inventory: Inventory,
  home: string,
  world: World,
): Authority {
  const { name, generation, hierarchy, event, previous = [] } = created;
  let id = 0;
  deliver(
    {
      // What stands in the folder of an authority that is there already is devca's own.
      force: previous.length > 0,
      record: () => {
        const recorded = record(created, inventory, home, world);
        id = recorded.id;
        return recorded.units;
      },
      confirm: () => {
        const { authorities } = inventory;
        const byDefault = authorities.all().find(({ isDefault }) => isDefault)?.name ?? name;
        authorities.setDefault(byDefault);
        created.confirm?.(id);
        const { root, intermediate } = hierarchy;
        inventory.events.append({
          kind: event.kind,
          at: world.clock.now(),
          details: {
            name,
            generation,
            root: sha256Hex(root.certificate.der),
            ...(intermediate === undefined ? {} : { intermediate: sha256Hex(intermediate.certificate.der) }),
            ...event.details,
          },
        });
      },
    },
    inventory,
    world,
  );
  return requireAuthority(inventory, home, world, name);
}

function record(created: NewAuthority, inventory: Inventory, home: string, world: World) {
  const { name, generation, keyType, constraint, hierarchy, previous = [], bridge } = created;
  const createdAt = world.clock.now();
  const settings = { constraint, ...folderOf(created, inventory), ...created.settings };
  const { rootKey, intermediateKey } = created;
  const id = inventory.authorities.insert({
    name,
    generation,
    keyType,
    permitted: permittedList(constraint),
    rootKey: rootKey.record,
    intermediateKey: intermediateKey.record,
    settings,
    createdAt,
  });
  const files = recordAuthority(
    { id, record: { generation, settings }, keyType, hierarchy, createdAt },
    { generations: previous, bridge },
    inventory,
    home,
  );
  const keys = {
    owner: { table: 'authorities', id } as const,
    files: [...intermediateKey.files, ...rootKey.files],
  };
  return { id, units: [keys, ...files] };
}

/** The first authority of a home has its public files in `ca`, every other in a folder of its name in there. */
function folderOf({ name, previous = [] }: NewAuthority, inventory: Inventory): { folder?: string } {
  const folder = previous[0]?.record.settings['folder'];
  if (typeof folder === 'string') return { folder };
  return previous.length > 0 || inventory.authorities.all().length === 0 ? {} : { folder: name };
}
