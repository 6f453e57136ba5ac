import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { System } from '../platform/system.ts';

/**
 * `wal` needs shared memory between all who have the file open, which no network file system gives;
 * `rollback` works wherever locks do. https://www.sqlite.org/wal.html
 */
export type JournalMode = 'wal' | 'rollback';

/** The `f_type` of file systems that another machine may have open too: statfs(2) and linux/magic.h. */
const SHARED_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'nfs'],
  [0x517b, 'smb'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x564c, 'ncp'],
  [0x01021997, '9p'], // also a Windows drive under WSL 2
  [0x65735546, 'fuse'], // sshfs, and the shared folders of Docker Desktop and Lima (virtiofs)
  [0x00c36400, 'ceph'],
  [0x5346414f, 'afs'],
  [0x6b414653, 'kafs'],
  [0x73757245, 'coda'],
  [0x0bd00bd0, 'lustre'],
  [0x01161970, 'gfs2'],
  [0x7461636f, 'ocfs2'],
  [0x47504653, 'gpfs'],
  [0x786f4256, 'vboxsf'],
  [0xbacbacbc, 'vmhgfs'],
  [0x7c7c6673, 'prl_fs'],
]);

/** The journal mode for a database at this path. */
export function journalModeFor(path: string, system: System): JournalMode {
  if (system.platform === 'win32') return path.startsWith('\\\\') ? 'rollback' : 'wal';
  // Only Linux numbers its file systems the same way everywhere.
  if (system.platform !== 'linux') return 'wal';
  return isSharedFileSystem(fileSystemType(dirname(path))) ? 'rollback' : 'wal';
}

export function isSharedFileSystem(type: number): boolean {
  // The kernel's value is 32 bits wide; the runtime may give it with a sign.
  return SHARED_FILE_SYSTEMS.has(type >>> 0);
}

function fileSystemType(folder: string): number {
  try {
    return statfsSync(folder).type;
  } catch {
    return 0;
  }
}
