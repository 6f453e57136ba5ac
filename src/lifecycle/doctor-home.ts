import { join } from 'node:path';
import type { Authority } from '../authority/open-authority.ts';
import { placeFlags } from '../authority/place-flags.ts';
import { findingFor } from '../authority/recovery-finding.ts';
import { shellWord } from '../errors/shell-word.ts';
import { type Inventory, inventoryPath } from '../inventory/database.ts';
import { keyFolder } from '../keystore/key-file.ts';
import type { FileStatus } from '../platform/files.ts';
import type { World } from '../platform/world.ts';
import { nameFlags } from './doctor-authority-files.ts';
import type { DoctorFinding } from './doctor-finding.ts';

/** Who may read and write a home and the keys in it. */
export function examineModes(home: string, world: World): readonly DoctorFinding[] {
  if (world.system.platform === 'win32') return [];
  const keys = keyFolder(home);
  const isFolder = world.files.statusOfTarget(keys)?.kind === 'folder';
  const names = isFolder ? world.files.list(keys) : [];
  return [
    ...examineMode(home, 0o700, world),
    ...examineMode(inventoryPath(home), 0o600, world),
    ...examineMode(keys, 0o700, world),
    ...names.flatMap((name) => examineMode(join(keys, name), 0o600, world)),
  ];
}

/** What is wrong with the inventory, and runs that were interrupted. */
export function examineInventory(
  latest: Authority,
  inventory: Inventory,
  world: World,
): readonly DoctorFinding[] {
  const place = placeFlags(latest, world);
  const damage = inventory.check().map((message): DoctorFinding => {
    return {
      id: 'inventory-damaged',
      severity: 'problem',
      message: `"${inventory.path}": ${message}`,
      // A damaged file is kept for whoever can still read it.
      fix: `cp -p ${shellWord(inventory.path)} ${shellWord(`${inventory.path}.damaged`)}`,
    };
  });
  const pending = inventory.deliveries.unfinished('pending').map((delivery): DoctorFinding => {
    return {
      id: 'delivery-interrupted',
      severity: 'warning',
      message: `writing "${delivery.path}" was interrupted and will be undone`,
      fix: `devca init --no-trust${nameFlags(place)}`,
    };
  });
  const written = inventory.deliveries.unfinished('written').map((delivery): DoctorFinding => {
    const finding = findingFor(delivery, inventory, world);
    const { path, temporaryPath } = delivery;
    const isKept = finding.kind === 'kept';
    return {
      id: 'delivery-interrupted',
      severity: isKept ? 'problem' : 'warning',
      message:
        'problem' in finding
          ? finding.problem.message
          : `writing "${path}" was interrupted and will be completed`,
      fix: isKept
        ? `ls -l ${shellWord(path)} ${shellWord(temporaryPath)}`
        : `devca init --no-trust${nameFlags(place)}`,
    };
  });
  return [...damage, ...pending, ...written];
}

function examineMode(path: string, wanted: number, world: World): readonly DoctorFinding[] {
  const status = world.files.statusOfTarget(path);
  if (status === undefined) return [];
  const octal = (mode: number) => mode.toString(8).padStart(4, '0');
  const open: DoctorFinding[] =
    (status.mode & 0o077) === 0
      ? []
      : [
          {
            id: 'mode-too-open',
            severity: 'problem',
            message: `the mode of "${path}" is ${octal(status.mode)}, so other users get at it; it should be ${octal(wanted)}`,
            fix: `chmod ${octal(wanted)} ${shellWord(path)}`,
          },
        ];
  return [...open, ...examineOwner(path, status, world)];
}

function examineOwner(path: string, { uid }: FileStatus, { system }: World): readonly DoctorFinding[] {
  if (system.uid === undefined || uid === system.uid || system.uid === 0) return [];
  const message = `"${path}" belongs to another user, with the id ${uid}`;
  const fix = `sudo chown ${system.uid} ${shellWord(path)}`;
  return [{ id: 'foreign-owner', severity: 'problem', message, fix }];
}
