import { DevcaError } from '../errors/devca-error.ts';
import { AUTHORITY_PROFILES, IMPORTED_PROFILE } from '../inventory/certificate-query.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import { certificateDigits } from '../inventory/meant-certificates.ts';
import type { World } from '../platform/world.ts';
import { generationIds, isOfDestroyed } from './generations.ts';
import { certificatesNamed, titlesOf } from './revoke-target.ts';
import { commandForSameAgain } from './same-again.ts';

/** Which certificates are to be renewed. */
export type RenewalChoice = Selection & {
  /** Only those of this authority. */
  readonly authority?: string;
};

type Selection =
  /** Names, serial numbers, fingerprints, files. */
  | { readonly kind: 'these'; readonly whats: readonly string[] }
  /** Those with a third of their life left or less, as Let's Encrypt and cert-manager have it, or those that end within a time. */
  | { readonly kind: 'due'; readonly withinMs?: number }
  | { readonly kind: 'all' };

export interface ChosenCertificates {
  /** What ends first comes first. */
  readonly chosen: readonly CertificateRecord[];
  /** Left alone, since no file of them is there any more. */
  readonly gone: readonly CertificateRecord[];
}

/** When a certificate becomes due: as `last-third` of `CertificateFilter` has it. */
export const dueTime = ({ notBefore, notAfter }: { notBefore: Date; notAfter: Date }): Date =>
  new Date(notAfter.getTime() - Math.floor((notAfter.getTime() - notBefore.getTime()) / 3000) * 1000);

/**
 * Looks up what is to be renewed. What was named must be in use and have files: DEVCA_INVENTORY_UNKNOWN and
 * DEVCA_RENEWAL_* say why it is not; a revoked certificate may still get a new key. Throws DEVCA_AUTHORITY_UNKNOWN.
 */
export function chooseCertificates(
  choice: RenewalChoice,
  key: 'same' | 'new',
  inventory: Inventory,
  world: World,
): ChosenCertificates {
  const { authority } = choice;
  const authorityIds = authority === undefined ? undefined : generationIds(inventory, authority, world);
  if (choice.kind === 'these') {
    const chosen = choice.whats.map((what) => findRenewable(what, authority, key, inventory, world));
    return { chosen: [...new Map(chosen.map((record) => [record.id, record])).values()], gone: [] };
  }
  const at = world.clock.now();
  const renewable =
    choice.kind === 'all'
      ? 'all'
      : choice.withinMs === undefined
        ? 'last-third'
        : new Date(at.getTime() + choice.withinMs);
  const ofAuthority = authorityIds === undefined ? {} : { authorityIds };
  const records = inventory.certificates.list({ at, renewable, ...ofAuthority }).toReversed();
  // Those that were issued in bulk never had a file: whoever has them looks after them.
  const delivered = records.filter((record) => filesOf(record, inventory).length > 0);
  const present = new Set(delivered.filter((record) => hasFiles(record, inventory, world)));
  return { chosen: [...present], gone: delivered.filter((record) => !present.has(record)) };
}

/** The files that a certificate has, as far as no other has taken their places. */
export const filesOf = ({ id }: CertificateRecord, inventory: Inventory): readonly DeliveryRecord[] =>
  inventory.deliveries.current({ table: 'certificates', id });

/** Whether any of them is there still. */
export const hasFiles = (record: CertificateRecord, inventory: Inventory, world: World): boolean =>
  areInPlace(filesOf(record, inventory), world);

export const areInPlace = (files: readonly DeliveryRecord[], world: World): boolean =>
  files.some(({ path }) => world.files.status(path) !== undefined);

function findRenewable(
  what: string,
  authority: string | undefined,
  key: 'same' | 'new',
  inventory: Inventory,
  world: World,
): CertificateRecord {
  const found = certificatesNamed(what, authority, inventory, world);
  const [newest] = found;
  if (newest === undefined) throw new DevcaError('DEVCA_INVENTORY_UNKNOWN', { what, authority });
  const ends = found.filter(({ profile }) => !AUTHORITY_PROFILES.includes(profile));
  if (ends.length === 0) throw new DevcaError('DEVCA_RENEWAL_AUTHORITY', { what, profile: newest.profile });
  const current = ends.filter(({ replacedBy }) => replacedBy === undefined);
  const open = current.filter(({ revokedAt }) => revokedAt === undefined);
  const withFiles = open.filter((record) => hasFiles(record, inventory, world));
  const usable = withFiles.filter((each) => !isOfDestroyed(each, inventory));
  const [record, ...others] =
    [usable, withFiles, open, key === 'new' ? current : [], ends].find((list) => list.length > 0) ?? [];
  if (record === undefined) throw new DevcaError('DEVCA_INVENTORY_UNKNOWN', { what });
  if (record.profile === IMPORTED_PROFILE)
    throw new DevcaError('DEVCA_IMPORT_NOT_HELD', { ...described(record), isWithKey: true });
  refuseEnded(record, key, inventory);
  if (others.length > 0 && record.replacedBy === undefined) {
    const serials = [record, ...others].map((each) => certificateDigits(each, inventory));
    throw new DevcaError('DEVCA_RENEWAL_AMBIGUOUS', { what, serials });
  }
  if (!hasFiles(record, inventory, world)) {
    const files = filesOf(record, inventory);
    const paths = files.map(({ path }) => path);
    const again = commandForSameAgain(record, files, inventory, world);
    throw new DevcaError('DEVCA_RENEWAL_FILES_GONE', { ...described(record), paths, again });
  }
  return record;
}

function refuseEnded(record: CertificateRecord, key: 'same' | 'new', inventory: Inventory): void {
  if (record.replacedBy !== undefined) {
    const by = latestOf(record, inventory).serialNumber;
    throw new DevcaError('DEVCA_RENEWAL_REPLACED', { ...described(record), by });
  }
  if (record.revokedAt !== undefined && key === 'same')
    throw new DevcaError('DEVCA_RENEWAL_REVOKED', described(record));
}

/** What came of a certificate after all that has replaced it. */
function latestOf(record: CertificateRecord, inventory: Inventory): CertificateRecord {
  const next = record.replacedBy === undefined ? undefined : inventory.certificates.byId(record.replacedBy);
  return next === undefined ? record : latestOf(next, inventory);
}

/** What error messages say of a certificate. */
export const described = (record: CertificateRecord) => ({
  names: titlesOf(record),
  serial: record.serialNumber,
});
