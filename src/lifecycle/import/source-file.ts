import { DevcaError } from '../../errors/devca-error.ts';
import type { World } from '../../platform/world.ts';

/** No certificate or key of an authority has more. */
const LARGEST_FILE = 256 * 1024;

/**
 * Reads a file of an authority that is to be trusted with everything: no link, which may lead to what somebody else can
 * change, and no file of another user but root. Throws DEVCA_IMPORT_UNSAFE and DEVCA_FILE_*.
 */
export function readSourceFile(path: string, world: World, limit = LARGEST_FILE): Uint8Array {
  const status = world.files.status(path);
  if (status === undefined) throw new DevcaError('DEVCA_FILE_NOT_FOUND', { path });
  if (status.kind === 'link') {
    const target = world.files.realPath(path);
    throw new DevcaError('DEVCA_IMPORT_UNSAFE', { path, reason: `it is a link to "${target}"` });
  }
  if (status.kind !== 'file') throw new DevcaError('DEVCA_FILE_NOT_A_FILE', { path, kind: status.kind });
  refuseForeign(path, status.uid, world);
  return world.files.read(path, limit);
}

/** Throws DEVCA_IMPORT_UNSAFE for the folder of another user. */
export function checkSourceFolder(path: string, world: World): void {
  const status = world.files.statusOfTarget(path);
  if (status !== undefined) refuseForeign(path, status.uid, world);
}

/** What is wrong with who may read a key; undefined where nothing is. */
export function openKeyWarning(path: string, { files, system }: World): string | undefined {
  const mode = files.status(path)?.mode ?? 0;
  if (system.platform === 'win32' || (mode & 0o077) === 0) return undefined;
  const octal = mode.toString(8).padStart(4, '0');
  return `the mode of the key "${path}" is ${octal}: others can read it, or could have, and whoever has it can issue too`;
}

function refuseForeign(path: string, owner: number, { system }: World): void {
  const { uid, platform } = system;
  if (platform === 'win32' || uid === undefined || owner === uid || owner === 0) return;
  throw new DevcaError('DEVCA_IMPORT_UNSAFE', {
    path,
    reason: `it belongs to the user with the id ${owner}`,
  });
}
