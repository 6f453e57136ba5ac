import { forShell } from '../platform/escape.ts';
import type { World } from '../platform/world.ts';
import { type TargetFinding, targetFinding } from './target-problems.ts';

/** Whether others may read a key or change a file. Windows has no such modes. */
export function checkModes(
  path: string,
  holdsKey: boolean,
  world: Pick<World, 'files' | 'system'>,
): readonly TargetFinding[] {
  const status = world.files.statusOfTarget(path);
  if (status?.kind !== 'file' || world.system.platform === 'win32') return [];
  const mode = status.mode.toString(8).padStart(4, '0');
  if (holdsKey && (status.mode & 0o077) !== 0) {
    return [targetFinding('DEVCA_FILE_MODE_KEY', { path, mode, command: `chmod 600 ${forShell(path)}` })];
  }
  if ((status.mode & 0o022) !== 0) {
    return [
      targetFinding('DEVCA_FILE_MODE_WRITABLE', { path, mode, command: `chmod go-w ${forShell(path)}` }),
    ];
  }
  return [];
}
