import { DevcaError } from '../errors/devca-error.ts';
import type { KeyRecord } from '../inventory/authorities.ts';
import type { Inventory } from '../inventory/database.ts';
import type { KeyStoreKind } from '../keystore/key-store.ts';
import { openKeyStore } from '../keystore/open-key-store.ts';
import { bytesToHex, sha256Hex } from '../pki/fingerprint.ts';
import { type KeyType, keyIdentifier } from '../pki/key.ts';
import { commonNameOf } from '../pki/name.ts';
import { formatName } from '../pki/name-text.ts';
import type { World } from '../platform/world.ts';
import { publicFile } from './authority-files.ts';
import { type Constraint, permittedList } from './constraint.ts';
import { type DeliveryUnit, deliver, type FileToDeliver } from './delivery.ts';
import { buildHierarchy, type Hierarchy, type KeyedIssuer } from './hierarchy.ts';
import { type Authority, requireAuthority } from './open-authority.ts';

export const DEFAULT_AUTHORITY_NAME = 'default';

export interface NewAuthorityRequest {
  readonly name: string;
  readonly generation: number;
  readonly keyType: KeyType;
  readonly constraint: Constraint;
  readonly keystore: KeyStoreKind;
  /** `discard` lets the root's key go once it has signed the intermediate and one CRL. */
  readonly rootKeystore: KeyStoreKind | 'discard';
}

/** Throws DEVCA_AUTHORITY_KEY_TYPE and DEVCA_AUTHORITY_NAME, before anything is made. */
export function checkNewAuthority({ name, keyType }: NewAuthorityRequest): void {
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
      record: () => record(request, hierarchy, inventory, home, world),
      confirm: () => {
        if (inventory.authorities.all().length === 1) inventory.authorities.setDefault(name);
        inventory.events.append({
          kind: 'authority-created',
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
  const { root, intermediate, rootCrl } = hierarchy;
  const createdAt = world.clock.now();
  const rootKey = restingKey('root', request.rootKeystore, root, request, home, world);
  const intermediateKey = restingKey('intermediate', request.keystore, intermediate, request, home, world);
  const authorityId = inventory.authorities.insert({
    name,
    generation,
    keyType,
    permitted: permittedList(constraint),
    rootKey: rootKey.record,
    intermediateKey: intermediateKey.record,
    settings: { constraint },
    createdAt,
  });
  const certificateRow = (profile: 'root' | 'intermediate') => {
    const { certificate } = hierarchy[profile];
    return inventory.certificates.insert({
      authorityId,
      serialNumber: certificate.serialNumber,
      sha256: sha256Hex(certificate.der),
      profile,
      subject: formatName(certificate.subject),
      names: [],
      alsoFoundBy: [commonNameOf(certificate.subject) ?? profile],
      notBefore: certificate.notBefore,
      notAfter: certificate.notAfter,
      keyAlgorithm: keyType,
      createdAt,
      der: certificate.der,
    });
  };
  const rootId = certificateRow('root');
  const { notBefore: thisUpdate, notAfter: nextUpdate } = intermediate.certificate;
  const crlId = inventory.crls.insert({
    issuerId: rootId,
    number: 1,
    thisUpdate,
    nextUpdate,
    createdAt,
    der: rootCrl,
  });
  return [
    { owner: { table: 'authorities', id: authorityId }, files: [...intermediateKey.files, ...rootKey.files] },
    {
      owner: { table: 'certificates', id: rootId },
      files: [publicFile('root', root.certificate.der, home)],
    },
    {
      owner: { table: 'certificates', id: certificateRow('intermediate') },
      files: [publicFile('intermediate', intermediate.certificate.der, home)],
    },
    { owner: { table: 'crls', id: crlId }, files: [publicFile('crl', rootCrl, home)] },
  ];
}

function restingKey(
  which: 'root' | 'intermediate',
  kind: KeyStoreKind | 'discard',
  issuer: KeyedIssuer,
  request: NewAuthorityRequest,
  home: string,
  world: World,
): { record: KeyRecord; files: readonly FileToDeliver[] } {
  const check = bytesToHex(keyIdentifier(issuer.key.subjectPublicKeyInfo));
  if (kind === 'discard') return { record: { keystore: kind, id: undefined, check }, files: [] };
  const id = `${request.name}-${request.generation}-${which}`;
  const file = openKeyStore(kind, home, world).seal(id, issuer.key);
  return { record: { keystore: kind, id, check }, files: [{ ...file, format: 'key' }] };
}
