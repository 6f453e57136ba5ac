import { lstatSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import { systemExec } from './exec.ts';
import { parseUsers, type User, usersOfFile } from './password-file.ts';
import { homeOf } from './paths.ts';
import { startRootProcess } from './root-client.ts';
import { foreignPart, pathForRoot } from './root-owned.ts';
import type { System } from './system.ts';
import type { World } from './world.ts';

/** What tells who became root, and by what they are looked up. */
const VARIABLES = ['SUDO_UID', 'PKEXEC_UID', 'DOAS_USER'] as const;

const GETENT = ['/usr/bin/getent', '/bin/getent', '/run/current-system/sw/bin/getent'];

/** They follow the user, unless they lead into places of root's. */
const XDG_FOLDERS = ['XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME'] as const;
const TEMPORARY_FOLDERS = ['TMPDIR', 'TEMP', 'TMP'] as const;

/**
 * The world in which a command works. Where root was asked to run devca for somebody, this process becomes that user for
 * good, so that nothing of theirs is ever opened by root; single steps that need root are run by a process which stays
 * behind. Root works for itself where nobody called it, and where the home that is named is root's own, so that nobody can
 * lead it elsewhere: then nothing of the caller's is followed, whatever sudo has kept of their environment.
 */
export async function worldOfInvoker(homeFlag: string | undefined, world: World): Promise<World> {
  const invoker = await findInvoker(world);
  if (invoker === undefined) return world;
  const named = homeFlag ?? world.system.environment['DEVCA_HOME'] ?? '';
  if (named !== '' && isRootsHome(homeOf(named, world.system))) {
    const system = await systemOfRoot(world);
    Object.assign(process.env, { HOME: system.homeFolder });
    return { ...world, system, exec: systemExec(system) };
  }
  const runAsRoot = await startRootProcess(world);
  become(invoker);
  const system = systemOf(invoker, world.system);
  return { ...world, system, exec: systemExec(system, runAsRoot) };
}

/** Who called devca through sudo, doas or pkexec; `undefined` where root works for itself. Throws DEVCA_TRUST_INVOKER_UNKNOWN. */
export async function findInvoker(world: World): Promise<User | undefined> {
  const { system } = world;
  if (system.uid !== 0) return undefined;
  const variable = VARIABLES.find((name) => !['', '0', 'root'].includes(system.environment[name] ?? ''));
  if (variable === undefined) return undefined;
  const value = system.environment[variable] ?? '';
  for (const user of await usersNamed(value, world)) {
    // The very text: the environment may hold anything.
    const key = variable === 'DOAS_USER' ? user.userName : String(user.uid);
    if (key === value && user.uid !== 0) return user;
  }
  throw new DevcaError('DEVCA_TRUST_INVOKER_UNKNOWN', { variable, value });
}

/** What the password database has, perhaps among others, for a name or an id. */
async function usersNamed(value: string, world: World): Promise<readonly User[]> {
  const { system, exec } = world;
  const asked = async (program: string, args: readonly string[]) =>
    parseUsers((await exec.run(program, args, { timeoutMs: 5_000 })).stdout);
  // By their full paths: this is root, and the PATH may be the user's. Users of a directory are in no file.
  if (system.platform === 'darwin') return asked('/usr/bin/id', ['-P', value]);
  const getent = GETENT.find((path) => exec.find(path) !== undefined);
  return getent === undefined ? usersOfFile(world) : asked(getent, ['passwd', value]);
}

/** Environment and identity of the user, for whom sudo may or may not have changed them. */
export function systemOf({ uid, userName, homeFolder }: User, system: System): System {
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
  for (const name of [...XDG_FOLDERS, ...TEMPORARY_FOLDERS]) {
    const path = environment[name];
    if (path !== undefined && !belongsTo(path, { uid })) delete environment[name];
  }
  return { ...system, uid, userName, homeFolder, environment };
}

/** Root's environment without what leads to places where others could have put links. Throws DEVCA_TRUST_INVOKER_UNKNOWN. */
export async function systemOfRoot(world: World): Promise<System> {
  const { system } = world;
  const environment: Record<string, string | undefined> = { ...system.environment, ...sessionOf(0, system) };
  for (const [name, value = ''] of Object.entries(environment))
    if (leadsAstray(name, value)) delete environment[name];
  let { homeFolder } = system;
  if (!isRootsAlone(homeFolder)) {
    homeFolder = (await usersNamed('0', world)).find(({ uid }) => uid === 0)?.homeFolder;
    if (homeFolder === undefined)
      throw new DevcaError('DEVCA_TRUST_INVOKER_UNKNOWN', { variable: 'the user id', value: '0' });
  }
  const { PATH = '' } = system.environment;
  Object.assign(environment, { HOME: homeFolder, USER: 'root', LOGNAME: 'root', PATH: pathForRoot(PATH) });
  return { ...system, homeFolder, environment };
}

/** Whether a variable names a place of others, such as their Java; `DEVCA_*` is meant as it stands. */
function leadsAstray(name: string, value: string): boolean {
  if (TEMPORARY_FOLDERS.some((known) => known === name)) return !belongsTo(value, { uid: 0 });
  if (XDG_FOLDERS.some((known) => known === name)) return !isRootsAlone(value);
  if (name.startsWith('DEVCA_')) return false;
  return value.split(delimiter).some((path) => isAbsolute(path) && !isRootsAlone(path));
}

/** Whether nobody else could put another home, or a link to one, in its place: one in a sticky folder stays where it is. */
const isRootsHome = (path: string): boolean => isRootsAlone(path, true);

/** Of a path that is not there, the nearest folder above it decides. */
function isRootsAlone(path: string | undefined, passesSticky = false): boolean {
  if (path === undefined || !isAbsolute(path)) return false;
  if (statSync(path, { throwIfNoEntry: false }) !== undefined)
    return foreignPart(path, undefined, passesSticky) === undefined;
  // A link that leads nowhere can be led somewhere later.
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined || path === dirname(path)) return false;
  return isRootsAlone(dirname(path), passesSticky);
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
function belongsTo(path: string, { uid }: Pick<User, 'uid'>): boolean {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status !== undefined || path === dirname(path)) return status?.uid === uid;
  return belongsTo(dirname(path), { uid });
}

/** The groups first: only root may change them. */
function become({ uid, gid, userName, homeFolder }: User): void {
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
