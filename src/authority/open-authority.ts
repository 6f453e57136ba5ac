import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { AuthorityRecord } from '../inventory/authorities.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import { isKeyStoreKind, type KeyStoreKind, type RestingKey } from '../keystore/key-store.ts';
import { openKey, openKeyAtOnce } from '../keystore/open-key-store.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import type { Signer } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import { issuingKey, keyId, keyRecord, keyTitle, type WhichKey } from './authority-keys.ts';
import { type Constraint, parseConstraint } from './constraint.ts';
import { readHome } from './home.ts';
import { placeWords } from './place-flags.ts';
import { changeInventory } from './recovery.ts';

/** Which authority is meant. */
export interface AuthorityChoice {
  readonly home: string;
  /** Default: the home's default authority. */
  readonly authority?: string;
}

/** A certificate of an authority, with its row in the inventory. */
export interface RecordedCertificate {
  readonly record: CertificateRecord;
  readonly certificate: Certificate;
}

/** One generation of an authority, as the inventory has it. */
export interface Authority {
  readonly home: string;
  readonly record: AuthorityRecord;
  readonly root: RecordedCertificate;
  /** What issues end entities: the intermediate, or the root itself of an authority that was imported without one. */
  readonly issuer: RecordedCertificate;
  readonly constraint: Constraint;
}

/**
 * The latest generation of the authority of that name, or of the default one, without changing anything.
 * Throws DEVCA_AUTHORITY_MISSING, DEVCA_AUTHORITY_CORRUPT, DEVCA_HOME_UNSAFE.
 */
export function openAuthority(home: string, world: World, name?: string): Authority {
  return readHome(home, world, (inventory) => requireAuthority(inventory, home, world, name));
}

/**
 * As `readAuthority`; throws DEVCA_AUTHORITY_MISSING where there is none, DEVCA_AUTHORITY_UNKNOWN where others are there, and
 * DEVCA_AUTHORITY_DESTROYED.
 */
export function requireAuthority(inventory: Inventory, home: string, world: World, name?: string): Authority {
  const authority = readAuthority(inventory, home, world, name);
  if (authority !== undefined) return authority;
  const destroyedAt = name === undefined ? undefined : inventory.authorities.destroyedAt(name);
  if (name !== undefined && destroyedAt !== undefined)
    throw new DevcaError('DEVCA_AUTHORITY_DESTROYED', {
      name,
      since: destroyedAt.toISOString(),
      homeFlag: placeWords({ home }, world),
    });
  const known = inventory.authorities.names();
  if (name === undefined || known.length === 0) throw new DevcaError('DEVCA_AUTHORITY_MISSING', { home });
  throw new DevcaError('DEVCA_AUTHORITY_UNKNOWN', { name, known, homeFlag: placeWords({ home }, world) });
}

/** The latest generation of an authority from an open inventory. */
export function readAuthority(
  inventory: Inventory,
  home: string,
  world: World,
  name?: string,
): Authority | undefined {
  const record = inventory.authorities.latest(name);
  return record === undefined ? undefined : authorityOf(record, inventory, home, world);
}

/** The generation of a record. Throws DEVCA_AUTHORITY_CORRUPT. */
export function authorityOf(
  record: AuthorityRecord,
  inventory: Inventory,
  home: string,
  world: World,
): Authority {
  const certificateOf = (profile: 'root' | 'intermediate'): RecordedCertificate => {
    const [row] = inventory.certificates.list({
      at: world.clock.now(),
      authorityId: record.id,
      profile,
      limit: 1,
    });
    const der = row === undefined ? undefined : inventory.certificates.der(row.id);
    if (row === undefined || der === undefined) throw corrupt(home, `the inventory has no ${profile}`);
    return { record: row, certificate: parseRecorded(der, profile, home) };
  };
  const constraint = parseConstraint(record.settings['constraint']);
  if (constraint === undefined) throw corrupt(home, 'the inventory has no constraint for it');
  const root = certificateOf('root');
  const issuer = issuingKey(record) === 'root' ? root : certificateOf('intermediate');
  return { home, record, root, issuer, constraint };
}

/** Whether end entities hang on the root itself, so that nothing stands between the two. */
export const issuesFromRoot = ({ root, issuer }: Pick<Authority, 'root' | 'issuer'>): boolean =>
  root.record.id === issuer.record.id;

/**
 * Opens the key that issues, or of the root where that was kept. May ask somebody, so never under a lock. Throws
 * DEVCA_KEYSTORE_*, DEVCA_KEYCHAIN_*, DEVCA_PASSPHRASE_*, and DEVCA_AUTHORITY_CORRUPT where it is another key.
 */
export async function openSigner(
  authority: Authority,
  world: World,
  which: WhichKey = issuingKey(authority.record),
): Promise<Signer> {
  const { kind, key } = restingKey(authority, which);
  const open = () => openKey(kind, key, authority.home, world);
  try {
    return requireOwn(await open(), authority, which);
  } catch (error) {
    // A run that moves the key may have been interrupted between the inventory and the file.
    if (!isDevcaError(error, 'DEVCA_KEYSTORE_KEY_CORRUPT') || !hasRecovered(authority.home, world))
      throw error;
    return requireOwn(await open(), authority, which);
  }
}

/** The key that issues, where nobody has to be asked for it; undefined elsewhere. Throws as `openSigner`. */
export function openSignerAtOnce(authority: Authority, world: World): Signer | undefined {
  const which = issuingKey(authority.record);
  const { kind, key } = restingKey(authority, which);
  const signer = openKeyAtOnce(kind, key.id, authority.home, world);
  return signer === undefined ? undefined : requireOwn(signer, authority, which);
}

/** A key as the inventory knows it. Throws DEVCA_AUTHORITY_CORRUPT for one in a place that this devca does not know. */
export function restingKey(
  { home, record }: Authority,
  which: WhichKey,
): { readonly kind: KeyStoreKind; readonly key: RestingKey } {
  const { keystore, id, check } = keyRecord(record, which);
  if (id === undefined || !isKeyStoreKind(keystore))
    throw corrupt(home, `the ${which}'s key rests in "${keystore}", which this devca does not know`);
  return { kind: keystore, key: { id, check, title: keyTitle(record, which) } };
}

/** Throws DEVCA_AUTHORITY_CORRUPT where a key is not that of the certificate. */
export function requireOwn<Key extends Pick<Signer, 'subjectPublicKeyInfo'>>(
  key: Key,
  authority: Authority,
  which: WhichKey,
): Key {
  const { certificate } = which === 'root' ? authority.root : authority.issuer;
  if (bytesEqual(key.subjectPublicKeyInfo, certificate.subjectPublicKeyInfo)) return key;
  throw corrupt(authority.home, `the key "${keyId(authority.record, which)}" is not the ${which}'s`);
}

/** Whether an interrupted run was completed by this. */
function hasRecovered(home: string, world: World): boolean {
  try {
    return changeInventory(home, world, (_, { completed }) => completed.length > 0);
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return false;
  }
}

function parseRecorded(der: Uint8Array, profile: string, home: string): Certificate {
  try {
    return parseCertificate(der);
  } catch (cause) {
    if (!isDevcaError(cause)) throw cause;
    throw corrupt(home, `its ${profile} is not a certificate any more`);
  }
}

const corrupt = (home: string, reason: string): DevcaError =>
  new DevcaError('DEVCA_AUTHORITY_CORRUPT', { home, reason });
