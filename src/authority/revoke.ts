import { DevcaError } from '../errors/devca-error.ts';
import { IMPORTED_PROFILE } from '../inventory/certificate-query.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import { isKeyStoreKind } from '../keystore/key-store.ts';
import { parseCertificate } from '../pki/certificate.ts';
import type { RevokedEntry } from '../pki/crl-builder.ts';
import { formatName } from '../pki/name-text.ts';
import type { World } from '../platform/world.ts';
import { type CrlOutcome, openSigners, signCrls } from './crl.ts';
import { liveGenerations } from './generations.ts';
import { readHome } from './home.ts';
import { signerOf } from './issuer-key.ts';
import { type Authority, type AuthorityChoice, authorityOf } from './open-authority.ts';
import { changeInventory } from './recovery.ts';
import { findRevocable, titlesOf } from './revoke-target.ts';

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
  place: AuthorityChoice,
  world: World,
): Promise<RevokeOutcome> {
  const { home } = place;
  const { authorities, roots } = previewRevocation(whats, place, world);
  const signers = await openSigners(authorities, world);
  const rootSigners = await openSigners(roots, world, 'root');
  return changeInventory(home, world, (inventory, recovery) => {
    const records = findAll(whats, place.authority, inventory, world);
    const now = world.clock.now();
    const outcomes = namesOf(records, inventory).map((name) => {
      const own = records.filter(({ authorityId }) => inventory.authorities.byId(authorityId)?.name === name);
      return revokeOf(name, own, { reason, now, signers, rootSigners, home }, inventory, world);
    });
    return {
      revoked: records.map((record) => describe(record, reason, now, inventory)),
      lists: outcomes.flatMap(({ lists }) => lists),
      files: outcomes.flatMap(({ files }) => files),
      staleCopies: outcomes.flatMap(({ staleCopies }) => staleCopies),
      recovery,
    };
  });
}

/**
 * What would be revoked, and the generations whose keys are needed for it: `roots` are those of which the root has signed
 * some of it, although it does not issue. Changes nothing. Throws DEVCA_REVOKE_IMPORTED.
 */
export function previewRevocation(
  whats: readonly string[],
  { home, authority }: AuthorityChoice,
  world: World,
): {
  records: readonly CertificateRecord[];
  authorities: readonly Authority[];
  roots: readonly Authority[];
} {
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
    const roots = authorities.filter((authority) =>
      records.some((record) => needsRoot(record, authority, inventory)),
    );
    return { records, authorities, roots };
  });
}

/** Whether the root's own list is the one to name a certificate, although the root does not issue. */
function needsRoot(record: CertificateRecord, authority: Authority, inventory: Inventory): boolean {
  if (record.authorityId !== authority.record.id || record.profile !== IMPORTED_PROFILE) return false;
  const { root, issuer } = authority;
  const signer = signerOf(record, authority);
  const isRoots = signer === root && root !== issuer;
  if (signer !== undefined && !(isRoots && !isKeyStoreKind(authority.record.rootKey.keystore)))
    return isRoots;
  const certificate = parseCertificate(inventory.certificates.der(record.id) ?? new Uint8Array());
  throw new DevcaError('DEVCA_REVOKE_IMPORTED', {
    serial: record.serialNumber,
    names: titlesOf(record),
    issuer: formatName(certificate.issuer),
  });
}

interface Revocation {
  readonly reason: RevocationReason;
  readonly now: Date;
  readonly signers: Awaited<ReturnType<typeof openSigners>>;
  readonly rootSigners: Awaited<ReturnType<typeof openSigners>>;
  readonly home: string;
}

function revokeOf(
  name: string,
  records: readonly CertificateRecord[],
  { reason, now, signers, rootSigners, home }: Revocation,
  inventory: Inventory,
  world: World,
): Omit<CrlOutcome, 'recovery'> {
  const generations = liveGenerations(inventory, home, world, name);
  const newlyRevoked = new Map<number, readonly RevokedEntry[]>();
  for (const record of records) {
    const { serialNumber, authorityId } = record;
    const authority = generations.find((each) => each.record.id === authorityId);
    const signer = authority === undefined ? undefined : signerOf(record, authority);
    if (signer === undefined) continue;
    const entry = { serialNumber, reason, revokedAt: now };
    newlyRevoked.set(signer.record.id, [...(newlyRevoked.get(signer.record.id) ?? []), entry]);
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
  return signCrls({ generations, signers, rootSigners, newlyRevoked, confirm }, inventory, home, world);
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
  const { serialNumber, sha256, profile, authorityId } = record;
  const names = titlesOf(record);
  const authority = inventory.authorities.byId(authorityId)?.name ?? '';
  return { serialNumber, sha256, names, profile, authority, reason, revokedAt };
}
