import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isJks, parseJks } from '../../../../src/pki/jks.ts';
import { encodeJks } from '../../../../src/pki/jks-writer.ts';
import { decodePem, encodePem } from '../../../../src/pki/pem.ts';
import type { StoreContent } from '../../../../src/pki/store-content.ts';
import { systemFiles } from '../../../../src/platform/files.ts';
import type { System } from '../../../../src/platform/system.ts';
import type { World } from '../../../../src/platform/world.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { type FakeMachine, fakeMachine, type Handler, HOME } from '../fake-machine.ts';

export type Trusted = StoreContent['trusted'];

export interface JavaMachine extends FakeMachine {
  readonly world: World;
  /** Makes a file of these bytes; without any, a key store with two roots of others. */
  store(path: string, bytes?: Uint8Array): void;
  /** A link with this text; it should be relative, since the machine's root is a folder. */
  link(path: string, text: string): void;
  mode(path: string): number;
  setMode(path: string, mode: number): void;
  /** What is in the key store at a path, by alias. */
  aliases(path: string): readonly string[];
  /** Who owns what lies below a path; the rest is the user's. */
  readonly owners: Map<string, number>;
}

export const USER = 1000;

const OTHERS: Trusted = [
  { alias: 'globalsign [jdk]', certificate: new Uint8Array([1]) },
  { alias: 'corporate proxy', certificate: new Uint8Array([2]) },
];

export function jksOf(trusted: Trusted, password = 'changeit'): Uint8Array {
  const random = (length: number): Uint8Array => new Uint8Array(length);
  return encodeJks({ trusted }, { password, createdAt: new Date(0), random });
}

/** A machine on which `cp`, `mv` and `chmod` work, and a `keytool` that changes JKS files. */
export function javaMachine(system: Partial<System> = {}): JavaMachine {
  const folder = scratchFolder();
  const base = fakeMachine({ folder, system: { uid: USER, ...system } });
  const isWindows = system.platform === 'win32';
  const real = (path: string): string => join(folder, isWindows ? path.replaceAll('\\', '/') : path);
  const owners: JavaMachine['owners'] = new Map();
  const owned = (path: string, status = systemFiles.statusOfTarget(real(path))) => {
    const rule = [...owners].find(([below]) => path.startsWith(below))?.[1];
    // The folders above are root's.
    const isAbove = !path.startsWith(HOME) && [...owners.keys()].some((below) => below.startsWith(path));
    const owner = rule ?? (isAbove || path === '/' ? 0 : USER);
    return status === undefined
      ? undefined
      : { ...status, uid: owner, gid: owner, mode: status.mode & ~0o022 };
  };
  const world: World = {
    ...base.world,
    files: {
      ...base.world.files,
      realPath: (path) => {
        const found = systemFiles.realPath(real(path));
        return isWindows ? path : found.slice(folder.length);
      },
      status: (path) => owned(path, systemFiles.status(real(path))),
      statusOfTarget: (path) => owned(path),
    },
    exec: {
      ...base.world.exec,
      find: (program) => {
        if (!/[/\\]/.test(program)) return base.world.exec.find(program);
        return systemFiles.statusOfTarget(real(program)) === undefined ? undefined : program;
      },
    },
  };
  const machine: JavaMachine = {
    ...base,
    world,
    owners,
    store: (path, bytes = jksOf(OTHERS)) => {
      mkdirSync(dirname(real(path)), { recursive: true });
      writeFileSync(real(path), bytes);
    },
    link: (path, text) => {
      mkdirSync(dirname(real(path)), { recursive: true });
      symlinkSync(text, real(path));
    },
    mode: (path) => statSync(real(path)).mode & 0o7777,
    setMode: (path, mode) => chmodSync(real(path), mode),
    aliases: (path) => parseJks(systemFiles.read(real(path)), undefined, path).map(({ alias }) => alias),
  };
  for (const [name, handler] of Object.entries(programs(real))) machine.programs.set(name, handler);
  return machine;
}

function programs(real: (path: string) => string): Record<string, Handler> {
  const path = (args: readonly string[], fromEnd: number): string => real(args.at(-fromEnd) ?? '');
  return {
    cp: (args) => {
      copyFileSync(path(args, 2), path(args, 1));
      chmodSync(path(args, 1), statSync(path(args, 2)).mode);
      return {};
    },
    mv: (args) => {
      renameSync(path(args, 2), path(args, 1));
      return {};
    },
    chmod: (args) => {
      chmodSync(path(args, 1), Number.parseInt(args[0] ?? '', 8));
      return {};
    },
    keytool: (args, { stdin }) => keytool(args, String(stdin ?? ''), real),
  };
}

function keytool(
  args: readonly string[],
  stdin: string,
  real: (path: string) => string,
): ReturnType<Handler> {
  const value = (flag: string): string => args[args.indexOf(flag) + 1] ?? '';
  const failing = (text: string) => ({ status: 1, stdout: `keytool error: ${text}\n` });
  const file = real(value('-keystore'));
  const password = args.includes('-storepass')
    ? value('-storepass')
    : Buffer.from(systemFiles.read(real(value('-storepass:file'))))
        .toString()
        .trim();
  const bytes = systemFiles.read(file);
  if (!isJks(bytes)) return failing('java.io.IOException: Invalid keystore format');
  const trusted: Trusted = parseJks(bytes, undefined, file).map(({ alias, certificates: [certificate] }) => ({
    alias,
    certificate: certificate ?? new Uint8Array(),
  }));
  const entry = trusted.find(({ alias }) => alias === value('-alias'));
  switch (args[0]) {
    case '-exportcert':
      return entry === undefined
        ? failing(`java.lang.Exception: Alias <${value('-alias')}> does not exist`)
        : { stdout: encodePem('CERTIFICATE', entry.certificate) };
    case '-importcert': {
      const [block] = decodePem(stdin, 'stdin');
      const added = { alias: value('-alias'), certificate: block?.der ?? new Uint8Array() };
      // As the real one: in another order than before.
      writeFileSync(file, jksOf([added, ...trusted], password));
      return { stderr: 'Certificate was added to keystore\n' };
    }
    case '-delete':
      writeFileSync(
        file,
        jksOf(
          trusted.filter((other) => other !== entry),
          password,
        ),
      );
      return {};
    default:
      return failing(`java.lang.RuntimeException: unknown command ${args[0]}`);
  }
}
