import { join } from 'node:path';
import { sameStanding, standingAt } from '../authority/delivery-target.ts';
import { certificateFolder, readHome } from '../authority/home.ts';
import { changeInventory } from '../authority/recovery.ts';
import { destroyAuthority } from '../authority/retire.ts';
import type { AuthorityRecord } from '../inventory/authorities.ts';
import { AUTHORITY_PROFILES } from '../inventory/certificate-query.ts';
import { type Inventory, removeInventory } from '../inventory/database.ts';
import type { DeliveryOwner, DeliveryRecord } from '../inventory/deliveries.ts';
import { lockPath } from '../inventory/lock.ts';
import { keyFolder } from '../keystore/key-file.ts';
import { keyRemainder } from '../keystore/open-key-store.ts';
import type { World } from '../platform/world.ts';
import { removeRuntimeFiles } from '../runtimes/own-files.ts';
import { type RootRemoval, uninstallRoots } from '../truststore/trust.ts';
import { type Destruction, destructionTarget, planDestruction } from './destroy-plan.ts';
import { type RemainingTrust, remainingTrust } from './remaining-trust.ts';

export interface DestroyRequest {
  /** One of several. Default: all of the home. */
  readonly authority?: string | undefined;
  /** Leaves every trust store alone. */
  readonly noTrust?: boolean;
}

export interface DestroyOutcome extends Destruction {
  /** False where a store could not be changed: then nothing was destroyed, so that it can be tried again. */
  readonly destroyed: boolean;
  readonly trust: readonly RootRemoval[];
  /** Stores that trust a root all the same, because something other than devca put it there. */
  readonly remaining: readonly RemainingTrust[];
  readonly removed: readonly string[];
  /** What devca did not write, or what was changed since, and so is left in the home. */
  readonly left: readonly string[];
}

/**
 * Takes the roots out of every store, then destroys the keys and the public files, in this order: a run that is killed
 * leaves nothing trusted whose key is gone, and the next one goes on where it ended. With all authorities of a home its
 * inventory goes last; of one of several, what it has issued stays in there. Throws as `planDestruction`.
 */
export async function destroy(request: DestroyRequest, home: string, world: World): Promise<DestroyOutcome> {
  const { authority, noTrust = false } = request;
  const plan = await planDestruction(authority, home, world);
  const trust = await uninstallRoots(noTrust ? [] : plan.anchors, {}, world);
  const remaining = await remainingTrust(trust, world);
  if (trust.some(({ outcomes }) => outcomes.some(({ error }) => error !== undefined)))
    return { ...plan, destroyed: false, trust, remaining, removed: [], left: [] };
  const records = readHome(home, world, (inventory) => {
    return destructionTarget(authority, inventory, home, world).records;
  });
  const remainders = await Promise.all(
    records.flatMap(keysOf).map(({ keystore, id }) => keyRemainder(keystore, id, home, world)),
  );
  const removed =
    plan.isWhole || authority === undefined
      ? endHome(plan, home, world)
      : endAuthority(authority, records, plan, home, world);
  // Another process has made a generation of it, which stores may trust.
  if (removed === undefined) return destroy(request, home, world);
  for (const remove of remainders) await remove();
  if (!plan.isWhole) return { ...plan, destroyed: true, trust, remaining, ...removed };
  world.files.remove(lockPath(home));
  const left = removeOwnFolders(home, plan.staying, world);
  return { ...plan, destroyed: true, trust, remaining, removed: removed.removed, left };
}

type Ended = Pick<DestroyOutcome, 'removed' | 'left'>;

function endHome(plan: Destruction, home: string, world: World): Ended {
  return changeInventory(home, world, (inventory) => {
    const paths = [
      ...removeUnused(plan, world),
      ...removeKeys(home, world),
      ...removePublicFiles(inventory, world),
    ];
    removeInventory(inventory, world);
    return { removed: [...paths, inventory.path], left: [] };
  });
}

