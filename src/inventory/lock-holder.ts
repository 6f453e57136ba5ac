import { statSync } from 'node:fs';
import type { World } from '../platform/world.ts';

/** The process that holds the lock on a file, in words, where the platform tells. */
export function lockHolder(path: string, world: World): string | undefined {
  if (world.system.platform !== 'linux') return undefined;
  try {
    const id = processWithLock(statSync(path).ino, text('/proc/locks', world));
    if (id === undefined) return undefined;
    const words = text(`/proc/${id}/cmdline`, world).split('\0');
    return `process ${id}: ${words.join(' ').trim()}`;
  } catch {
    // The holder may have ended meanwhile, or /proc may be hidden.
    return undefined;
  }
}

/** From the kernel's table, lines such as `1: POSIX  ADVISORY  WRITE 1234 08:01:131143 0 EOF`: proc(5). */
export function processWithLock(inode: number, table: string): number | undefined {
  for (const line of table.split('\n')) {
    const match = /^\d+: \w+ +\w+ +WRITE (\d+) \w+:\w+:(\d+) /.exec(line);
    if (match !== null && Number(match[2]) === inode) return Number(match[1]);
  }
  return undefined;
}

function text(path: string, world: World): string {
  return Buffer.from(world.files.read(path)).toString('utf8');
}
