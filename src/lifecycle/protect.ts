import { issuingKey, keyId, keyRecord, keyTitle, type WhichKey } from '../authority/authority-keys.ts';
import { deliver } from '../authority/delivery.ts';
import { openGenerations } from '../authority/generations.ts';
import { type Authority, requireOwn, restingKey } from '../authority/open-authority.ts';
import { changeInventory, type Recovery } from '../authority/recovery.ts';
import { DevcaError } from '../errors/devca-error.ts';
import type { KeyRecord } from '../inventory/authorities.ts';
import type { Inventory } from '../inventory/database.ts';
import { isKeyStoreKind, type KeyStoreKind } from '../keystore/key-store.ts';
import { keyRemainder, type ResealedKey, resealKey } from '../keystore/open-key-store.ts';
import type { World } from '../platform/world.ts';

export interface ProtectRequest {
  /** Default: the home's default authority. */
  readonly authority?: string;
  readonly keystore: KeyStoreKind;
  /** Default: the one that issues. */
  readonly which?: WhichKey;
}

export interface MovedKey {
  readonly generation: number;
  readonly from: string;
  readonly file: string;
}

export interface ProtectOutcome {
  readonly name: string;
  readonly which: WhichKey;
  readonly keystore: KeyStoreKind;
  /** Of every live generation, latest first; empty where all rest in files already and are to. */
  readonly moved: readonly MovedKey[];
  readonly recovery: Recovery | undefined;
}

/**
 * Moves the keys of an authority's live generations to another key store, or anew to the same (another passphrase,
 * another entry of the keychain). No certificate changes. Each key is opened, sealed, and opened once from what was
 * sealed; then its file is replaced as every file is delivered, so that a crash leaves the key in the old place or in the
 * new one. What the keychain had for it goes last.
 * Throws DEVCA_KEYSTORE_DISCARDED, DEVCA_KEYSTORE_CHANGED, and what `openSigner` and `prepareKeys` throw.
 */
export async function protectKeys(
  request: ProtectRequest,
  home: string,
  world: World,
): Promise<ProtectOutcome> {
  const { keystore } = request;
  const generations = openGenerations(home, world, request.authority);
  const [{ record }] = generations;
  const whichOf = (each: Authority): WhichKey => request.which ?? issuingKey(each.record);
  const which = whichOf(generations[0]);
  const outcome = { name: record.name, which, keystore };
  if (!isKeyStoreKind(keyRecord(record, which).keystore))
    throw new DevcaError('DEVCA_KEYSTORE_DISCARDED', { name: record.name });
  const moves: Move[] = [];
  for (const authority of generations) {
    const own = whichOf(authority);
    const { keystore: from } = keyRecord(authority.record, own);
    if (!isKeyStoreKind(from) || (from === 'file' && keystore === 'file')) continue;
    moves.push(await reseal(authority, own, keystore, world));
  }
  if (moves.length === 0) return { ...outcome, moved: [], recovery: undefined };
  const recovery = changeInventory(home, world, (inventory, recovery) => {
    replace(moves, outcome, inventory, world);
    return recovery;
  });
  for (const { removeRemainder } of moves) await removeRemainder();
  const moved = moves.map(({ authority, which: own, sealed }): MovedKey => {
    const { generation } = authority.record;
    return { generation, from: keyRecord(authority.record, own).keystore, file: sealed.file.path };
  });
  return { ...outcome, moved, recovery };
}

interface Move {
  readonly authority: Authority;
  readonly which: WhichKey;
  readonly sealed: ResealedKey;
  /** Removes what the place before has outside of the home. */
  readonly removeRemainder: () => Promise<void>;
}

async function reseal(
  authority: Authority,
  which: WhichKey,
  kind: KeyStoreKind,
  world: World,
): Promise<Move> {
  const { home, record } = authority;
  const from = restingKey(authority, which);
  const removeRemainder = await keyRemainder(from.kind, from.key.id, home, world);
  const to = {
    kind,
    request: {
      id: keyId(record, which),
      // Asked once for all generations.
      title: keyTitle({ name: record.name, generation: 1 }, which),
      purpose: from.kind === 'passphrase' ? 'change' : 'set',
    },
  } as const;
  const sealed = requireOwn(await resealKey(from, to, home, world), authority, which);
  return { authority, which, sealed, removeRemainder };
}

/** Must run within `changeInventory`. */
function replace(
  moves: readonly Move[],
  { name, keystore }: Pick<ProtectOutcome, 'name' | 'keystore'>,
  inventory: Inventory,
  world: World,
): void {
  for (const { authority, which } of moves) {
    const present = inventory.authorities.byId(authority.record.id);
    if (
      present === undefined ||
      present.retiredAt !== undefined ||
      !isSameKey(keyRecord(present, which), keyRecord(authority.record, which))
    )
      throw new DevcaError('DEVCA_KEYSTORE_CHANGED', { name });
  }
  deliver(
    {
      // The file is devca's own, and was just opened as the right one, whatever has been put back from a backup.
      force: true,
      folderMode: 0o700,
      record: () =>
        moves.map(({ authority, sealed }) => ({
          owner: { table: 'authorities', id: authority.record.id },
          files: [{ ...sealed.file, format: 'key' }],
        })),
      confirm: () => {
        for (const { authority, which, sealed } of moves) {
          const { id, generation } = authority.record;
          inventory.authorities.setKey(id, which, {
            keystore,
            id: keyId(authority.record, which),
            check: sealed.check,
          });
          inventory.events.append({
            kind: 'key-moved',
            at: world.clock.now(),
            details: {
              name,
              generation,
              key: which,
              from: keyRecord(authority.record, which).keystore,
              to: keystore,
            },
          });
        }
      },
    },
    inventory,
    world,
  );
}

const isSameKey = (a: KeyRecord, b: KeyRecord): boolean =>
  a.keystore === b.keystore && a.id === b.id && a.check === b.check;
