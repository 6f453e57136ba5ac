import { DevcaError } from '../errors/devca-error.ts';
import { AUTHORITY_PROFILES } from './certificate-query.ts';
import type { CertificateRecord } from './certificates.ts';
import type { Inventory } from './database.ts';

/** What narrows what is meant. */
export interface MeantFilter {
  readonly endEntitiesOnly?: boolean;
  /** Those of these generations; of all where it is left out. */
  readonly authorityIds?: readonly number[] | undefined;
}

/**
 * The certificates that a name means, newest first, or the one that a serial number, a fingerprint or its beginning means.
 * Throws DEVCA_INVENTORY_AMBIGUOUS where such digits mean several.
 */
export function meantCertificates(
  what: string,
  inventory: Inventory,
  { endEntitiesOnly = false, authorityIds }: MeantFilter = {},
): readonly CertificateRecord[] {
  const { certificates } = inventory;
  const found = certificates
    .find(what)
    .filter(({ profile }) => !endEntitiesOnly || !AUTHORITY_PROFILES.includes(profile))
    .filter(({ authorityId }) => authorityIds?.includes(authorityId) ?? true);
  if (found.length < 2 || certificates.byName(what, 1).length > 0) return found;
  throw new DevcaError('DEVCA_INVENTORY_AMBIGUOUS', {
    what,
    certificates: found.map((record) => {
      return { digits: certificateDigits(record, inventory), subject: record.subject };
    }),
  });
}

/** Digits that mean a certificate and no other: its serial number, or, where another issuer has used that too, its fingerprint. */
export const certificateDigits = (
  { serialNumber, sha256 }: Pick<CertificateRecord, 'serialNumber' | 'sha256'>,
  { certificates }: Inventory,
): string => (certificates.bySerial(serialNumber).length > 1 ? sha256.slice(0, 16) : serialNumber);