/** `undefined` where there are other generations of it than were looked at. */
function endAuthority(
  name: string,
  planned: readonly AuthorityRecord[],
  plan: Destruction,
  home: string,
  world: World,
): Ended | undefined {
  return changeInventory(home, world, (inventory) => {
    const { records, heir } = destructionTarget(name, inventory, home, world);
    if (records.some(({ id }) => !planned.some((each) => each.id === id))) return undefined;
    const files = records.flatMap(({ id }) => publicDeliveries(inventory, world, id));
    const removed = [...removeUnused(plan, world), ...destroyAuthority(name, heir, inventory, home, world)];
    const left = files.map(({ path }) => path).filter((path) => world.files.status(path) !== undefined);
    return { removed, left };
  });
}

const removeUnused = ({ runtimeFiles }: Destruction, world: World): readonly string[] =>
  removeRuntimeFiles(
    runtimeFiles.filter(({ isNamed }) => !isNamed),
    world,
  );

const keysOf = ({ rootKey, intermediateKey }: AuthorityRecord): readonly { keystore: string; id: string }[] =>
  [rootKey, intermediateKey].flatMap(({ keystore, id }) => (id === undefined ? [] : [{ keystore, id }]));

/** All that is in the folder for keys, whatever its state: a key that was changed or half written is a key. */
function removeKeys(home: string, world: World): readonly string[] {
  const folder = keyFolder(home);
  if (world.files.status(folder)?.kind !== 'folder') return [];
  const paths = world.files
    .list(folder)
    .map((name) => join(folder, name))
    .filter((path) => world.files.status(path)?.kind !== 'folder');
  for (const path of paths) world.files.remove(path);
  world.files.syncFolder(folder);
  return paths;
}

/** Files of the authorities that are as devca wrote them. */
function removePublicFiles(inventory: Inventory, world: World): readonly string[] {
  return publicDeliveries(inventory, world)
    .filter(({ path, sha256 }) => {
      if (world.files.status(path)?.kind !== 'file') return false;
      return sameStanding(standingAt(path, world), { kind: 'file', sha256 });
    })
    .map(({ path }) => {
      world.files.remove(path);
      return path;
    });
}

/** Of one generation, or of all. */
function publicDeliveries(
  inventory: Inventory,
  world: World,
  authorityId?: number,
): readonly DeliveryRecord[] {
  const at = world.clock.now();
  const narrowed = authorityId === undefined ? {} : { authorityId };
  const own = AUTHORITY_PROFILES.flatMap((profile) =>
    inventory.certificates.list({ at, profile, ...narrowed }),
  );
  const owners: DeliveryOwner[] = own.flatMap(({ id }) => {
    const list = inventory.crls.latest(id);
    return [
      { table: 'certificates', id } as const,
      ...(list === undefined ? [] : [{ table: 'crls', id: list.id } as const]),
    ];
  });
  return owners.flatMap((owner) => inventory.deliveries.current(owner));
}

/**
 * Removes the home and the folders that devca made in it, as far as they are empty. Gives what is left. A home may be the
 * folder of a project: nothing else in it is gone through.
 */
function removeOwnFolders(home: string, staying: readonly string[], world: World): readonly string[] {
  const left = [certificateFolder(home), keyFolder(home)].flatMap((folder) =>
    world.files.status(folder)?.kind === 'folder' ? removeEmptyFolders(folder, world) : [],
  );
  const names = world.files.list(home);
  if (names.length === 0) world.files.removeFolder(home);
  const others = names.map((name) => join(home, name)).filter((path) => !staying.includes(path));
  return [...left, ...others.filter((path) => !left.some((each) => each.startsWith(join(path, '/'))))];
}

/** Gives the files that are left. */
function removeEmptyFolders(folder: string, world: World): readonly string[] {
  const left = world.files.list(folder).flatMap((name) => {
    const path = join(folder, name);
    return world.files.status(path)?.kind === 'folder' ? removeEmptyFolders(path, world) : [path];
  });
  if (world.files.list(folder).length === 0) world.files.removeFolder(folder);
  return left;
}
