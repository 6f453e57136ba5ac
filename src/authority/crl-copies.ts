import { isDevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import type { World } from '../platform/world.ts';
import { crlBundle, deliveryUnits, type OwnedFile, type PublicGeneration } from './authority-files.ts';
import { deliver } from './delivery.ts';

/** What a copy has: `pem` every list that clients need, `der` the latest issuer's alone, as a distribution point has it. */
export type CrlFormat = 'pem' | 'der';

/** A copy of earlier lists that stays as it is, and why. */
export interface StaleCopy {
  readonly path: string;
  readonly reason: string;
}

/** A copy of the current lists of an authority, the latest generation first; none where it has no list. */
export function crlCopy(
  generations: readonly PublicGeneration[],
  path: string,
  format: CrlFormat,
): readonly OwnedFile[] {
  const newest = generations[0]?.crls[0];
  if (newest === undefined) return [];
  const bytes = format === 'der' ? newest.der : Buffer.from(crlBundle(generations), 'latin1');
  return [
    {
      owner: { table: 'crls', id: newest.id },
      file: { path, format: `crl-${format}`, mode: 0o644, bytes },
    },
  ];
}

/** A generation by its id, with the lists that are current. */
export interface ListedGeneration {
  readonly id: number;
  readonly lists: PublicGeneration;
}

export interface RefreshedCopies {
  readonly files: readonly string[];
  /** Those of them that have the list of one generation alone. */
  readonly derFiles: readonly { readonly path: string; readonly id: number }[];
  readonly stale: readonly StaleCopy[];
}

/**
 * Writes the current lists over the copies of earlier ones, each by itself: a copy that is changed or out of reach must
 * not keep a certificate from being revoked. One that is gone is not made again. A copy in DER stays with the generation
 * whose list it has, since certificates name its place. Must run within `changeInventory`.
 * @param generations all live ones of an authority, latest first
 * @param written copies that are current already
 */
export function refreshCopies(
  generations: readonly ListedGeneration[],
  written: readonly string[],
  inventory: Inventory,
  world: World,
): RefreshedCopies {
  const files: string[] = [];
  const derFiles: { path: string; id: number }[] = [];
  const stale: StaleCopy[] = [];
  const all = generations.map(({ lists }) => lists);
  for (const { id, lists } of generations) {
    for (const { path, format } of inventory.deliveries.listCopies(id)) {
      if (written.includes(path)) continue;
      try {
        if (world.files.status(path) === undefined) continue;
        const copy = format === 'crl-der' ? crlCopy([lists], path, 'der') : crlCopy(all, path, 'pem');
        if (copy.length === 0) continue;
        deliver({ record: () => deliveryUnits(copy), confirm: () => {} }, inventory, world);
        files.push(path);
        if (format === 'crl-der') derFiles.push({ path, id });
      } catch (error) {
        if (!isDevcaError(error)) throw error;
        stale.push({ path, reason: error.message });
      }
    }
  }
  return { files, derFiles, stale };
}
