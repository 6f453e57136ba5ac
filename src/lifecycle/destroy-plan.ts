import { generationRecords, liveCertificates } from '../authority/generations.ts';
import { readHome } from '../authority/home.ts';
import { authorityOf, requireAuthority } from '../authority/open-authority.ts';
import { placeWords } from '../authority/place-flags.ts';
import { DevcaError } from '../errors/devca-error.ts';
import type { AuthorityRecord } from '../inventory/authorities.ts';
import type { Inventory } from '../inventory/database.ts';
import { deliveredCertificates } from '../inventory/delivered-certificates.ts';
import type { World } from '../platform/world.ts';
import { type OwnFiles, ownRuntimeFiles } from '../runtimes/own-files.ts';
import { journalledRoots } from '../truststore/trust.ts';
import { type TrustAnchor, trustAnchorOf } from '../truststore/trust-anchor.ts';

/** What goes, and what stays. */
export interface Destruction {
  readonly authorities: readonly string[];
  /** Whether the home ends with them. Otherwise it is one of several authorities. */
  readonly isWhole: boolean;
  /** Since when it is destroyed: a run that was killed may have left something of it. */
  readonly destroyedAt: Date | undefined;
  /** The authority that is the default one from then on, where that changes. */
  readonly heir: string | undefined;
  /** The roots that stores may trust. */
  readonly anchors: readonly TrustAnchor[];
  /** How many end entities were issued. */
  readonly issued: number;
  /** How many of them are in use: nothing will trust them. */
  readonly live: number;
  /** Files of certificates that were issued: they are their users', and stay. */
  readonly staying: readonly string[];
  /** What "devca env" and "devca run" have made of the roots. What variables of this environment name stays. */
  readonly runtimeFiles: readonly OwnFiles[];
  /** The same of all authorities of the home, where others are left: it stays. */
  readonly sharedRuntimeFiles: readonly OwnFiles[];
}

/** What is to be destroyed: all of a home, or one authority with all its generations. */
export interface DestructionTarget {
  readonly authorities: readonly string[];
  readonly isWhole: boolean;
  readonly heir: string | undefined;
  readonly records: readonly AuthorityRecord[];
}

/**
 * What would go and what would stay. Changes nothing. Throws DEVCA_AUTHORITY_MISSING, DEVCA_AUTHORITY_UNKNOWN,
 * DEVCA_DESTROY_DEFAULT and DEVCA_HOME_UNSAFE.
 */
export async function planDestruction(
  authority: string | undefined,
  home: string,
  world: World,
): Promise<Destruction> {
  const journalled = new Set((await journalledRoots(world)).map(({ sha256 }) => sha256));
  return readHome(home, world, (inventory) => {
    const target = destructionTarget(authority, inventory, home, world);
    const { records, authorities, isWhole, heir } = target;
    const at = world.clock.now();
    const roots = records.map((record) => ({
      isLive: record.retiredAt === undefined,
      anchor: trustAnchorOf(authorityOf(record, inventory, home, world).root.certificate),
    }));
    const sha256 = roots.map(({ anchor }) => anchor.sha256);
    const names = [...new Set(records.map(({ name }) => name))];
    const runtimeFiles = ownRuntimeFiles({ home, authorities: names, sha256, ofAll: isWhole }, world);
    const authorityIds = records.map(({ id }) => id);
    return {
      authorities,
      isWhole,
      destroyedAt: authority === undefined ? undefined : inventory.authorities.destroyedAt(authority),
      heir,
      anchors: roots
        .filter(({ isLive, anchor }) => isLive || journalled.has(anchor.sha256))
        .map(({ anchor }) => anchor),
      issued: inventory.certificates.count({ at, authorityIds, endEntitiesOnly: true }),
      live: authorityIds.reduce((sum, id) => sum + liveCertificates(inventory, id, at), 0),
      staying: issuedFiles(authorityIds, inventory, at, world),
      runtimeFiles,
      sharedRuntimeFiles: isWhole
        ? []
        : ownRuntimeFiles({ home, authorities: [], sha256, ofAll: true }, world).filter(
            ({ paths }) => !runtimeFiles.some((own) => own.paths.some((path) => paths.includes(path))),
          ),
    };
  });
}

/**
 * With the last authority that can be used the home goes too: nothing in it would be of use. Throws as `planDestruction`.
 */
export function destructionTarget(
  authority: string | undefined,
  inventory: Inventory,
  home: string,
  world: World,
): DestructionTarget {
  const all = inventory.authorities.all();
  const usable = inventory.authorities.names();
  if (all.length === 0) throw new DevcaError('DEVCA_AUTHORITY_MISSING', { home });
  const others = usable.filter((name) => name !== authority);
  if (authority === undefined || (usable.includes(authority) && others.length === 0)) {
    const authorities = usable.length > 0 ? usable : [...new Set(all.map(({ name }) => name))];
    return { authorities, isWhole: true, heir: undefined, records: all };
  }
  const records = generationRecords(inventory, authority);
  if (records.length === 0) requireAuthority(inventory, home, world, authority);
  const [heir, ...further] = others;
  const isDefault = records.some((record) => record.isDefault);
  if (isDefault && further.length > 0)
    throw new DevcaError('DEVCA_DESTROY_DEFAULT', {
      name: authority,
      others,
      homeFlag: placeWords({ home }, world),
    });
  return { authorities: [authority], isWhole: false, heir: isDefault ? heir : undefined, records };
}

function issuedFiles(
  authorityIds: readonly number[],
  inventory: Inventory,
  at: Date,
  world: World,
): readonly string[] {
  const records = inventory.certificates.list({ at, authorityIds, endEntitiesOnly: true });
  const paths = new Set<string>();
  for (const { files } of deliveredCertificates(records, inventory.deliveries))
    for (const { path } of files) if (world.files.status(path) !== undefined) paths.add(path);
  return [...paths];
}
