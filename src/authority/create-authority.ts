import { DevcaError } from '../errors/devca-error.ts';
import type { KeyRecord } from '../inventory/authorities.ts';
import type { Inventory } from '../inventory/database.ts';
import type { Certificate } from '../pki/certificate.ts';
import { bytesToHex, sha256Hex } from '../pki/fingerprint.ts';
import { type KeyType, keyIdentifier } from '../pki/key.ts';
import type { World } from '../platform/world.ts';
import { keyId, type PreparedKeys, sealerFor, type WhichKey } from './authority-keys.ts';
import { type Constraint, permittedList } from './constraint.ts';
import { type DeliveryUnit, deliver, type FileToDeliver } from './delivery.ts';
import { buildHierarchy, type Hierarchy, type KeyedIssuer } from './hierarchy.ts';
import { type Authority, requireAuthority } from './open-authority.ts';
import { recordAuthority } from './record-authority.ts';

export const DEFAULT_AUTHORITY_NAME = 'default';

export interface NewAuthorityRequest {
  readonly name: string;
  readonly generation: number;
  readonly keyType: KeyType;
  readonly constraint: Constraint;
  /** Without a place for it, the root's key is let go once it has signed the intermediate and one CRL. */
  readonly keys: PreparedKeys;
  /** The generations before, latest first, which stay trusted. */
  readonly previous?: readonly Authority[];
  /** What the root of the generation before has signed for this one. */
  readonly bridge?: (intermediate: Certificate) => Certificate;
}

/** Throws DEVCA_AUTHORITY_KEY_TYPE and DEVCA_AUTHORITY_NAME, before anything is made. */
export function checkNewAuthority({ name, keyType }: Pick<NewAuthorityRequest, 'name' | 'keyType'>): void {
  // Browsers and many other clients cannot check an Ed25519 signature, so they could use nothing that it issues.
  if (keyType === 'ed25519') throw new DevcaError('DEVCA_AUTHORITY_KEY_TYPE', { keyType });
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name)) throw new DevcaError('DEVCA_AUTHORITY_NAME', { name });
}

/**
 * Makes a root and an intermediate, records them and delivers their public files and keys: all of it or nothing.
 * Must run within `changeInventory`. Throws DEVCA_AUTHORITY_KEY_TYPE, DEVCA_AUTHORITY_NAME and what `deliver` throws.
 */
export function createAuthority(
  request: NewAuthorityRequest,
  inventory: Inventory,
  home: string,
  world: World,
): Authority {
  const { name, generation, keyType, constraint } = request;
  checkNewAuthority(request);
  const hierarchy = buildHierarchy({ keyType, constraint, generation, owner: world.system }, world);
  deliver(
    {
      // What stands in the folder of an authority that is there already is devca's own.
      force: generation > 1,
      record: () => record(request, hierarchy, inventory, home, world),
      confirm: () => {
        const { authorities } = inventory;
        const byDefault = authorities.all().find(({ isDefault }) => isDefault)?.name ?? name;
        authorities.setDefault(byDefault);
        inventory.events.append({
          kind: generation === 1 ? 'authority-created' : 'authority-rolled',
          at: world.clock.now(),
          details: {
            name,
            generation,
            root: sha256Hex(hierarchy.root.certificate.der),
            intermediate: sha256Hex(hierarchy.intermediate.certificate.der),
          },
        });
      },
    },
    inventory,
    world,
  );
  return requireAuthority(inventory, home, world, name);
}

function record(
  request: NewAuthorityRequest,
  hierarchy: Hierarchy,
  inventory: Inventory,
  home: string,
  world: World,
): readonly DeliveryUnit[] {
  const { name, generation, keyType, constraint } = request;
  const { root, intermediate } = hierarchy;
  const createdAt = world.clock.now();
  const settings = { constraint, ...folderOf(request, inventory) };
  const rootKey = restingKey('root', root, request);
  const intermediateKey = restingKey('intermediate', intermediate, request);
  const authorityId = inventory.authorities.insert({
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
    { id: authorityId, record: { generation, settings }, keyType, hierarchy, createdAt },
    { generations: request.previous ?? [], bridge: request.bridge?.(hierarchy.intermediate.certificate) },
    inventory,
    home,
  );
  return [
    { owner: { table: 'authorities', id: authorityId }, files: [...intermediateKey.files, ...rootKey.files] },
    ...files,
  ];
}

/** The first authority of a home has its public files in `ca`, every other in a folder of its name in there. */
function folderOf({ name, previous = [] }: NewAuthorityRequest, inventory: Inventory): { folder?: string } {
  const folder = previous[0]?.record.settings['folder'];
  if (typeof folder === 'string') return { folder };
  return previous.length > 0 || inventory.authorities.all().length === 0 ? {} : { folder: name };
}

function restingKey(
  which: WhichKey,
  { key }: KeyedIssuer,
  request: NewAuthorityRequest,
): { record: KeyRecord; files: readonly FileToDeliver[] } {
  if (which === 'root' && request.keys.root === undefined) {
    const check = bytesToHex(keyIdentifier(key.subjectPublicKeyInfo));
    return { record: { keystore: 'discard', id: undefined, check }, files: [] };
  }
  const sealer = sealerFor(request.keys, which);
  const { file, check } = sealer.seal(key);
  return {
    record: { keystore: sealer.kind, id: keyId(request, which), check },
    files: [{ ...file, format: 'key' }],
  };
}
