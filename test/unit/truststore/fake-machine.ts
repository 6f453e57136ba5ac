import { copyFileSync, mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sha256Hex } from '../../../src/pki/fingerprint.ts';
import { decodePem } from '../../../src/pki/pem.ts';
import type { Exec, ExecOptions, ExecOutcome } from '../../../src/platform/exec.ts';
import { type FileStatus, type Files, systemFiles } from '../../../src/platform/files.ts';
import type { System } from '../../../src/platform/system.ts';
import type { World } from '../../../src/platform/world.ts';
import { testWorld } from '../../support/test-world.ts';

/** What a program answers; `certutil` and the like get handlers that keep a state of their own. */
export type Handler = (
  args: readonly string[],
  options: ExecOptions,
) => Partial<ExecOutcome> | Promise<Partial<ExecOutcome>>;

export interface FakeMachine {
  readonly world: World;
  /** Every command line that was run. */
  readonly commands: string[];
  /** Programs by name; a test adds, replaces and removes them. */
  readonly programs: Map<string, Handler>;
  write(path: string, text?: string): void;
  read(path: string): string | undefined;
  has(path: string): boolean;
}

export interface FakeMachineOptions {
  readonly folder: string;
  readonly system?: Partial<System>;
  readonly canAsk?: boolean;
  /** A real folder that is seen as it is, such as that of an authority. */
  readonly seen?: string;
}

export const HOME = '/home/ada';

/** A machine whose files lie below a scratch folder, and whose programs are functions. */
export function fakeMachine(options: FakeMachineOptions): FakeMachine {
  const { folder, system, canAsk = false, seen } = options;
  const real = (path: string): string => {
    if (seen !== undefined && path.startsWith(seen)) return path;
    // A path of Windows, whose drive becomes a folder.
    return join(folder, system?.platform === 'win32' ? path.replaceAll('\\', '/') : path);
  };
  const commands: string[] = [];
  const write = (path: string, text = ''): void => {
    mkdirSync(dirname(real(path)), { recursive: true });
    writeFileSync(real(path), text);
  };
  const read = (path: string): string | undefined => {
    const bytes = systemFiles.readIfPresent(real(path));
    return bytes === undefined ? undefined : Buffer.from(bytes).toString();
  };
  const programs = new Map<string, Handler>(Object.entries(fileTools(real)));
  const base = testWorld({ home: HOME, system: { uid: process.getuid?.() ?? 1000, ...system } });
  const world = {
    ...base,
    files: filesBelow(real),
    exec: fakeExec(programs, commands),
    terminal: { ...base.terminal, canAsk },
  };
  return {
    world,
    commands,
    programs,
    write,
    read,
    has: (path) => systemFiles.status(real(path)) !== undefined,
  };
}

export interface FakeDatabase {
  readonly certutil: Handler;
  /** Nickname → flags and fingerprint. */
  readonly entries: Map<string, { trust: string; pem: string; sha256: string }>;
  /** What every command but `-H` and `-L` fails with. */
  failWith: string | undefined;
}

/** Enough of certutil for one database: it lists, adds, deletes, changes trust, and judges by the flags. */
export function fakeDatabase(): FakeDatabase {
  const entries: FakeDatabase['entries'] = new Map();
  const value = (args: readonly string[], flag: string): string => args[args.indexOf(flag) + 1] ?? '';
  const database: FakeDatabase = {
    entries,
    failWith: undefined,
    certutil: (args, options) => {
      const nickname = value(args, '-n');
      const entry = entries.get(nickname);
      if (args[0] === '-H')
        return { status: 1, stderr: '-A  Add a certificate to the database\n-n nickname' };
      if (args[0] === '-K') return { status: 255, stderr: database.failWith ?? 'certutil: no keys found' };
      if (args[0] === '-L' && entry !== undefined) return { stdout: entry.pem };
      if (args[0] === '-L') {
        return { stdout: [...entries].map(([name, { trust }]) => `${name.padEnd(60)} ${trust}\n`).join('') };
      }
      if (args[0] === '-V') {
        const valid = entry?.trust.startsWith('C') === true;
        return valid ? {} : { status: 255, stderr: 'certutil: certificate is invalid: not trusted.' };
      }
      if (database.failWith !== undefined) return { status: 255, stderr: database.failWith };
      if (args[0] === '-A') {
        const pem = String(options.stdin);
        const sha256 = sha256Hex(decodePem(pem, 'stdin')[0]?.der ?? new Uint8Array());
        entries.set(nickname, { trust: value(args, '-t'), pem, sha256 });
      }
      if (args[0] === '-M' && entry !== undefined)
        entries.set(nickname, { ...entry, trust: value(args, '-t') });
      if (args[0] === '-D') entries.delete(nickname);
      return {};
    },
  };
  return database;
}

