import type { WantedKeyStore } from '../../authority/authority-keys.ts';
import { type Constraint, permittedList } from '../../authority/constraint.ts';
import { checkNewAuthority } from '../../authority/create-authority.ts';
import { readHomeIfPresent } from '../../authority/home.ts';
import { canSignLists } from '../../authority/imported-certificate.ts';
import { issuerKey } from '../../authority/issuer-key.ts';
import { placeWords } from '../../authority/place-flags.ts';
import { DevcaError, isDevcaError } from '../../errors/devca-error.ts';
import type { Inventory } from '../../inventory/database.ts';
import type { KeyStoreKind } from '../../keystore/key-store.ts';
import { sha256Hex } from '../../pki/fingerprint.ts';
import type { GivenPassphrase } from '../../platform/person.ts';
import type { World } from '../../platform/world.ts';
import { UNCONSTRAINED } from '../describe-authority.ts';
import { type AdoptedHierarchy, adoptHierarchy } from './adopted-hierarchy.ts';
import { type Adoption, readAdoption } from './adoption.ts';
import { constraintOf } from './constraint-of.ts';
import { findSource, type SourceRequest } from './find-source.ts';
import { refuseTwice, refuseUsed } from './serial-numbers.ts';
import { readSourceCertificate } from './source-certificate.ts';
import { sourcePasswords } from './source-key.ts';

export interface ImportRequest extends SourceRequest {
  /** Of the authority in devca. Default: the kind of the source, such as `mkcert`. */
  readonly name?: string;
  /** Where the key that issues rests. Default: `file`. */
  readonly keystore?: WantedKeyStore;
  /** Where the root's key rests, if something else issues. Default: `discard`, unless only it can revoke what is listed. */
  readonly rootKeystore?: KeyStoreKind | 'discard';
  /** Of the source's keys. Default: it is asked for where one is needed. */
  readonly password?: GivenPassphrase;
}

/** An authority that was read and tried out, and is ready to be taken over. Nothing is written yet. */
export interface ImportPlan {
  readonly name: string;
  readonly adoption: Adoption;
  readonly hierarchy: AdoptedHierarchy;
  readonly constraint: Constraint;
  readonly permitted: readonly string[] | undefined;
  readonly keystore: WantedKeyStore;
  /** `discard` too where the root issues, or its key is not at hand. */
  readonly rootKeystore: KeyStoreKind | 'same' | 'discard';
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

/** Reads what is to be imported and decides how. Changes nothing. Throws DEVCA_IMPORT_*, DEVCA_AUTHORITY_NAME. */
export async function planImport(request: ImportRequest, home: string, world: World): Promise<ImportPlan> {
  const homeFlag = placeWords({ home }, world);
  const present = presentRoots(home, world);
  const source = findSource({ ...request, homeFlag }, world, ({ root }) => {
    return present.some((sha256) => sha256 === fingerprintIn(root.cert, world));
  });
  const name = request.name ?? (source.kind === 'pem' ? 'imported' : source.kind);
  checkNewAuthority({ name, keyType: 'ec-p256' });
  const adoption = await readAdoption(source, sourcePasswords(request.password, world), world);
  const { root, intermediate, issuesFrom } = adoption;
  const chain = [...(intermediate === undefined ? [] : [intermediate.certificate]), root.certificate];
  const { constraint, warnings } = constraintOf(chain);
  const hierarchy = adoptHierarchy(adoption, constraint, world);
  const plan = { name, adoption, hierarchy };
  refuseTwice(plan);
  readHomeIfPresent(home, world, (inventory) => checkAbsent(plan, inventory, homeFlag));
  if (issuesFrom === 'root' && request.rootKeystore !== undefined)
    throw new DevcaError('DEVCA_USAGE_INVALID', {
      command: 'ca import',
      detail:
        'the root issues itself here: say where its key is to rest with "--keystore" instead of "--root-keystore"',
    });
  const kept = rootPlace(request, plan);
  return {
    ...plan,
    constraint,
    permitted: permittedList(constraint),
    keystore: request.keystore ?? 'file',
    rootKeystore: kept.place,
    warnings: [
      ...adoption.warnings,
      ...warnings,
      ...crlWarnings(hierarchy),
      ...(constraint.unconstrained ? [UNCONSTRAINED] : []),
    ],
    notes: [...adoption.notes, ...kept.notes, ...adoption.list.notes, ...source.leftBehind],
  };
}

const presentRoots = (home: string, world: World): readonly string[] =>
  readHomeIfPresent(home, world, (inventory) =>
    inventory.certificates.list({ at: world.clock.now(), profile: 'root' }).map(({ sha256 }) => sha256),
  ) ?? [];

/** Of the certificate in a file; undefined where there is none that can be read, which the import itself complains of. */
function fingerprintIn(path: string, world: World): string | undefined {
  try {
    return sha256Hex(readSourceCertificate(path, world).der);
  } catch (error) {
    if (isDevcaError(error)) return undefined;
    throw error;
  }
}

/** Throws DEVCA_IMPORT_PRESENT, DEVCA_IMPORT_NAME and DEVCA_IMPORT_SERIAL. */
export function checkAbsent(
  { name, adoption, hierarchy }: Pick<ImportPlan, 'name' | 'adoption' | 'hierarchy'>,
  inventory: Inventory,
  homeFlag: string,
): void {
  const { certificates, authorities } = inventory;
  const { root } = hierarchy;
  const present = certificates.bySha256(sha256Hex(root.certificate.der));
  const own = present === undefined ? undefined : authorities.byId(present.authorityId);
  if (present !== undefined)
    throw new DevcaError('DEVCA_IMPORT_PRESENT', {
      name: own?.name ?? '',
      generation: own?.generation ?? 1,
      sha256: present.sha256,
      isRetired: own?.retiredAt !== undefined,
      homeFlag,
    });
  if (authorities.all().some((record) => record.name === name))
    throw new DevcaError('DEVCA_IMPORT_NAME', { name });
  refuseUsed({ adoption, hierarchy }, inventory);
}

/** Where the root's key goes, with a word on it. */
function rootPlace(
  { rootKeystore }: ImportRequest,
  { adoption, hierarchy }: Pick<ImportPlan, 'adoption' | 'hierarchy'>,
): { readonly place: ImportPlan['rootKeystore']; readonly notes: readonly string[] } {
  const { root, issuesFrom, list } = adoption;
  if (issuesFrom === 'root' || root.key === undefined) return { place: 'discard', notes: [] };
  const ofRoot = list.entries.filter((entry) => entry.issuerKey === issuerKey(root.certificate)).length;
  if (rootKeystore !== undefined && rootKeystore !== 'discard') return { place: rootKeystore, notes: [] };
  if (ofRoot > 0 && rootKeystore === undefined)
    return {
      place: 'same',
      notes: [
        `the root's key is kept too, since only it can revoke the certificates of the list; "--root-keystore discard" leaves it behind`,
      ],
    };
  const who =
    hierarchy.issuing.certificate === adoption.intermediate?.certificate
      ? 'the intermediate'
      : "devca's own intermediate";
  return { place: 'discard', notes: [`devca does not keep the root's key: ${who} issues`] };
}

function crlWarnings({ issuing }: AdoptedHierarchy): readonly string[] {
  return canSignLists(issuing.certificate)
    ? []
    : [
        'the certificate that issues may not sign revocation lists (its key usage has no cRLSign): devca makes them, but OpenSSL and others refuse them',
      ];
}
