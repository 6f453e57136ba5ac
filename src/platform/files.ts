import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  type Stats,
  statSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import { fileError } from './file-error.ts';

export type FileKind = 'file' | 'folder' | 'link' | 'other';

export interface FileStatus {
  readonly kind: FileKind;
  /** Permission bits only, such as 0o600. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly modifiedAt: Date;
}

export type FileOwner = Pick<FileStatus, 'uid' | 'gid'>;

/**
 * The file system, with the few operations that devca's promises are made of.
 * Every failure is a DEVCA_FILE_* error that names the path.
 */
export interface Files {
  /**
   * Reads a regular file, or a link to one: a pipe that was planted where a file belongs would be waited for without end.
   * Throws DEVCA_FILE_NOT_FOUND, DEVCA_FILE_NOT_A_FILE, and DEVCA_FILE_TOO_LARGE above `limit` bytes (default 64 MiB).
   */
  read(path: string, limit?: number): Uint8Array;
  /** As `read`, of what a person has named, which may be a pipe, such as that of a shell's `<(...)`, or a device. */
  readNamed(path: string, limit?: number): Uint8Array;
  /** As `read`, but `undefined` where there is no such file. */
  readIfPresent(path: string, limit?: number): Uint8Array | undefined;
  /** As `read`, never through a link, with the status of the very file that the bytes are of, whoever moves files there. */
  readWithStatus(path: string): { readonly bytes: Uint8Array; readonly status: FileStatus };
  /** Without following a link in the last component; `undefined` where there is nothing. */
  status(path: string): FileStatus | undefined;
  /** As `status`, following links. */
  statusOfTarget(path: string): FileStatus | undefined;
  /** Names in a folder, sorted. */
  list(path: string): readonly string[];
  realPath(path: string): string;
  readLink(path: string): string;
  /**
   * Makes a file that must not be there yet, never through a link, with its final mode from the start, and syncs it. One
   * that is for another owner has that owner before it has bytes, and nobody else can open it until then.
   */
  createExclusive(path: string, bytes: Uint8Array, mode: number, owner?: FileOwner): void;
  /** Makes a symbolic link with this text where nothing stands yet. */
  createLink(path: string, text: string): void;
  /** Adds bytes at the end of a file, made with this mode if it is not there, and syncs it. */
  append(path: string, bytes: Uint8Array, mode: number): void;
  rename(from: string, to: string): void;
  /** Does nothing where there is no such file. */
  remove(path: string): void;
  removeFolder(path: string): void;
  /** Makes a folder and its parents; what is made gets this mode whatever the umask. */
  makeFolder(path: string, mode: number): void;
  setMode(path: string, mode: number): void;
  /** Makes what was renamed into or removed from a folder durable. */
  syncFolder(path: string): void;
}

/** fsync(2): the descriptor is bound to a file that does not support synchronization. */
const CANNOT_SYNC = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP'];

const DEFAULT_LIMIT = 64 * 1024 * 1024;

export const systemFiles: Files = {
  read: (path, limit = DEFAULT_LIMIT) =>
    guard(path, 'read', () => {
      const status = statSync(path);
      if (!status.isFile() && isNullDevice(status)) return new Uint8Array();
      return readRegular(path, status, limit);
    }),
  readNamed: (path, limit = DEFAULT_LIMIT) =>
    guard(path, 'read', () => {
      const status = statSync(path);
      const isStream = status.isFIFO() || status.isCharacterDevice();
      return isStream ? readToEnd(path, limit) : readRegular(path, status, limit);
    }),
  readIfPresent: (path, limit) => absentAsUndefined(() => systemFiles.read(path, limit)),
  readWithStatus: (path) =>
    guard(path, 'read', () =>
      withRegular(path, lstatSync(path), DEFAULT_LIMIT, (handle, status) => {
        return { bytes: readFileSync(handle), status: describeStatus(status) };
      }),
    ),
  // Most that is looked at is not there: no error is made for it.
  status: (path) => guard(path, 'look at', () => fileStatus(lstatSync(path, { throwIfNoEntry: false }))),
  statusOfTarget: (path) =>
    guard(path, 'look at', () => fileStatus(statSync(path, { throwIfNoEntry: false }))),
  list: (path) => guard(path, 'list', () => readdirSync(path).sort()),
  realPath: (path) => guard(path, 'resolve', () => realpathSync(path)),
  readLink: (path) => guard(path, 'read', () => readlinkSync(path)),
  createExclusive: (path, bytes, mode, owner) =>
    guard(path, 'create', () => {
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
      writeAndSync(openSync(path, flags, owner === undefined ? mode : 0o600), bytes, mode, owner);
    }),
  createLink: (path, text) => guard(path, 'create', () => symlinkSync(text, path)),
  append: (path, bytes, mode) =>
    guard(path, 'append to', () => {
      const flags =
        constants.O_WRONLY |
        constants.O_CREAT |
        constants.O_APPEND |
        (constants.O_NOFOLLOW ?? 0) |
        WITHOUT_WAITING;
      writeAndSync(openSync(path, flags, mode), bytes, undefined);
    }),
  rename: (from, to) => guard(to, 'move into place', () => renameSync(from, to)),
  remove: (path) => {
    absentAsUndefined(() => guard(path, 'remove', () => unlinkSync(path)));
  },
  removeFolder: (path) => {
    absentAsUndefined(() => guard(path, 'remove', () => rmdirSync(path)));
  },
  makeFolder: (path, mode) => {
    // One level at a time: the runtime's own recursion never returns where a parent cannot be made, as below /proc.
    if (systemFiles.statusOfTarget(path)?.kind === 'folder') return;
    const parent = dirname(path);
    if (parent !== path) systemFiles.makeFolder(parent, mode);
    guard(path, 'make the folder', () => makeOneFolder(path, mode));
  },
  setMode: (path, mode) => guard(path, 'set the mode of', () => chmodSync(path, mode)),
  syncFolder: (path) =>
    guard(path, 'sync', () => {
      // Windows has no handle for a folder; its rename is durable with the file system's journal.
      if (process.platform === 'win32') return;
      const handle = openSync(path, constants.O_RDONLY);
      try {
        fsyncSync(handle);
      } catch (error) {
        // Some file systems cannot sync a folder (procfs, and some of a network): there is nothing that would be more durable.
        if (!CANNOT_SYNC.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      } finally {
        closeSync(handle);
      }
    }),
};

/** A pipe is opened without waiting for its other end, a terminal without becoming that of this process. */
const WITHOUT_WAITING = (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** Looked at again once it is open, since another process may have put a pipe there meanwhile. */
function readRegular(path: string, before: Stats, limit: number): Uint8Array {
  return withRegular(path, before, limit, (handle) => readFileSync(handle));
}

function withRegular<T>(
  path: string,
  before: Stats,
  limit: number,
  use: (handle: number, status: Stats) => T,
): T {
  refuseUnlessRegular(path, before, limit);
  const handle = openSync(path, constants.O_RDONLY | WITHOUT_WAITING);
  try {
    const status = fstatSync(handle);
    refuseUnlessRegular(path, status, limit);
    return use(handle, status);
  } finally {
    closeSync(handle);
  }
}

function refuseUnlessRegular(path: string, status: Stats, limit: number): void {
  if (!status.isFile()) throw new DevcaError('DEVCA_FILE_NOT_A_FILE', { path, kind: kindOf(status) });
  if (status.size > limit) throw new DevcaError('DEVCA_FILE_TOO_LARGE', { path, bytes: status.size, limit });
}

/** What configuration is linked to so that it is empty. */
function isNullDevice(status: Stats): boolean {
  if (!status.isCharacterDevice()) return false;
  return status.rdev === statSync('/dev/null', { throwIfNoEntry: false })?.rdev;
}

/** A pipe or device has no size beforehand, and need not have an end. */
function readToEnd(path: string, limit: number): Uint8Array {
  const handle = openSync(path, constants.O_RDONLY);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(64 * 1024);
      const length = readSync(handle, chunk, 0, chunk.length, null);
      if (length === 0) return Buffer.concat(chunks);
      bytes += length;
      if (bytes > limit) throw new DevcaError('DEVCA_FILE_TOO_LARGE', { path, bytes, limit });
      chunks.push(chunk.subarray(0, length));
    }
  } finally {
    closeSync(handle);
  }
}

function writeAndSync(handle: number, bytes: Uint8Array, mode: number | undefined, owner?: FileOwner): void {
  try {
    if (owner !== undefined) giveTo(owner, handle);
    if (mode !== undefined && process.platform !== 'win32') fchmodSync(handle, mode);
    let written = 0;
    while (written < bytes.length) written += writeSync(handle, bytes, written);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Where a file system gives all of its files one owner, none can be given another. */
function giveTo({ uid, gid }: FileOwner, handle: number): void {
  const now = fstatSync(handle);
  if (now.uid !== uid || now.gid !== gid) fchownSync(handle, uid, gid);
}

/** Another process may make it first: then it is left as that one made it. */
function makeOneFolder(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
    chmodSync(path, mode);
  } catch (error) {
    if (systemFiles.statusOfTarget(path)?.kind !== 'folder') throw error;
  }
}

function fileStatus(status: Stats | undefined): FileStatus | undefined {
  return status === undefined ? undefined : describeStatus(status);
}

function describeStatus(status: Stats): FileStatus {
  return {
    kind: kindOf(status),
    mode: status.mode & 0o7777,
    uid: status.uid,
    gid: status.gid,
    size: status.size,
    modifiedAt: status.mtime,
  };
}

function kindOf(status: Stats): FileKind {
  if (status.isFile()) return 'file';
  if (status.isDirectory()) return 'folder';
  if (status.isSymbolicLink()) return 'link';
  return 'other';
}

function absentAsUndefined<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof DevcaError && error.code === 'DEVCA_FILE_NOT_FOUND') return undefined;
    throw error;
  }
}

function guard<T>(path: string, action: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof DevcaError) throw cause;
    throw fileError(path, action, cause);
  }
}
