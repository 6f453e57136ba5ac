import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type DeliveredFile, deliver, type FileToDeliver } from '../../src/authority/delivery.ts';
import { LINK_FORMAT } from '../../src/authority/delivery-target.ts';
import type { Inventory } from '../../src/inventory/database.ts';
import type { DeliveryRecord } from '../../src/inventory/deliveries.ts';
import { sha256Hex } from '../../src/pki/fingerprint.ts';
import type { World } from '../../src/platform/world.ts';
import { aCertificate } from './inventory-rows.ts';

export interface LabOptions {
  readonly force?: boolean;
  readonly count?: number;
  readonly files?: (index: number) => readonly FileToDeliver[];
}

/** A certificate and its key with random contents, as files in a folder. */
export function certAndKey(folder: string, name = 'localhost'): readonly FileToDeliver[] {
  return [
    { path: join(folder, `${name}.pem`), format: 'cert', mode: 0o644, bytes: randomBytes(900) },
    { path: join(folder, `${name}-key.pem`), format: 'key', mode: 0o600, bytes: randomBytes(240) },
  ];
}

/** Delivers certificate rows with random contents and their files, the way that issuing does. */
export function deliverSome(
  folder: string,
  inventory: Inventory,
  world: World,
  options: LabOptions = {},
): readonly DeliveredFile[] {
  const { force = false, count = 1, files = (index) => certAndKey(folder, `host-${index}`) } = options;
  const authority = inventory.authorities.latest();
  if (authority === undefined) throw new Error('the test needs an authority');
  return deliver(
    {
      force,
      record: () =>
        Array.from({ length: count }, (_, index) => {
          const id = inventory.certificates.insert(aCertificate(authority.id));
          return { owner: { table: 'certificates', id }, files: files(index) };
        }),
      confirm: (delivered) => {
        for (const { owner, replaces } of delivered)
          if (replaces?.table === 'certificates' && replaces.id !== owner.id)
            inventory.certificates.markReplaced(replaces.id, owner.id);
        const ids = [...new Set(delivered.map(({ owner }) => owner.id))];
        inventory.events.append({ kind: 'issued', at: world.clock.now(), details: { ids } });
      },
    },
    inventory,
    world,
  );
}

/**
 * Compares rows and files both ways, after a recovery: every file that a certificate has is there as recorded, and
 * every file in the folder is one of those (or in `others`). Returns what is wrong, in words.
 */
export function discrepancies(
  folder: string,
  inventory: Inventory,
  others: readonly string[] = [],
): string[] {
  const wrong = [...inventory.check()];
  if (inventory.deliveries.hasUnfinished()) wrong.push('some row is unfinished');
  const known = new Set(others);
  for (const certificate of inventory.certificates.list({ at: new Date() })) {
    for (const delivery of inventory.deliveries.current({ table: 'certificates', id: certificate.id })) {
      known.add(delivery.path);
      wrong.push(...differences(delivery));
    }
  }
  for (const path of filesUnder(folder)) if (!known.has(path)) wrong.push(`"${path}" has no row`);
  return wrong;
}

/** Every file under a folder, links not followed. */
export function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory() && realpathSync(entry.parentPath) === entry.parentPath)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function differences({ path, format, sha256, mode }: DeliveryRecord): string[] {
  if (format === LINK_FORMAT)
    return sha256Hex(Buffer.from(readlinkSync(path))) === sha256 ? [] : [`"${path}" leads elsewhere`];
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return [`"${path}" is recorded but not there`];
  const wrong: string[] = [];
  if (sha256Hex(readFileSync(path)) !== sha256) wrong.push(`"${path}" is not what was recorded`);
  if ((status.mode & 0o777) !== mode) wrong.push(`"${path}" has mode ${(status.mode & 0o777).toString(8)}`);
  return wrong;
}
