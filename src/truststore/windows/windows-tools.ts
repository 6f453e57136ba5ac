import { DevcaError, isDevcaError } from '../../errors/devca-error.ts';
import type { ExecOutcome } from '../../platform/exec.ts';
import { lastLines } from '../../platform/exec.ts';
import type { TrustSession } from '../session.ts';

/** Windows' own programs, by their full paths: NSS's certutil has the same name and may stand first on the PATH. */
export interface WindowsTools {
  /** The store that they are for. */
  readonly store: string;
  readonly certutil: string;
  ask(program: 'certutil' | 'reg', args: readonly string[]): Promise<ExecOutcome>;
  /** How Windows names a file, also of a Linux inside of it. */
  windowsPath(path: string): Promise<string>;
  /** Whether this process may change what belongs to the machine. */
  isElevated(): Promise<boolean>;
}

const ANSWER_TIMEOUT_MS = 15_000;

/** Integrity levels of an administrator's process and of the system's own, which have no translation. */
const ELEVATED = /\bS-1-16-(12288|16384)\b/;

/** Throws DEVCA_TRUST_TOOL_MISSING. */
export async function toolsOfWindows(store: string, session: TrustSession): Promise<WindowsTools> {
  const { SystemRoot, windir } = session.world.system.environment;
  const program = (name: string): string => {
    const path = `${SystemRoot ?? windir ?? 'C:\\Windows'}\\System32\\${name}.exe`;
    if (session.world.exec.find(path) !== undefined) return path;
    throw new DevcaError('DEVCA_TRUST_TOOL_MISSING', { store, tool: path, install: undefined });
  };
  const run = (name: string, args: readonly string[]): Promise<ExecOutcome> =>
    session.run({ program: program(name), args, needsRoot: false }, ANSWER_TIMEOUT_MS);
  return {
    store,
    certutil: program('certutil'),
    ask: run,
    windowsPath: async (path) => path,
    isElevated: async () => ELEVATED.test((await run('whoami', ['/groups'])).stdout),
  };
}

/** Throws DEVCA_TRUST_WINDOWS_UNREACHABLE where Linux may not start programs of Windows. */
export async function toolsThroughWsl(store: string, session: TrustSession): Promise<WindowsTools> {
  const certutil = await pathInLinux('certutil', store, session);
  return {
    store,
    certutil,
    ask: async (name, args) => {
      const program = name === 'certutil' ? certutil : await pathInLinux(name, store, session);
      return runForeign(program, args, store, session);
    },
    windowsPath: (path) => pathInWindows(path, store, session),
    // The store of the machine is nothing that Linux could change.
    isElevated: async () => false,
  };
}

/** The drive may be mounted anywhere, and the PATH of Windows may not have come along. */
async function pathInLinux(name: string, store: string, session: TrustSession): Promise<string> {
  const windows = `C:\\Windows\\System32\\${name}.exe`;
  const path = await wslpath('-u', windows, session);
  if (path !== undefined && session.world.exec.find(path) !== undefined) return path;
  throw new DevcaError('DEVCA_TRUST_WINDOWS_UNREACHABLE', {
    store,
    detail: `"${windows}" is not to be found from here`,
  });
}

/** wslpath translates only what is there already: the nearest folder is, and the rest of the path stays as it is. */
async function pathInWindows(path: string, store: string, session: TrustSession): Promise<string> {
  const parts = path.split('/').filter((part) => part !== '');
  let there = parts.length;
  const prefix = (): string => `/${parts.slice(0, there).join('/')}`;
  while (there > 0 && session.world.files.statusOfTarget(prefix()) === undefined) there--;
  const start = await wslpath('-w', prefix(), session);
  if (start === undefined) {
    const detail = `wslpath gives no name for "${prefix()}"`;
    throw new DevcaError('DEVCA_TRUST_WINDOWS_UNREACHABLE', { store, detail });
  }
  return [start.replace(/\\$/, ''), ...parts.slice(there)].join('\\');
}

async function wslpath(flag: string, path: string, session: TrustSession): Promise<string | undefined> {
  if (session.world.exec.find('wslpath') === undefined) return undefined;
  const outcome = await session.run(
    { program: 'wslpath', args: [flag, path], needsRoot: false },
    ANSWER_TIMEOUT_MS,
  );
  return outcome.status === 0 ? outcome.stdout.trim() || undefined : undefined;
}

async function runForeign(
  program: string,
  args: readonly string[],
  store: string,
  session: TrustSession,
): Promise<ExecOutcome> {
  const unreachable = (detail: string): DevcaError =>
    new DevcaError('DEVCA_TRUST_WINDOWS_UNREACHABLE', { store, detail });
  try {
    const outcome = await session.run({ program, args, needsRoot: false }, ANSWER_TIMEOUT_MS);
    if (/\bWSL\b.*\bERROR\b|exec format error/i.test(outcome.stderr)) {
      throw unreachable(lastLines(outcome.stderr, 1));
    }
    return outcome;
  } catch (error) {
    // ENOEXEC: the kernel does not take it for a program as long as interoperability is off.
    if (isDevcaError(error, 'DEVCA_PROGRAM_FAILED')) throw unreachable(error.message);
    throw error;
  }
}
