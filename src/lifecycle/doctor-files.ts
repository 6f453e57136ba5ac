import { findingFor } from '../authority/recovery-finding.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { shellWord } from '../errors/shell-word.ts';
import type { Inventory } from '../inventory/database.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import type { World } from '../platform/world.ts';
import type { FileCheck } from './check-files.ts';
import type { DoctorFinding } from './doctor-finding.ts';

/** Without those that an interrupted run has left to be put in their places: what becomes of them is told by itself. */
export const settledDeliveries = (
  deliveries: readonly DeliveryRecord[],
  inventory: Inventory,
  world: World,
): readonly DeliveryRecord[] =>
  deliveries.filter(
    (delivery) => delivery.state !== 'written' || findingFor(delivery, inventory, world).kind === 'lost',
  );

/** @param fix what writes it once more */
export function describeFile(file: FileCheck, what: string, fix: string): readonly DoctorFinding[] {
  const { path, state, detail } = file;
  const message = `"${path}" (${what}): ${detail}`;
  switch (state) {
    case 'as-delivered':
      return [];
    case 'too-open':
      return [{ id: 'key-too-open', severity: 'problem', message, fix: `chmod 600 ${shellWord(path)}` }];
    case 'unreadable':
      return [{ id: 'file-unreadable', severity: 'obstacle', message, fix: `ls -ld ${shellWord(path)}` }];
    case 'missing':
    case 'changed':
      return [{ id: `file-${state}`, severity: 'problem', message, fix }];
    default:
      throw new DevcaError('DEVCA_INTERNAL', { detail: `a file that is ${state satisfies never}` });
  }
}
