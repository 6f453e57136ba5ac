import { join } from 'node:path';
import { sameStanding, standingAt } from '../authority/delivery-target.ts';
import { liveCertificates } from '../authority/generations.ts';
import { certificateFolder, readHome } from '../authority/home.ts';
import { authorityOf, requireAuthority } from '../authority/open-authority.ts';
import { changeInventory } from '../authority/recovery.ts';
import { AUTHORITY_PROFILES } from '../inventory/certificate-query.ts';
import { type Inventory, removeInventory } from '../inventory/database.ts';
import { deliveredCertificates } from '../inventory/delivered-certificates.ts';
import type { DeliveryOwner } from '../inventory/deliveries.ts';
import { lockPath } from '../inventory/lock.ts';
import { keyFolder } from '../keystore/key-file.ts';
import { keyRemainder } from '../keystore/open-key-store.ts';
import type { World } from '../platform/world.ts';
import { type OwnFiles, ownRuntimeFiles, removeRuntimeFiles } from '../runtimes/own-files.ts';
import { journalledRoots, type RootRemoval, uninstallRoots } from '../truststore/trust.ts';
import { type TrustAnchor, trustAnchorOf } from '../truststore/trust-anchor.ts';
import { type RemainingTrust, remainingTrust } from './remaining-trust.ts';

/** What goes, and what stays. */
export interface Destruction {
  readonly authorities: readonly string[];
  /** The roots that stores may trust. */
  readonly anchors: readonly TrustAnchor[];
  /** How many end entities are in use: nothing will trust them. */
  readonly live: number;
  /** Files of certificates that were issued: they are their users', and stay. */
  readonly staying: readonly string[];
  /** What "devca env" and "devca run" have made of the roots. What variables of this environment name stays. */
  readonly runtimeFiles: readonly OwnFiles[];
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

/** What would go and what would stay. Changes nothing. Throws DEVCA_AUTHORITY_MISSING and DEVCA_HOME_UNSAFE. */
export async function planDestruction(home: string, world: World): Promise<Destruction> {
  const journalled = new Set((await journalledRoots(world)).map(({ sha256 }) => sha256));
  return readHome(home, world, (inventory) => {
    requireAuthority(inventory, home, world);
    const at = world.clock.now();
    const roots = inventory.authorities.all().map((record) => ({
      isLive: record.retiredAt === undefined,
      anchor: trustAnchorOf(authorityOf(record, inventory, home, world).root.certificate),
    }));
    const authorities = inventory.authorities.names();
    const sha256 = roots.map(({ anchor }) => anchor.sha256);
    return {
      authorities,
      anchors: roots
        .filter(({ isLive, anchor }) => isLive || journalled.has(anchor.sha256))
        .map(({ anchor }) => anchor),
      live: liveCertificates(inventory, undefined, at),
      staying: issuedFiles(inventory, at, world),
      runtimeFiles: ownRuntimeFiles({ home, authorities, sha256 }, world),
    };
  });
}

/**
 * Takes every root of a home out of every store, then destroys its keys, its public files and its inventory, in this
 * order: a run that is killed leaves nothing trusted whose key is gone, and the next one goes on where it ended.
 */
export async function destroyHome(
  { noTrust = false }: { readonly noTrust?: boolean },
  home: string,
  world: World,
): Promise<DestroyOutcome> {
  const plan = await planDestruction(home, world);
  const trust = await uninstallRoots(noTrust ? [] : plan.anchors, {}, world);
  const remaining = await remainingTrust(trust, world);
  if (trust.some(({ outcomes }) => outcomes.some(({ error }) => error !== undefined)))
    return { ...plan, destroyed: false, trust, remaining, removed: [], left: [] };
  const remainders = await Promise.all(
    readHome(home, world, keysOf).map(({ keystore, id }) => keyRemainder(keystore, id, home, world)),
  );
  const removed = changeInventory(home, world, (inventory) => {
    const unused = plan.runtimeFiles.filter(({ isNamed }) => !isNamed);
    const paths = [
      ...removeRuntimeFiles(unused, world),
      ...removeKeys(home, world),
      ...removePublicFiles(inventory, world),
    ];
    removeInventory(inventory, world);
    return [...paths, inventory.path];
  });
  for (const remove of remainders) await remove();
  world.files.remove(lockPath(home));
  const left = removeOwnFolders(home, plan.staying, world);
  return { ...plan, destroyed: true, trust, remaining, removed, left };
}

function keysOf(inventory: Inventory): readonly { keystore: string; id: string }[] {
  return inventory.authorities
    .all()
    .flatMap(({ rootKey, intermediateKey }) => [rootKey, intermediateKey])
    .flatMap(({ keystore, id }) => (id === undefined ? [] : [{ keystore, id }]));
}

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
  const at = world.clock.now();
  const own = AUTHORITY_PROFILES.flatMap((profile) => inventory.certificates.list({ at, profile }));
  const owners: DeliveryOwner[] = own.flatMap(({ id }) => {
    const list = inventory.crls.latest(id);
    return [
      { table: 'certificates', id } as const,
      ...(list === undefined ? [] : [{ table: 'crls', id: list.id } as const]),
    ];
  });
  return owners
    .flatMap((owner) => inventory.deliveries.current(owner))
    .filter(({ path, sha256 }) => {
      if (world.files.status(path)?.kind !== 'file') return false;
      return sameStanding(standingAt(path, world), { kind: 'file', sha256 });
    })
    .map(({ path }) => {
      world.files.remove(path);
      return path;
    });
}

function issuedFiles(inventory: Inventory, at: Date, world: World): readonly string[] {
  const records = inventory.certificates.list({ at, endEntitiesOnly: true });
  const paths = new Set<string>();
  for (const { files } of deliveredCertificates(records, inventory.deliveries))
    for (const { path } of files) if (world.files.status(path) !== undefined) paths.add(path);
  return [...paths];
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
