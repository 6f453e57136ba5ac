import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';

/** The outside world: files, folders, programs, the runtime. */
export const platformErrors = {
  DEVCA_FILE_NOT_FOUND: entry<{ path: string }>({
    exit: 1,
    what: (c) => `there is no file "${c.path}"`,
    fix: () => ['check the path for a typing error'],
  }),
  DEVCA_FILE_FOLDER_MISSING: entry<{ path: string }>({
    exit: 1,
    what: (c) => `there is no folder "${c.path}"`,
    fix: (c) => [`make it with "mkdir -p ${shellWord(c.path)}", or check the path for a typing error`],
  }),
  DEVCA_FILE_PERMISSION: entry<{
    path: string;
    action: string;
    /** The path, or the nearest of its parents, that is there. */
    there?: string;
  }>({
    exit: 5,
    what: (c) => `no permission to ${c.action} "${c.path}"`,
    fix: (c) => [`check the owner and mode with "ls -ld ${shellWord(c.there ?? c.path)}"`],
  }),
  DEVCA_FILE_READ_ONLY: entry<{ path: string; action: string }>({
    exit: 5,
    what: (c) => `cannot ${c.action} "${c.path}": the file system is read-only`,
    fix: () => ['choose a folder that can be written, with "--out" or "--home"'],
  }),
  DEVCA_FILE_DISK_FULL: entry<{ path: string; action: string }>({
    exit: 1,
    what: (c) => `cannot ${c.action} "${c.path}": the disk is full or a quota is reached`,
    fix: () => ['free some space and run the same command again; nothing was left behind'],
  }),
  DEVCA_FILE_EXISTS: entry<{
    path: string;
    /** `true` where "--force" helps. */
    canForce?: boolean;
  }>({
    exit: 1,
    what: (c) => `"${c.path}" is there already`,
    fix: (c) =>
      c.canForce === true
        ? ['move it away, or write elsewhere with "--out"', 'or add "--force" to overwrite it']
        : ['move it away, or give the path of a file that is not there yet'],
  }),
  DEVCA_FILE_NOT_A_FILE: entry<{ path: string; kind: string }>({
    exit: 1,
    what: (c) => `"${c.path}" is a ${c.kind === 'other' ? 'device, pipe or socket' : c.kind}, not a file`,
    fix: () => ['give the path of a file'],
  }),
  DEVCA_FILE_NOT_A_FOLDER: entry<{ path: string }>({
    exit: 1,
    what: (c) => `"${c.path}" is not a folder`,
    fix: () => ['give the path of a folder, or make it with "mkdir -p"'],
  }),
  DEVCA_FILE_TOO_LARGE: entry<{ path: string; bytes: number; limit: number }>({
    exit: 1,
    what: (c) => `"${c.path}" has ${c.bytes} bytes, more than the limit of ${c.limit}`,
    fix: () => ['look whether it is the file that you mean, or give a smaller part of it'],
  }),
  DEVCA_FILE_IO: entry<{ path: string; action: string; detail: string }>({
    exit: 1,
    what: (c) => `cannot ${c.action} "${c.path}": ${c.detail}`,
    fix: () => ['look at the disk and the mount, then run the same command again'],
  }),
  DEVCA_HOME_UNKNOWN: entry<Record<never, never>>({
    exit: 5,
    what: () => 'cannot tell where the home directory is: HOME is not set and the user has none',
    fix: () => ['set DEVCA_HOME, or give the folder with "--home"'],
  }),
  DEVCA_HOME_UNSAFE: entry<{
    home: string;
    reason: string;
    /** Whose it is, where that is what is wrong. */
    owner?: string;
  }>({
    exit: 5,
    what: (c) => `the folder "${c.home}" is not safe for private keys: ${c.reason}`,
    fix: (c) => [
      c.owner === undefined
        ? `run "chmod 700 ${shellWord(c.home)}"`
        : `run the same command as its owner, as in "sudo -u ${shellWord(c.owner)} devca ..."`,
      'or choose another with DEVCA_HOME or "--home"',
    ],
  }),
  DEVCA_PROGRAM_MISSING: entry<{ program: string; install: string | undefined }>({
    exit: 5,
    what: (c) => `the program "${c.program}" was not found on the PATH`,
    fix: (c) => [c.install === undefined ? `install "${c.program}"` : `run "${c.install}"`],
  }),
  DEVCA_PROGRAM_FAILED: entry<{ program: string; status: string; stderr: string }>({
    exit: 5,
    what: (c) => `"${c.program}" failed (${c.status})${c.stderr === '' ? '' : `: ${c.stderr}`}`,
    fix: () => ['read what the program says above, mend that, and run the same command again'],
  }),
  DEVCA_RUNTIME_CRYPTO: entry<{ operation: string; detail: string }>({
    exit: 1,
    what: (c) => `the runtime's crypto library cannot ${c.operation}: ${c.detail}`,
    fix: () => ['choose another kind of key with "--key-type"'],
  }),
};
