import { requireAuthority } from '../authority/open-authority.ts';
import { changeInventory, type Recovery } from '../authority/recovery.ts';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { AuthorityRecord } from '../inventory/authorities.ts';
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

/** Fewer characters are guessed, whatever is done to slow that down. */
const SHORTEST_PASSPHRASE = 8;

/**
 * Writes everything of a home into one new file: the inventory and the keys, as they rest. Throws DEVCA_BACKUP_KEYCHAIN,
 * DEVCA_PASSPHRASE_MISSING, DEVCA_PASSPHRASE_UNUSABLE, DEVCA_FILE_EXISTS.
 */
export async function backUpHome(path: string, home: string, world: World): Promise<BackupOutcome> {
  if (world.files.status(path) !== undefined) throw new DevcaError('DEVCA_FILE_EXISTS', { path });
  // Nobody is asked under the lock.
  const passphrase = await backupPassphrase('set', world);
  if ([...passphrase.text].length < SHORTEST_PASSPHRASE) {
    const reason = `it has fewer than ${SHORTEST_PASSPHRASE} characters`;
    throw new DevcaError('DEVCA_PASSPHRASE_UNUSABLE', { source: passphrase.source, reason });
  }
  const { contents, authorities, recovery } = changeInventory(home, world, (inventory, found) => {
    requireAuthority(inventory, home, world);
    const records = inventory.authorities.all();
    refuseKeychain(records);
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

/** Throws DEVCA_PASSPHRASE_MISSING. */
export async function backupPassphrase(purpose: 'set' | 'open', world: World): Promise<GivenPassphrase> {
  const title = 'the backup';
  const given = await world.person.passphrase({ title, purpose });
  if (given === undefined) throw new DevcaError('DEVCA_PASSPHRASE_MISSING', { what: title });
  if (given.text === '')
    throw new DevcaError('DEVCA_PASSPHRASE_UNUSABLE', { source: given.source, reason: 'it is empty' });
  return given;
}

/** The ids of the keys that are in files of the home. */
export const keyIds = ({ rootKey, intermediateKey }: AuthorityRecord): readonly string[] =>
  [rootKey, intermediateKey].flatMap(({ keystore, id }) =>
    id === undefined || keystore === 'discard' ? [] : [id],
  );

function refuseKeychain(records: readonly AuthorityRecord[]): void {
  const bound = records.filter(({ rootKey, intermediateKey }) =>
    [rootKey, intermediateKey].some(({ keystore }) => keystore === 'keychain'),
  );
  if (bound.length === 0) return;
  const authorities = [...new Set(bound.map(({ name }) => name))];
  throw new DevcaError('DEVCA_BACKUP_KEYCHAIN', { authorities });
}
