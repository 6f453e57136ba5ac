import { DevcaError } from '../errors/devca-error.ts';
import { FILES_WITH_KEY } from '../formats/material.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { importPrivateKeyPem, type PrivateKey } from '../pki/key.ts';
import type { World } from '../platform/world.ts';
import { KEY_READERS } from './key-readers.ts';

/**
 * The key of a certificate from the file that it was delivered in; `undefined` where it never was.
 * Throws DEVCA_EXPORT_KEY_MISSING, DEVCA_EXPORT_KEY_CHANGED, DEVCA_EXPORT_KEY_UNREADABLE, DEVCA_EXPORT_KEY_REPLACED.
 */
export function deliveredKey(
  record: CertificateRecord,
  name: string,
  inventory: Inventory,
  world: Pick<World, 'files'>,
): PrivateKey | undefined {
  const delivered = inventory.deliveries.current({ table: 'certificates', id: record.id });
  const readable = Object.entries(KEY_READERS).flatMap(([format, read]) =>
    delivered.filter((row) => row.format === format).map((row) => ({ row, read })),
  );
  const sound = readable.find(({ row }) => defectOf(row, name, world) === undefined);
  if (sound !== undefined) {
    const { path } = sound.row;
    // It is as devca made it, so its form is known.
    return importPrivateKeyPem(sound.read(world.files.read(path, LARGEST_FILE)), path);
  }
  const [first] = readable;
  const defect = first === undefined ? undefined : defectOf(first.row, name, world);
  if (defect !== undefined) throw defect;
  const other = delivered.find(({ format }) => FILES_WITH_KEY.includes(format));
  if (other !== undefined)
    throw new DevcaError('DEVCA_EXPORT_KEY_UNREADABLE', { name, path: other.path, format: other.format });
  if (delivered.length === 0)
    throw new DevcaError('DEVCA_EXPORT_KEY_REPLACED', { name, serial: record.serialNumber });
  return undefined;
}

function defectOf(row: DeliveryRecord, name: string, world: Pick<World, 'files'>): DevcaError | undefined {
  const { path, sha256 } = row;
  if (world.files.statusOfTarget(path)?.kind !== 'file')
    return new DevcaError('DEVCA_EXPORT_KEY_MISSING', { name, path });
  return sha256Hex(world.files.read(path, LARGEST_FILE)) === sha256
    ? undefined
    : new DevcaError('DEVCA_EXPORT_KEY_CHANGED', { name, path });
}

const LARGEST_FILE = 1024 * 1024;
