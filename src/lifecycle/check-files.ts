import { LINK_FORMAT, sameStanding, standingAt } from '../authority/delivery-target.ts';
import { isDevcaError } from '../errors/devca-error.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import type { World } from '../platform/world.ts';

/** `too-open`: it is as delivered, and others may read a key that is in it. */
export type FileState = 'as-delivered' | 'too-open' | 'changed' | 'missing' | 'unreadable';

/** A delivered file, and whether it still is what was delivered. */
export interface FileCheck {
  readonly path: string;
  readonly format: string;
  readonly state: FileState;
  /** What is the matter, for people; empty where nothing is. */
  readonly detail: string;
}

export const checkFiles = (deliveries: readonly DeliveryRecord[], world: World): readonly FileCheck[] =>
  deliveries.map((delivery) => checkFile(delivery, world));

function checkFile(delivery: DeliveryRecord, world: World): FileCheck {
  const { path, format, sha256 } = delivery;
  const found = (state: FileState, detail = ''): FileCheck => ({ path, format, state, detail });
  try {
    const standing = standingAt(path, world);
    if (standing.kind === 'absent') return found('missing', 'it is gone');
    const kind = format === LINK_FORMAT ? 'link' : 'file';
    if (!sameStanding(standing, { kind, sha256 }))
      return found('changed', 'it was changed since devca wrote it');
    return kind === 'link' ? found('as-delivered') : checkMode(delivery, found, world);
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return isDevcaError(error, 'DEVCA_FILE_NOT_A_FILE')
      ? found('changed', error.message)
      : found('unreadable', error.message);
  }
}

/** Only what was delivered for its owner alone has a key in it. Windows has no such modes. */
function checkMode(
  { path, mode }: DeliveryRecord,
  found: (state: FileState, detail?: string) => FileCheck,
  world: World,
): FileCheck {
  const now = world.files.status(path)?.mode ?? mode;
  if ((mode & 0o077) !== 0 || (now & 0o077) === 0 || world.system.platform === 'win32')
    return found('as-delivered');
  const text = now.toString(8).padStart(4, '0');
  return found('too-open', `it holds a key and its mode is ${text}, so others may read or change it`);
}
