import {
  keyId,
  type PreparedKeys,
  prepareKeys,
  type WhichKey,
  withKeys,
} from '../../authority/authority-keys.ts';
import { establishAuthority, type RestingPlace, restIn } from '../../authority/establish-authority.ts';
import { ensureHome } from '../../authority/home.ts';
import { placeWords } from '../../authority/place-flags.ts';
import { changeInventory, type Recovery } from '../../authority/recovery.ts';
import { IMPORTED_PROFILE } from '../../inventory/certificate-query.ts';
import type { Inventory } from '../../inventory/database.ts';
import type { Certificate } from '../../pki/certificate.ts';
import { describePublicKey } from '../../pki/certificate-text.ts';
import { sha256Hex } from '../../pki/fingerprint.ts';
import { commonNameOf } from '../../pki/name.ts';
import { formatName } from '../../pki/name-text.ts';
import type { World } from '../../platform/world.ts';
import { type AuthorityDescription, describeAuthority } from '../describe-authority.ts';
import { publicHierarchy } from './adopted-hierarchy.ts';
import { checkAbsent, type ImportPlan, type ImportRequest, planImport } from './import-plan.ts';

export interface ImportOutcome extends AuthorityDescription {
  /** Whether it is the default authority of its home now. */
  readonly isDefault: boolean;
  /** Of what it had issued before. */
  readonly certificates: { readonly taken: number; readonly revoked: number };
  readonly notes: readonly string[];
  /** Why the key that issues is in a file, where the best place was asked for. */
  readonly whyFile: string | undefined;
  readonly recovery: Recovery;
}

/** Takes an authority over that another tool has made. Throws what `planImport` and `performImport` throw. */
export async function importAuthority(
  request: ImportRequest,
  home: string,
  world: World,
): Promise<ImportOutcome> {
  return performImport(await planImport(request, home, world), home, world);
}

/**
 * Records an authority that was read, with what it has issued, and delivers its public files and its keys as they rest
 * here: all of it or nothing. Its source is left as it is, and so is every trust store.
 * Throws DEVCA_HOME_UNSAFE, DEVCA_IMPORT_*, and what `deliver` and the key stores throw.
 */
export async function performImport(plan: ImportPlan, home: string, world: World): Promise<ImportOutcome> {
  const keys = await prepareKeys({ ...plan, generation: 1, issuing: issuingKeyOf(plan) }, home, world);
  return withKeys(keys, () => {
    ensureHome(home, world);
    return changeInventory(
      home,
      world,
      (inventory, recovery) => {
        checkAbsent(plan, inventory, placeWords({ home }, world));
        return { ...record(plan, keys, inventory, home, world), whyFile: keys.whyFile, recovery };
      },
      { create: true },
    );
  });
}

const issuingKeyOf = ({ hierarchy }: ImportPlan): WhichKey =>
  hierarchy.intermediate === undefined ? 'root' : 'intermediate';

function record(
  plan: ImportPlan,
  keys: PreparedKeys,
  inventory: Inventory,
  home: string,
  world: World,
): Omit<ImportOutcome, 'whyFile' | 'recovery'> {
  const { name, adoption, hierarchy, constraint } = plan;
  const { list, source, issuesFrom } = adoption;
  const id = (which: WhichKey) => keyId({ name, generation: 1 }, which);
  const issuing = restIn(keys.issuing, id(issuingKeyOf(plan)), hierarchy.issuing.key);
  const { key } = hierarchy.root;
  const kept = keys.root === undefined || key === undefined ? NO_KEY : restIn(keys.root, id('root'), key);
  const isRoot = hierarchy.intermediate === undefined;
  const revoked = list.entries.filter((entry) => entry.revoked !== undefined).length;
  const authority = establishAuthority(
    {
      name,
      generation: 1,
      keyType: hierarchy.issuing.key.type,
      constraint,
      hierarchy: publicHierarchy(hierarchy, list, world),
      rootKey: isRoot ? issuing : kept,
      intermediateKey: isRoot ? NO_KEY : issuing,
      settings: {
        importedFrom: source.kind,
        ...(isRoot ? { issuer: 'root' } : {}),
        ...(list.revokedBefore.length === 0 ? {} : { revokedBefore: list.revokedBefore }),
      },
      event: {
        kind: 'authority-imported',
        details: { from: source.kind, issuesFrom, certificates: list.entries.length, revoked },
      },
      confirm: (authorityId) => recordList(plan, authorityId, inventory, world),
    },
    inventory,
    home,
    world,
  );
  const described = describeAuthority(authority);
  return {
    ...described,
    isDefault: authority.record.isDefault,
    certificates: { taken: list.entries.length, revoked },
    warnings: [...new Set([...plan.warnings, ...described.warnings])],
    notes: plan.notes,
  };
}

const NO_KEY: RestingPlace = { record: { keystore: 'none', id: undefined, check: undefined }, files: [] };

/** Certificates that were out before devca knew of them: they have no files here, and no key. */
function recordList({ adoption }: ImportPlan, authorityId: number, inventory: Inventory, world: World): void {
  const createdAt = world.clock.now();
  for (const { certificate, issuerKey, revoked } of adoption.list.entries) {
    const { der, serialNumber, subject, subjectAltName = [], notBefore, notAfter } = certificate;
    const commonName = commonNameOf(subject);
    const id = inventory.certificates.insert(
      {
        authorityId,
        serialNumber,
        issuerKey,
        sha256: sha256Hex(der),
        profile: IMPORTED_PROFILE,
        subject: formatName(subject),
        names: subjectAltName.flatMap((name) => ('value' in name ? [name.value] : [])),
        alsoFoundBy: commonName === undefined ? [] : [commonName],
        notBefore,
        notAfter,
        keyAlgorithm: keyAlgorithmOf(certificate),
        createdAt,
        der,
      },
      'delivered',
    );
    if (revoked !== undefined)
      inventory.revocations.insert(id, revoked.reason ?? 'unspecified', revoked.revokedAt);
  }
}

/** `EC P-256` as `ec-p256`, `RSA 2048 bits` as `rsa-2048`. */
const keyAlgorithmOf = (certificate: Certificate): string =>
  describePublicKey(certificate)
    .toLowerCase()
    .replace(/ bits$/, '')
    .replace(' p-', '-p')
    .replace(' ', '-');
