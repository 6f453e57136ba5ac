import { resolve } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import { AUTHORITY_PROFILES } from '../inventory/certificate-query.ts';
import { certificateStatus } from '../inventory/certificate-status.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import { certificateDigits } from '../inventory/meant-certificates.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { decodePem } from '../pki/pem.ts';
import type { World } from '../platform/world.ts';
import { isOfDestroyed } from './generations.ts';

/** No certificate file is larger. */
const FILE_LIMIT = 1024 * 1024;

/**
 * The end entity that a name, serial number, fingerprint or file means. Of several, the one that is in use; where that
 * does not settle it, somebody has to say which. `authority` narrows it to one authority.
 * Throws DEVCA_INVENTORY_UNKNOWN, DEVCA_REVOKE_AUTHORITY, DEVCA_REVOKE_AMBIGUOUS, DEVCA_REVOKE_ALREADY.
 */
export function findRevocable(
  what: string,
  authority: string | undefined,
  inventory: Inventory,
  world: World,
): CertificateRecord {
  const found = certificatesNamed(what, authority, inventory, world);
  const ends = found.filter(({ profile }) => !AUTHORITY_PROFILES.includes(profile));
  const [first] = found;
  if (first === undefined) {
    const isFile = world.files.statusOfTarget(resolve(world.system.workingFolder, what))?.kind === 'file';
    throw new DevcaError('DEVCA_INVENTORY_UNKNOWN', { what, isFile, authority });
  }
  if (ends.length === 0) throw new DevcaError('DEVCA_REVOKE_AUTHORITY', { what, profile: first.profile });
  const at = world.clock.now();
  const live = ends.filter((each) => ['valid', 'not-yet-valid'].includes(certificateStatus(each, at)));
  const usable = live.filter((each) => !isOfDestroyed(each, inventory));
  const open = ends.filter(({ revokedAt }) => revokedAt === undefined);
  const [record, ...others] = [usable, live, open, ends].find((list) => list.length > 0) ?? [];
  if (record === undefined) throw new DevcaError('DEVCA_INVENTORY_UNKNOWN', { what });
  if (record.revokedAt !== undefined) throw alreadyRevoked(record, inventory);
  if (others.length > 0) {
    const serials = [record, ...others].map((each) => certificateDigits(each, inventory));
    throw new DevcaError('DEVCA_REVOKE_AMBIGUOUS', { what, serials });
  }
  return record;
}

/**
 * Every certificate that a name, serial number or fingerprint means, newest first; or the one that a file holds. `authority`
 * narrows them to those of one.
 */
export function certificatesNamed(
  what: string,
  authority: string | undefined,
  inventory: Inventory,
  world: World,
): readonly CertificateRecord[] {
  return allNamed(what, inventory, world).filter(
    ({ authorityId }) =>
      authority === undefined || inventory.authorities.byId(authorityId)?.name === authority,
  );
}

/** What was imported may have no name but its subject. */
export const titlesOf = ({ names, subject }: CertificateRecord): readonly string[] =>
  names.length === 0 ? [subject] : names;

function allNamed(what: string, inventory: Inventory, world: World): readonly CertificateRecord[] {
  const path = resolve(world.system.workingFolder, what);
  if (world.files.statusOfTarget(path)?.kind !== 'file') return inventory.certificates.find(what);
  const bytes = world.files.read(path, FILE_LIMIT);
  const der =
    bytes[0] === 0x30
      ? bytes
      : decodePem(Buffer.from(bytes).toString('utf8'), what).find(({ label }) => label === 'CERTIFICATE')
          ?.der;
  if (der === undefined) throw new DevcaError('DEVCA_CERTIFICATE_NONE', { source: what, labels: [] });
  const record = inventory.certificates.bySha256(sha256Hex(der));
  return record === undefined ? [] : [record];
}

function alreadyRevoked(record: CertificateRecord, inventory: Inventory): DevcaError {
  return new DevcaError('DEVCA_REVOKE_ALREADY', {
    serial: record.serialNumber,
    names: titlesOf(record),
    since: record.revokedAt?.toISOString() ?? '',
    reason: inventory.revocations.byCertificate(record.id)?.reason ?? 'unspecified',
  });
}
