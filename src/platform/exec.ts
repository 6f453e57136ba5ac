import { accessSync, constants, statSync } from 'node:fs';
import { parse } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import { pathsOf } from './paths.ts';
import type { System } from './system.ts';

export interface ExecOptions {
  /** Written to the program's standard input, which is closed afterwards. Secrets go this way, never by argument. */
  readonly stdin?: Uint8Array | string;
  /** After this long the program is killed and the outcome says `timedOut`. Default 30,000. */
  readonly timeoutMs?: number;
  /** Added to the child's environment, which otherwise holds only an allow-list of this process's. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingFolder?: string;
  /** Ends the program, with all that it has started, when it is aborted; the outcome is then that of a signal. */
  readonly signal?: AbortSignal;
  /** Lets the program use this terminal, as sudo does to ask for a password. */
  readonly inheritTerminal?: boolean;
}

export interface ExecOutcome {
  readonly program: string;
  readonly args: readonly string[];
  /** `null` where a signal ended the program. */
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** Runs other programs: always an executable with an array of arguments, never a shell. */
export interface Exec {
  /** The absolute path of a program on the PATH, or `undefined`. */
  find(program: string): string | undefined;
  /** Runs a program to its end, whatever its status. Throws DEVCA_PROGRAM_MISSING where it cannot be started. */
  run(program: string, args: readonly string[], options?: ExecOptions): Promise<ExecOutcome>;
  /** Runs a program as root, where root started devca for a user; such a program has no terminal and root's environment. */
  readonly runAsRoot?: RunAsRoot;
}

export type RunAsRoot = (
  program: string,
  args: readonly string[],
  options?: Pick<ExecOptions, 'stdin'>,
) => Promise<ExecOutcome>;

/** What a child may see of this process's environment. `DEVCA_*` is never passed on. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TERM',
  'LANG',
  'LC_ALL',
  'LC_MESSAGES',
  'TMPDIR',
  'TEMP',
  'TMP',
  'TZ',
  'XDG_DATA_HOME',
  'XDG_CONFIG_HOME',
  'XDG_STATE_HOME',
  'XDG_CACHE_HOME',
  'XDG_RUNTIME_DIR',
  'DBUS_SESSION_BUS_ADDRESS',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'JAVA_HOME',
  'SystemRoot',
  'windir',
  'USERPROFILE',
  'LOCALAPPDATA',
  'APPDATA',
  'PATHEXT',
  'WSL_INTEROP',
  'WSL_DISTRO_NAME',
] as const;

/** More output than this is cut: no tool that devca runs has so much to say. */
const OUTPUT_LIMIT = 4 * 1024 * 1024;

export function systemExec(system: System, runAsRoot?: RunAsRoot): Exec {
  return {
    ...(runAsRoot === undefined ? {} : { runAsRoot }),
    find: (program) => findOnPath(program, system),
    run: (program, args, options = {}) => runProgram(program, args, options, system),
  };
}

/** The last lines of what a failed program said, for an error message. */
export function lastLines(text: string, count = 3): string {
  return text.trim().split('\n').slice(-count).join('; ');
}

const findOnPath = (program: string, system: System): string | undefined =>
  programPaths(program, system).find(isExecutable);

/** Where a program is looked for, in this order: in the absolute folders of the PATH, unless it has one itself. */
export function programPaths(program: string, system: System): readonly string[] {
  const { isAbsolute, delimiter, join } = pathsOf(system);
  const names = endingsOf(program, system).map((ending) => program + ending);
  if (isAbsolute(program)) return names;
  const folders = (system.environment['PATH'] ?? '').split(delimiter);
  // Those of Windows may stand in quotes.
  return (system.platform === 'win32' ? folders.map((folder) => folder.replaceAll('"', '')) : folders)
    .filter((folder) => isAbsolute(folder))
    .flatMap((folder) => names.map((name) => join(folder, name)));
}

/** On Windows only what starts without a command interpreter: batch files do not, and the runtime refuses them. */
function endingsOf(program: string, { platform, environment }: System): readonly string[] {
  if (platform !== 'win32' || /\.(com|exe)$/i.test(program)) return [''];
  const endings = (environment['PATHEXT'] ?? '').split(';').filter((ending) => /^\.(com|exe)$/i.test(ending));
  return endings.length > 0 ? endings : ['.exe'];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function childEnvironment(options: ExecOptions, system: System): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = system.environment[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...options.environment };
}

async function runProgram(
  program: string,
  args: readonly string[],
  options: ExecOptions,
  system: System,
): Promise<ExecOutcome> {
  const path = findOnPath(program, system);
  if (path === undefined) throw new DevcaError('DEVCA_PROGRAM_MISSING', { program, install: undefined });
  // Loaded when a program is run: it brings the runtime's network code along, which costs most commands their start.
  const { spawn } = await import('node:child_process');
  return new Promise((resolve, reject) => {
    const stdio = options.inheritTerminal === true ? (['inherit', 'inherit', 'inherit'] as const) : 'pipe';
    const child = spawn(path, [...args], {
      stdio: stdio as 'pipe',
      env: childEnvironment(options, system),
      cwd: options.workingFolder ?? enterable(system.workingFolder),
      windowsHide: true,
      // A browser is many processes: the first of them leads a group, so that they can be ended together.
      detached: options.signal !== undefined && system.platform !== 'win32',
    });
    let timedOut = false;
    const end = (): void => {
      if (options.signal === undefined || child.pid === undefined || !killGroup(child.pid))
        child.kill('SIGKILL');
      // What the program has started may hold the other ends of the pipes for as long as it likes.
      child.stdout?.destroy();
      child.stderr?.destroy();
    };
    const timer = setTimeout(() => {
      timedOut = true;
      end();
    }, options.timeoutMs ?? 30_000);
    options.signal?.addEventListener('abort', end);
    if (options.signal?.aborted === true) end();
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    child.on('error', (cause) => {
      clearTimeout(timer);
      reject(
        new DevcaError(
          'DEVCA_PROGRAM_FAILED',
          { program, status: 'not started', stderr: cause.message },
          { cause },
        ),
      );
    });
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', end);
      resolve({ program, args, status, signal, stdout: stdout(), stderr: stderr(), timedOut });
    });
    child.stdin?.on('error', () => {
      // The program may end before it has read its input; its status tells.
    });
    if (child.stdin !== null) child.stdin.end(options.stdin ?? '');
  });
}

/** Whoever became another user with `su` or `sudo` may stand in a folder that is closed to them. */
function enterable(folder: string): string {
  try {
    accessSync(folder, constants.X_OK);
    return folder;
  } catch {
    return parse(folder).root;
  }
}

function killGroup(leader: number): boolean {
  try {
    return process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended, or there are no groups.
    return false;
  }
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on('data', (chunk: Buffer) => {
    if (size < OUTPUT_LIMIT) chunks.push(chunk);
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
