import { generationRecords, liveCertificates, liveGenerations } from '../authority/generations.ts';
import { readHome } from '../authority/home.ts';
import type { Authority } from '../authority/open-authority.ts';
import { placeFlags, placeWords } from '../authority/place-flags.ts';
import { changeInventory, type Recovery } from '../authority/recovery.ts';
import { retireGenerations, sweepRetired } from '../authority/retire.ts';
import { DevcaError } from '../errors/devca-error.ts';
import type { AuthorityRecord } from '../inventory/authorities.ts';
import type { Inventory } from '../inventory/database.ts';
import { keyRemainder } from '../keystore/open-key-store.ts';
import type { World } from '../platform/world.ts';
import { type RootRemoval, uninstallRoots } from '../truststore/trust.ts';
import { type TrustAnchor, trustAnchorOf } from '../truststore/trust-anchor.ts';
import { type RemainingTrust, remainingTrust } from './remaining-trust.ts';

export interface RetireRequest {
  /** Default: the home's default authority. */
  readonly authority?: string;
  /** Default: every generation but the latest. */
  readonly generation?: number;
  /** Also where certificates of it are in use, which nothing trusts any more then. */
  readonly force?: boolean;
  /** Leaves every trust store alone. */
  readonly noTrust?: boolean;
}

export interface RetiredGeneration {
  readonly generation: number;
  /** How many of its certificates are in use. */
  readonly live: number;
  readonly anchor: TrustAnchor;
}

export interface RetireOutcome {
  readonly name: string;
  /** What was to be retired; empty where there was nothing. */
  readonly generations: readonly RetiredGeneration[];
  /** False where a store could not be changed: then nothing was retired. */
  readonly retired: boolean;
  readonly trust: readonly RootRemoval[];
  /** Stores that trust one of the roots all the same, because something other than devca put it there. */
  readonly remaining: readonly RemainingTrust[];
  /** Files that are gone, keys among them. */
  readonly removed: readonly string[];
  readonly recovery: Recovery | undefined;
}

export interface Retirement {
  readonly name: string;
  readonly generations: readonly RetiredGeneration[];
  /** Every generation there is, also those that were retired before. */
  readonly records: readonly AuthorityRecord[];
}

/**
 * What would be retired, without changing anything. Throws DEVCA_ROLLOVER_LIVE where certificates hang on it, and
 * DEVCA_ROLLOVER_GENERATION for a generation that cannot be retired.
 */
export function planRetirement(request: RetireRequest, home: string, world: World): Retirement {
  return readHome(home, world, (inventory) => {
    const [latest, ...earlier] = liveGenerations(inventory, home, world, request.authority);
    const { name } = latest.record;
    const generations = select(request, latest, earlier, inventory, world).map(({ authority, live }) => ({
      generation: authority.record.generation,
      live,
      anchor: trustAnchorOf(authority.root.certificate),
    }));
    return { name, generations, records: generationRecords(inventory, name) };
  });
}

/**
 * Takes the roots of earlier generations out of every trust store, then retires them: their keys are destroyed, and they
 * are in no file of the authority any more. Throws what `planRetirement` throws.
 */
export async function retireAuthority(
  request: RetireRequest,
  home: string,
  world: World,
): Promise<RetireOutcome> {
  const { name, generations, records } = planRetirement(request, home, world);
  const anchors = request.noTrust === true ? [] : generations.map(({ anchor }) => anchor);
  const trust = await uninstallRoots(anchors, {}, world);
  const remaining = await remainingTrust(trust, world);
  const failed = trust.some(({ outcomes }) => outcomes.some(({ error }) => error !== undefined));
  const wanted = generations.map(({ generation }) => generation);
  if (failed)
    return { name, generations, retired: false, trust, remaining, removed: [], recovery: undefined };
  const remainders = await keyRemainders(records.slice(1), home, world);
  const { retiredIds, ...outcome } = changeInventory(home, world, (inventory, recovery) => {
    const [latest, ...earlier] = liveGenerations(inventory, home, world, name);
    const again = select(request, latest, earlier, inventory, world).filter(({ authority }) =>
      wanted.includes(authority.record.generation),
    );
    const ids = again.map(({ authority }) => authority.record.id);
    const removed =
      ids.length === 0
        ? sweepRetired(name, inventory, home, world)
        : retireGenerations(name, ids, inventory, home, world);
    const retiredIds = generationRecords(inventory, name).flatMap(({ id, retiredAt }) =>
      retiredAt === undefined ? [] : [id],
    );
    return { name, generations, retired: ids.length > 0, trust, remaining, removed, recovery, retiredIds };
  });
  for (const { id, remove } of remainders) if (retiredIds.includes(id)) await remove();
  return outcome;
}

/** What keys of earlier generations have outside of the home. Asked before their files are gone, which name it. */
async function keyRemainders(
  earlier: readonly AuthorityRecord[],
  home: string,
  world: World,
): Promise<readonly { readonly id: number; readonly remove: () => Promise<void> }[]> {
  const keys = earlier.flatMap(({ id, rootKey, intermediateKey }) =>
    [rootKey, intermediateKey].flatMap((key) =>
      key.id === undefined ? [] : [{ id, keystore: key.keystore, keyId: key.id }],
    ),
  );
  return Promise.all(
    keys.map(async ({ id, keystore, keyId }) => ({
      id,
      remove: await keyRemainder(keystore, keyId, home, world),
    })),
  );
}

interface Candidate {
  readonly authority: Authority;
  readonly live: number;
}

function select(
  { generation, force = false }: RetireRequest,
  latest: Authority,
  earlier: readonly Authority[],
  inventory: Inventory,
  world: World,
): readonly Candidate[] {
  const { name } = latest.record;
  const chosen =
    generation === undefined ? earlier : earlier.filter(({ record }) => record.generation === generation);
  if (generation !== undefined && chosen.length === 0) {
    const isKnown = generationRecords(inventory, name).some((record) => record.generation === generation);
    const reason =
      generation === latest.record.generation
        ? 'it is the one that issues'
        : isKnown
          ? 'it is retired already'
          : 'there is none';
    const homeFlag = placeWords({ home: latest.home }, world);
    throw new DevcaError('DEVCA_ROLLOVER_GENERATION', { name, homeFlag, generation, reason });
  }
  const at = world.clock.now();
  const candidates = chosen.map((authority) => ({
    authority,
    live: liveCertificates(inventory, authority.record.id, at),
  }));
  const inUse = candidates.filter(({ live }) => live > 0);
  if (inUse.length === 0 || force) return candidates;
  throw new DevcaError('DEVCA_ROLLOVER_LIVE', {
    name,
    place: placeFlags(latest, world),
    generations: inUse.map(({ authority, live }) => ({
      generation: authority.record.generation,
      live,
      names: someNames(authority, inventory, at),
    })),
  });
}

function someNames({ record }: Authority, inventory: Inventory, at: Date): readonly string[] {
  return (['valid', 'not-yet-valid'] as const)
    .flatMap((status) =>
      inventory.certificates.list({ at, authorityId: record.id, status, endEntitiesOnly: true, limit: 3 }),
    )
    .slice(0, 3)
    .map(({ names, subject }) => names[0] ?? subject);
}