function fakeExec(programs: Map<string, Handler>, commands: string[]): Exec {
  const run = async (
    program: string,
    args: readonly string[],
    options: ExecOptions = {},
  ): Promise<ExecOutcome> => {
    commands.push([program, ...args].join(' '));
    const done = { program, args, status: 0, signal: null, stdout: '', stderr: '', timedOut: false };
    if (program === 'sudo' && args[0] !== '-v') {
      const [inner = '', ...rest] = args.slice(args.indexOf('--') + 1);
      return { ...done, ...(await programs.get(programName(inner))?.(rest, options)) };
    }
    const handler = programs.get(programName(program));
    return { ...done, ...(handler === undefined ? { status: 127 } : await handler(args, options)) };
  };
  return {
    find: (program) => (programs.has(programName(program)) ? `/usr/bin/${programName(program)}` : undefined),
    run,
  };
}

const programName = (path: string): string => basename(path.replaceAll('\\', '/'));

/** The programs by which steps change files. */
function fileTools(real: (path: string) => string): Record<string, Handler> {
  return {
    install: (args) => {
      const target = real(args.at(-1) ?? '');
      mkdirSync(args[0] === '-d' ? target : dirname(target), { recursive: true });
      if (args[0] !== '-d') writeFileSync(target, '');
      return {};
    },
    dd: (args, { stdin }) => {
      const target = real((args[0] ?? '').replace('of=', ''));
      writeFileSync(target, stdin ?? '', { flag: args.includes('oflag=append') ? 'a' : 'w' });
      return {};
    },
    cp: (args) => {
      copyFileSync(real(args.at(-2) ?? ''), real(args.at(-1) ?? ''));
      return {};
    },
    mv: (args) => {
      renameSync(real(args.at(-2) ?? ''), real(args.at(-1) ?? ''));
      return {};
    },
    rmdir: (args) => {
      rmdirSync(real(args.at(-1) ?? ''));
      return {};
    },
    rm: (args) => {
      rmSync(real(args.at(-1) ?? ''), { force: true });
      return {};
    },
  };
}

/** The file system below a folder; its errors name the path as the machine knows it. */
function filesBelow(real: (path: string) => string): Files {
  // Root's alone, but for the homes, whoever runs the test.
  const owned = (path: string, status: FileStatus | undefined): FileStatus | undefined =>
    status === undefined || path.startsWith(HOME)
      ? status
      : { ...status, uid: 0, gid: 0, mode: status.mode & ~0o022 };
  return {
    ...systemFiles,
    read: (path, limit) => systemFiles.read(real(path), limit),
    readNamed: (path, limit) => systemFiles.readNamed(real(path), limit),
    readIfPresent: (path, limit) => systemFiles.readIfPresent(real(path), limit),
    status: (path) => owned(path, systemFiles.status(real(path))),
    statusOfTarget: (path) => owned(path, systemFiles.statusOfTarget(real(path))),
    list: (path) => systemFiles.list(real(path)),
    realPath: (path) => systemFiles.realPath(real(path)),
    readLink: (path) => systemFiles.readLink(real(path)),
    readWithStatus: (path) => systemFiles.readWithStatus(real(path)),
    createExclusive: (path, ...how) => systemFiles.createExclusive(real(path), ...how),
    append: (path, bytes, mode) => systemFiles.append(real(path), bytes, mode),
    makeFolder: (path, mode) => systemFiles.makeFolder(real(path), mode),
    remove: (path) => systemFiles.remove(real(path)),
    rename: (from, to) => systemFiles.rename(real(from), real(to)),
    syncFolder: (path) => systemFiles.syncFolder(real(path)),
  };
}
