import { issuingKey, keyRecord } from '../authority/authority-keys.ts';
import { readHome } from '../authority/home.ts';
import { requireAuthority } from '../authority/open-authority.ts';
import { placeWords } from '../authority/place-flags.ts';
import { changeInventory, type Recovery } from '../authority/recovery.ts';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { AuthorityRecord, KeyRecord } from '../inventory/authorities.ts';
import { askedPassphrase, shortness } from '../keystore/asked-passphrase.ts';
import { keyPath } from '../keystore/key-file.ts';
import type { GivenPassphrase } from '../platform/person.ts';
import type { World } from '../platform/world.ts';
import { sealBackup } from './backup-file.ts';

export interface BackupOutcome {
  readonly authorities: readonly string[];
  readonly keys: number;
  readonly bytes: number;
  readonly recovery: Recovery;
}

/**
 * Writes everything of a home into one new file: the inventory and the keys, as they rest. Throws DEVCA_BACKUP_KEYCHAIN,
 * DEVCA_PASSPHRASE_MISSING, DEVCA_PASSPHRASE_UNUSABLE, DEVCA_FILE_EXISTS.
 */
export async function backUpHome(path: string, home: string, world: World): Promise<BackupOutcome> {
  if (world.files.status(path) !== undefined) throw new DevcaError('DEVCA_FILE_EXISTS', { path });
  // Nobody is asked under the lock, nor for a backup that there will not be.
  readHome(home, world, (inventory) => {
    requireAuthority(inventory, home, world);
    refuseKeychain(inventory.authorities.all(), home, world);
  });
  const passphrase = await backupPassphrase('set', world);
  const { contents, authorities, recovery } = changeInventory(home, world, (inventory, found) => {
    requireAuthority(inventory, home, world);
    const records = inventory.authorities.all();
    refuseKeychain(records, home, world);
    const keys = records.flatMap(keyIds).map((id) => ({ id, bytes: world.files.read(keyPath(home, id)) }));
    return {
      contents: { createdAt: world.clock.now(), inventory: inventory.snapshot(), keys },
      authorities: inventory.authorities.names(),
      recovery: found,
    };
  });
  const sealed = sealBackup(contents, passphrase.text, world.random);
  for (const { bytes } of contents.keys) bytes.fill(0);
  writeWhole(path, sealed, world);
  return { authorities, keys: contents.keys.length, bytes: sealed.length, recovery };
}

/** Half a backup is removed: it would be taken for one. */
function writeWhole(path: string, bytes: Uint8Array, world: World): void {
  try {
    world.files.createExclusive(path, bytes, 0o600);
  } catch (error) {
    if (!isDevcaError(error, 'DEVCA_FILE_EXISTS')) world.files.remove(path);
    throw error;
  }
}

/** Throws DEVCA_PASSPHRASE_MISSING and DEVCA_PASSPHRASE_UNUSABLE. */
export const backupPassphrase = (purpose: 'set' | 'open', world: World): Promise<GivenPassphrase> =>
  askedPassphrase(
    { title: 'the backup', purpose, ...(purpose === 'set' ? { flawOf: shortness } : {}) },
    world,
  );

/** The ids of the keys that are in files of the home. */
export const keyIds = ({ rootKey, intermediateKey }: AuthorityRecord): readonly string[] =>
  [rootKey, intermediateKey].flatMap(({ keystore, id }) =>
    id === undefined || keystore === 'discard' ? [] : [id],
  );

function refuseKeychain(records: readonly AuthorityRecord[], home: string, world: World): void {
  const isBound = ({ keystore }: KeyRecord) => keystore === 'keychain';
  const authorities = [...new Set(records.map(({ name }) => name))]
    .map((name) => {
      const own = records.filter((record) => record.name === name);
      return {
        place: placeWords({ home, authority: name }, world),
        name,
        // What issues is meant by "ca protect" alone, and the root's key by "--root".
        issuing: own.some((record) => isBound(keyRecord(record))),
        root: own.some((record) => issuingKey(record) !== 'root' && isBound(record.rootKey)),
      };
    })
    .filter(({ issuing, root }) => issuing || root);
  if (authorities.length > 0) throw new DevcaError('DEVCA_BACKUP_KEYCHAIN', { authorities });
}
