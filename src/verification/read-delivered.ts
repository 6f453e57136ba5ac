import { DevcaError } from '../errors/devca-error.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import type { World } from '../platform/world.ts';
import { checkModes } from './file-modes.ts';
import type { Reading, Subject } from './presented.ts';
import { LONGEST_KEY, parseKeyFile } from './private-keys.ts';
import { LARGEST_FILE, readFileTarget } from './read-file.ts';
import { type TargetFinding, targetFinding } from './target-problems.ts';

/**
 * What a name of the inventory means: the fullchain file that was delivered for its newest certificate, as it is on the
 * disk now, and the key beside it. Throws DEVCA_TARGET_NOT_DELIVERED, and DEVCA_FILE_NOT_FOUND where it is gone.
 */
export function readDelivered(
  name: string,
  record: CertificateRecord,
  inventory: Inventory,
  world: Pick<World, 'files' | 'system'>,
): Reading {
  const delivered = inventory.deliveries.current({ table: 'certificates', id: record.id });
  const pathOf = (...formats: string[]) =>
    formats.flatMap((format) => delivered.filter((row) => row.format === format))[0]?.path;
  const path = pathOf('fullchain', 'combined', 'cert');
  if (path === undefined)
    throw new DevcaError('DEVCA_TARGET_NOT_DELIVERED', { name, serial: record.serialNumber });
  const reading = readFileTarget(
    path,
    { path, bytes: world.files.read(path, LARGEST_FILE) },
    undefined,
    world,
  );
  const keyPath = pathOf('key');
  const subjects = reading.subjects.slice(0, 1).map((subject): Subject => {
    const keys = keyPath === undefined ? [] : [parseKeyFile(world.files.read(keyPath, LONGEST_KEY), keyPath)];
    const modes = keyPath === undefined ? [] : checkModes(keyPath, true, world);
    return {
      ...subject,
      target: name,
      keys: [...subject.keys, ...keys],
      findings: [...subject.findings, ...modes, ...inventoryFindings(record)],
      ...(record.profile === 'client' ? { purpose: 'client' as const } : {}),
    };
  });
  return { ...reading, subjects };
}

function inventoryFindings({ revokedAt, replacedBy }: CertificateRecord): TargetFinding[] {
  return [
    ...(revokedAt === undefined
      ? []
      : [targetFinding('DEVCA_INVENTORY_REVOKED', { at: revokedAt.toISOString() })]),
    ...(replacedBy === undefined ? [] : [targetFinding('DEVCA_INVENTORY_REPLACED', {})]),
  ];
}
