import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DevcaError } from '../../../src/errors/devca-error.ts';
import { fileError } from '../../../src/platform/file-error.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import { scratchFolder } from '../../support/scratch.ts';

const folder = scratchFolder();
const bytes = Buffer.from('key');

function codeOf(action: () => unknown): string {
  try {
    action();
    return 'no error';
  } catch (error) {
    return error instanceof DevcaError ? error.code : String(error);
  }
}

describe('files', () => {
  it('creates a file with its final mode whatever the umask', () => {
    const before = process.umask(0o077);
    systemFiles.createExclusive(join(folder, 'public'), bytes, 0o644);
    process.umask(0);
    systemFiles.createExclusive(join(folder, 'secret'), bytes, 0o600);
    process.umask(before);
    expect(statSync(join(folder, 'public')).mode & 0o777).toBe(0o644);
    expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
  });

  it('gives a file to its owner before it has bytes', () => {
    const path = join(folder, 'given');
    // Nobody but root can give a file away.
    const isRoot = process.getuid?.() === 0;
    const uid = isRoot ? 65_534 : statSync(folder).uid;
    const gid = isRoot ? 65_533 : statSync(folder).gid;
    systemFiles.createExclusive(path, bytes, 0o640, { uid, gid });
    const { bytes: read, status } = systemFiles.readWithStatus(path);
    expect(Buffer.from(read).toString()).toBe('key');
    expect(status).toMatchObject({ kind: 'file', mode: 0o640, uid, gid });
    symlinkSync(path, join(folder, 'to-given'));
    expect(codeOf(() => systemFiles.readWithStatus(join(folder, 'to-given')))).toBe('DEVCA_FILE_NOT_A_FILE');
  });

  it('never creates through a link nor over a file', () => {
    const path = join(folder, 'link');
    symlinkSync(join(folder, 'target'), path);
    expect(codeOf(() => systemFiles.createExclusive(path, bytes, 0o600))).toBe('DEVCA_FILE_EXISTS');
    expect(systemFiles.status(join(folder, 'target'))).toBeUndefined();
    writeFileSync(join(folder, 'taken'), 'mine');
    expect(codeOf(() => systemFiles.createExclusive(join(folder, 'taken'), bytes, 0o600))).toBe(
      'DEVCA_FILE_EXISTS',
    );
    expect(readFileSync(join(folder, 'taken'), 'utf8')).toBe('mine');
  });

  it('says what is wrong with a path by code', () => {
    writeFileSync(join(folder, 'plain'), 'x');
    expect(codeOf(() => systemFiles.read(join(folder, 'nothing')))).toBe('DEVCA_FILE_NOT_FOUND');
    expect(codeOf(() => systemFiles.read(folder))).toBe('DEVCA_FILE_NOT_A_FILE');
    expect(codeOf(() => systemFiles.list(join(folder, 'plain')))).toBe('DEVCA_FILE_NOT_A_FOLDER');
    expect(codeOf(() => systemFiles.read(join(folder, 'plain'), 0))).toBe('DEVCA_FILE_TOO_LARGE');
    expect(codeOf(() => systemFiles.read(`${folder}/${'n'.repeat(300)}`))).toBe('DEVCA_FILE_IO');
    expect(codeOf(() => systemFiles.createExclusive('/proc/version', bytes, 0o600))).toMatch(
      /^DEVCA_FILE_(EXISTS|PERMISSION)$/,
    );
  });

  it('names what is there, not what was to be made', () => {
    writeFileSync(join(folder, 'a-file'), 'x');
    const make =
      (...path: string[]) =>
      () =>
        systemFiles.createExclusive(join(folder, ...path), bytes, 0o600);
    expect(make('nowhere', 'b')).toThrow(
      expect.objectContaining({
        code: 'DEVCA_FILE_FOLDER_MISSING',
        hints: [expect.stringContaining(`"mkdir -p ${join(folder, 'nowhere')}"`)],
      }),
    );
    expect(make('a-file', 'b')).toThrow(`"${join(folder, 'a-file')}" is not a folder`);
    expect(make('a-file', 'b', 'c')).toThrow(`"${join(folder, 'a-file')}" is not a folder`);
  });

  it('names the nearest folder that is there where permission is missing, never a passing file', () => {
    const refused = Object.assign(new Error('no'), { code: 'EACCES' });
    const there = join(folder, 'it is there');
    mkdirSync(there);
    expect(fileError(join(there, 'x', 'y'), 'make the folder', refused)).toMatchObject({
      code: 'DEVCA_FILE_PERMISSION',
      hints: [expect.stringContaining(`"ls -ld '${there}'"`)],
    });
    expect(fileError(join(there, '.devca-00ff.tmp'), 'create', refused)).toMatchObject({
      message: `no permission to write into "${there}"`,
      hints: [expect.stringContaining(`"ls -ld '${there}'"`)],
    });
  });

  const procfs = existsSync('/proc/self') ? it : it.skip;
  procfs('syncs a folder where its file system can, and makes no fuss where it cannot', () => {
    expect(() => systemFiles.syncFolder('/proc')).not.toThrow();
    expect(() => systemFiles.createExclusive('/proc/.devca-00ff.tmp', bytes, 0o600)).toThrow(
      'cannot write into "/proc": nothing can be made there',
    );
  });

  it('reads from a device no more than the limit', () => {
    expect(codeOf(() => systemFiles.readNamed('/dev/zero', 100_000))).toBe('DEVCA_FILE_TOO_LARGE');
    expect(systemFiles.readNamed('/dev/null')).toHaveLength(0);
  });

  it('waits for no pipe that stands where a file belongs, and empties no device', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    symlinkSync(pipe, join(folder, 'to-pipe'));
    for (const path of [pipe, join(folder, 'to-pipe'), '/dev/zero'])
      expect(codeOf(() => systemFiles.readIfPresent(path))).toBe('DEVCA_FILE_NOT_A_FILE');
    expect(codeOf(() => systemFiles.append(pipe, bytes, 0o600))).toMatch(/^DEVCA_FILE_/);
    expect(() => systemFiles.read(pipe)).toThrow(`"${pipe}" is a device, pipe or socket, not a file`);
    expect(systemFiles.read('/dev/null')).toHaveLength(0);
  });

  it('reads regular files through links', () => {
    writeFileSync(join(folder, 'real'), 'real');
    symlinkSync(join(folder, 'real'), join(folder, 'to-real'));
    expect(Buffer.from(systemFiles.read(join(folder, 'to-real'))).toString()).toBe('real');
    expect(systemFiles.read('/proc/self/status').length).toBeGreaterThan(0);
  });

  it('reads a pipe that a person has named', async () => {
    const pipe = join(folder, 'named');
    execFileSync('mkfifo', [pipe]);
    const writer = spawn('sh', ['-c', 'echo secret > "$0"', pipe]);
    expect(Buffer.from(systemFiles.readNamed(pipe)).toString()).toBe('secret\n');
    await once(writer, 'close');
  });

  it('translates a full disk, a read-only disk and a missing permission', () => {
    expect(codeOf(() => systemFiles.append('/dev/full', bytes, 0o600))).toBe('DEVCA_FILE_DISK_FULL');
    expect(codeOf(() => systemFiles.makeFolder('/proc/nothing/here', 0o700))).toMatch(/^DEVCA_FILE_/);
  });

  it('treats an absent file as absent where that is asked for', () => {
    expect(systemFiles.readIfPresent(join(folder, 'nothing'))).toBeUndefined();
    expect(systemFiles.status(join(folder, 'nothing'))).toBeUndefined();
    expect(() => systemFiles.remove(join(folder, 'nothing'))).not.toThrow();
  });

  it('makes folders with their final mode and leaves those that are there alone', () => {
    const before = process.umask(0);
    systemFiles.makeFolder(join(folder, 'a/b'), 0o700);
    process.umask(before);
    expect(statSync(join(folder, 'a/b')).mode & 0o777).toBe(0o700);
    mkdirSync(join(folder, 'open'));
    chmodSync(join(folder, 'open'), 0o755);
    systemFiles.makeFolder(join(folder, 'open'), 0o700);
    expect(statSync(join(folder, 'open')).mode & 0o777).toBe(0o755);
  });
});
