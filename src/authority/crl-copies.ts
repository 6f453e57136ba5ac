import { isDevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import type { World } from '../platform/world.ts';
import { crlBundle, type OwnedFile, type PublicGeneration } from './authority-files.ts';
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

/**
 * Writes the current lists over the copies of earlier ones, each by itself: a copy that is changed or out of reach must
 * not keep a certificate from being revoked. One that is gone is not made again. Must run within `changeInventory`.
 */
export function refreshCopies(
  generations: readonly PublicGeneration[],
  copies: readonly DeliveryRecord[],
  inventory: Inventory,
  world: World,
): { readonly files: readonly string[]; readonly stale: readonly StaleCopy[] } {
  const files: string[] = [];
  const stale: StaleCopy[] = [];
  for (const { path, format } of copies) {
    try {
      if (world.files.status(path) === undefined) continue;
      const [copy] = crlCopy(generations, path, format === 'crl-der' ? 'der' : 'pem');
      if (copy === undefined) continue;
      deliver(
        { record: () => [{ owner: copy.owner, files: [copy.file] }], confirm: () => {} },
        inventory,
        world,
      );
      files.push(path);
    } catch (error) {
      if (!isDevcaError(error)) throw error;
      stale.push({ path, reason: error.message });
    }
  }
  return { files, stale };
}
