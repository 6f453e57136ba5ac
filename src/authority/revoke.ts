import { DevcaError } from '../errors/devca-error.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import type { RevokedEntry } from '../pki/crl-builder.ts';
import type { World } from '../platform/world.ts';
import { type CrlOutcome, type CrlPlace, openSigners, signCrls } from './crl.ts';
import { liveGenerations, readHome } from './generations.ts';
import { type Authority, authorityOf } from './open-authority.ts';
import { changeInventory } from './recovery.ts';
import { findRevocable } from './revoke-target.ts';

/**
 * Why devca revokes, by the names of RFC 5280 section 5.3.1. Not `certificateHold` and `removeFromCRL`, since it takes
 * nothing back; nor the reasons that are for the certificates of authorities.
 */
export const REVOCATION_REASONS = [
  'unspecified',
  'keyCompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'privilegeWithdrawn',
] as const;

export type RevocationReason = (typeof REVOCATION_REASONS)[number];

export interface RevokedCertificate {
  readonly serialNumber: string;
  readonly sha256: string;
  readonly names: readonly string[];
  readonly profile: string;
  readonly authority: string;
  readonly reason: RevocationReason;
  readonly revokedAt: Date;
}

export interface RevokeOutcome extends CrlOutcome {
  readonly revoked: readonly RevokedCertificate[];
}

/** Throws DEVCA_REVOKE_REASON. */
export function parseRevocationReason(text: string): RevocationReason {
  const reason = REVOCATION_REASONS.find((each) => each.toLowerCase() === text.toLowerCase());
  if (reason === undefined)
    throw new DevcaError('DEVCA_REVOKE_REASON', { reason: text, known: REVOCATION_REASONS });
  return reason;
}

/**
 * Revokes certificates of one authority and signs the list that says so, all or nothing. What each of `whats` may be,
 * and what is thrown for it, is `findRevocable`'s.
 */
export async function revokeCertificates(
  whats: readonly string[],
  reason: RevocationReason,
  place: CrlPlace,
  world: World,
): Promise<RevokeOutcome> {
  const { home } = place;
  const { authorities } = previewRevocation(whats, place, world);
  const signers = await openSigners(authorities, world);
  return changeInventory(home, world, (inventory, recovery) => {
    const records = findAll(whats, place.authority, inventory, world);
    const now = world.clock.now();
    const outcomes = namesOf(records, inventory).map((name) => {
      const own = records.filter(({ authorityId }) => inventory.authorities.byId(authorityId)?.name === name);
      return revokeOf(name, own, { reason, now, signers, home }, inventory, world);
    });
    return {
      revoked: records.map((record) => describe(record, reason, now, inventory)),
      lists: outcomes.flatMap(({ lists }) => lists),
      files: outcomes.flatMap(({ files }) => files),
      recovery,
    };
  });
}

/** What would be revoked, and the generations whose keys are needed for it. Changes nothing. */
export function previewRevocation(
  whats: readonly string[],
  { home, authority }: CrlPlace,
  world: World,
): { records: readonly CertificateRecord[]; authorities: readonly Authority[] } {
  return readHome(home, world, (inventory) => {
    liveGenerations(inventory, home, world, authority);
    const records = findAll(whats, authority, inventory, world);
    const ids = [...new Set(records.map(({ authorityId }) => authorityId))];
    const authorities = ids.flatMap((id) => {
      const record = inventory.authorities.byId(id);
      // Nobody trusts what a retired generation signs, and its key is gone.
      return record === undefined || record.retiredAt !== undefined
        ? []
        : [authorityOf(record, inventory, home, world)];
    });
    return { records, authorities };
  });
}

interface Revocation {
  readonly reason: RevocationReason;
  readonly now: Date;
  readonly signers: Awaited<ReturnType<typeof openSigners>>;
  readonly home: string;
}

function revokeOf(
  name: string,
  records: readonly CertificateRecord[],
  { reason, now, signers, home }: Revocation,
  inventory: Inventory,
  world: World,
): Omit<CrlOutcome, 'recovery'> {
  const generations = liveGenerations(inventory, home, world, name);
  const newlyRevoked = new Map<number, readonly RevokedEntry[]>();
  for (const { serialNumber, authorityId } of records) {
    const entry = { serialNumber, reason, revokedAt: now };
    newlyRevoked.set(authorityId, [...(newlyRevoked.get(authorityId) ?? []), entry]);
  }
  const confirm = () => {
    for (const { id, serialNumber, names } of records) {
      inventory.revocations.insert(id, reason, now);
      inventory.events.append({
        kind: 'certificate-revoked',
        at: now,
        details: { serial: serialNumber, names, reason },
      });
    }
  };
  return signCrls({ generations, signers, newlyRevoked, confirm }, inventory, home, world);
}

/** What is named twice is there once. */
function findAll(
  whats: readonly string[],
  authority: string | undefined,
  inventory: Inventory,
  world: World,
): readonly CertificateRecord[] {
  const records = whats.map((what) => findRevocable(what, authority, inventory, world));
  return [...new Map(records.map((record) => [record.id, record])).values()];
}

const namesOf = (records: readonly CertificateRecord[], inventory: Inventory): readonly string[] => [
  ...new Set(records.map(({ authorityId }) => inventory.authorities.byId(authorityId)?.name ?? '')),
];

function describe(
  record: CertificateRecord,
  reason: RevocationReason,
  revokedAt: Date,
  inventory: Inventory,
): RevokedCertificate {
  const { serialNumber, sha256, names, profile, authorityId } = record;
  const authority = inventory.authorities.byId(authorityId)?.name ?? '';
  return { serialNumber, sha256, names, profile, authority, reason, revokedAt };
}
