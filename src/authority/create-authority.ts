import { DevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import type { Certificate } from '../pki/certificate.ts';
import { bytesToHex } from '../pki/fingerprint.ts';
import { type KeyType, keyIdentifier } from '../pki/key.ts';
import type { World } from '../platform/world.ts';
import { keyId, type PreparedKeys } from './authority-keys.ts';
import type { Constraint } from './constraint.ts';
import { establishAuthority, type RestingPlace, restIn } from './establish-authority.ts';
import { AUTHORITY_KEY_TYPES, buildHierarchy, type KeyedIssuer } from './hierarchy.ts';
import type { Authority } from './open-authority.ts';

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
  if (!AUTHORITY_KEY_TYPES.includes(keyType)) throw new DevcaError('DEVCA_AUTHORITY_KEY_TYPE', { keyType });
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
  const { name, generation, keyType, constraint, keys, previous = [] } = request;
  checkNewAuthority(request);
  const hierarchy = buildHierarchy({ keyType, constraint, generation, owner: world.system }, world);
  const { root, intermediate } = hierarchy;
  return establishAuthority(
    {
      name,
      generation,
      keyType,
      constraint,
      hierarchy,
      rootKey: restingRoot(root, request),
      intermediateKey: restIn(keys.issuing, keyId(request, 'intermediate'), intermediate.key),
      previous,
      bridge: request.bridge?.(intermediate.certificate),
      event: { kind: previous.length === 0 ? 'authority-created' : 'authority-rolled' },
    },
    inventory,
    home,
    world,
  );
}

function restingRoot({ key }: KeyedIssuer, request: NewAuthorityRequest): RestingPlace {
  const { root } = request.keys;
  if (root !== undefined) return restIn(root, keyId(request, 'root'), key);
  const check = bytesToHex(keyIdentifier(key.subjectPublicKeyInfo));
  return { record: { keystore: 'discard', id: undefined, check }, files: [] };
}
