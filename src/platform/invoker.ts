import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import { systemExec } from './exec.ts';
import { homeOf } from './paths.ts';
import { startRootProcess } from './root-client.ts';
import type { System } from './system.ts';
import type { World } from './world.ts';

/** Who called devca through sudo, doas or pkexec, as the password database knows them. */
export interface Invoker {
  readonly uid: number;
  readonly gid: number;
  readonly userName: string;
  readonly homeFolder: string;
}

/** What tells who became root, and by what they are looked up. */
const VARIABLES = ['SUDO_UID', 'PKEXEC_UID', 'DOAS_USER'] as const;

const GETENT = ['/usr/bin/getent', '/bin/getent', '/run/current-system/sw/bin/getent'];

/** They follow the user, unless they lead into places of root's. */
const PATH_VARIABLES = [
  'XDG_DATA_HOME',
  'XDG_CONFIG_HOME',
  'XDG_STATE_HOME',
  'XDG_CACHE_HOME',
  'TMPDIR',
  'TEMP',
  'TMP',
] as const;

/**
 * The world in which a command works. Where root was asked to run devca for somebody, this process becomes that user for
 * good, so that nothing of theirs is ever opened by root; single steps that need root are run by a process which stays
 * behind. Root works for itself where nobody called it, and where the home that is named is not the caller's.
 */
export async function worldOfInvoker(homeFlag: string | undefined, world: World): Promise<World> {
  const invoker = await findInvoker(world);
  if (invoker === undefined) return world;
  const named = homeFlag ?? world.system.environment['DEVCA_HOME'] ?? '';
  if (named !== '' && !belongsTo(homeOf(named, world.system), invoker)) return world;
  const runAsRoot = await startRootProcess(world);
  become(invoker);
  const system = systemOf(invoker, world.system);
  return { ...world, system, exec: systemExec(system, runAsRoot) };
}

/** `undefined` where root works for itself. Throws DEVCA_TRUST_INVOKER_UNKNOWN. */
export async function findInvoker({ system, exec, files }: World): Promise<Invoker | undefined> {
  if (system.uid !== 0) return undefined;
  const variable = VARIABLES.find((name) => !['', '0', 'root'].includes(system.environment[name] ?? ''));
  if (variable === undefined) return undefined;
  const value = system.environment[variable] ?? '';
  const lines = async (program: string, args: readonly string[]) =>
    (await exec.run(program, args, { timeoutMs: 5_000 })).stdout;
  // By their full paths: this is root, and the PATH may be the user's. Users of a directory are in no file.
  const getent = GETENT.find((path) => exec.find(path) !== undefined);
  const database =
    system.platform === 'darwin'
      ? await lines('/usr/bin/id', ['-P', value])
      : getent !== undefined
        ? await lines(getent, ['passwd', value])
        : Buffer.from(files.readIfPresent('/etc/passwd') ?? []).toString('utf8');
  for (const line of database.split('\n')) {
    const invoker = parseUser(line);
    // The very text: the environment may hold anything.
    const key = variable === 'DOAS_USER' ? invoker?.userName : String(invoker?.uid);
    if (invoker !== undefined && key === value && invoker.uid !== 0) return invoker;
  }
  throw new DevcaError('DEVCA_TRUST_INVOKER_UNKNOWN', { variable, value });
}

/** A line of passwd(5); macOS has three fields more. */
function parseUser(line: string): Invoker | undefined {
  const [userName = '', , uid = '', gid = '', ...further] = line.split(':');
  const homeFolder = further.at(-2) ?? '';
  if (userName === '' || !/^\d+$/.test(uid) || !/^\d+$/.test(gid) || !homeFolder.startsWith('/'))
    return undefined;
  return { uid: Number(uid), gid: Number(gid), userName, homeFolder };
}

/** Environment and identity of the user, for whom sudo may or may not have changed them. */
export function systemOf({ uid, userName, homeFolder }: Invoker, system: System): System {
  const own = Object.entries(system.environment).filter(
    ([name]) => !/^(SUDO|DOAS|PKEXEC)_/.test(name) && !['MAIL', 'SHELL', 'USERNAME'].includes(name),
  );
  const environment: Record<string, string | undefined> = {
    ...Object.fromEntries(own),
    HOME: homeFolder,
    USER: userName,
    LOGNAME: userName,
    ...sessionOf(uid, system),
  };
  for (const name of PATH_VARIABLES) {
    const path = environment[name];
    if (path !== undefined && !belongsTo(path, { uid })) delete environment[name];
  }
  return { ...system, uid, userName, homeFolder, environment };
}

/** The user's keychain answers on the bus of their login session, of which sudo passes nothing on. */
function sessionOf(uid: number, { platform }: System): Record<string, string | undefined> {
  const folder = `/run/user/${uid}`;
  const has = (path: string) => statSync(path, { throwIfNoEntry: false })?.uid === uid;
  if (platform !== 'linux' || !has(folder))
    return { XDG_RUNTIME_DIR: undefined, DBUS_SESSION_BUS_ADDRESS: undefined };
  const bus = `${folder}/bus`;
  return {
    XDG_RUNTIME_DIR: folder,
    DBUS_SESSION_BUS_ADDRESS: has(bus) ? `unix:path=${bus}` : undefined,
  };
}

/** Whose the path is; of one that is not there, whose the nearest folder above it is. */
function belongsTo(path: string, { uid }: Pick<Invoker, 'uid'>): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status !== undefined || path === dirname(path)) return status?.uid === uid;
  return belongsTo(dirname(path), { uid });
}

/** The groups first: only root may change them. */
function become({ uid, gid, userName, homeFolder }: Invoker): void {
  // The runtime would open its debugger for whoever sends it, and with that the process which stays root.
  process.on('SIGUSR1', () => undefined);
  // Not among the runtime's types.
  (process as { initgroups?: (user: string, group: number) => void }).initgroups?.(userName, gid);
  process.setgid?.(gid);
  process.setuid?.(uid);
  if (process.geteuid?.() !== uid || process.getegid?.() !== gid || canBecomeRoot())
    throw new DevcaError('DEVCA_INTERNAL', { detail: `root could not become the user ${uid}` });
  // For the runtime's own libraries.
  Object.assign(process.env, { HOME: homeFolder, USER: userName, LOGNAME: userName });
}

function canBecomeRoot(): boolean {
  try {
    process.seteuid?.(0);
    return true;
  } catch {
    return false;
  }
}
