import { type PlatformPath, posix, resolve, win32 } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import type { System } from './system.ts';

/** How paths are written on the system that they are for, which in a test need not be the one that runs it. */
export const pathsOf = ({ platform }: Pick<System, 'platform'>): PlatformPath =>
  platform === 'win32' ? win32 : posix;

/** Where devca keeps its authority: `--home` > `DEVCA_HOME` > the platform's data folder. Always absolute. */
export function homeOf(flag: string | undefined, system: System): string {
  const chosen = flag ?? system.environment['DEVCA_HOME'];
  if (chosen !== undefined && chosen !== '') return resolve(system.workingFolder, chosen);
  return pathsOf(system).join(dataFolder(system), 'devca');
}

/** `$XDG_DATA_HOME` or what stands for it on this platform. */
export const dataFolder = (system: System): string => localFolder('XDG_DATA_HOME', 'share', system);

/** `$XDG_STATE_HOME` or what stands for it: the trust journal outlives the authority's home. */
export const stateFolder = (system: System): string => localFolder('XDG_STATE_HOME', 'state', system);

/** Only systems that follow XDG tell the two apart where no variable does. */
function localFolder(xdgVariable: string, name: 'share' | 'state', system: System): string {
  if (system.platform === 'win32')
    return variable('LOCALAPPDATA', system) ?? win32.join(userHome(system), 'AppData', 'Local');
  const xdg = variable(xdgVariable, system);
  if (xdg !== undefined) return xdg;
  if (system.platform === 'darwin') return posix.join(userHome(system), 'Library', 'Application Support');
  return posix.join(userHome(system), '.local', name);
}

/** `$XDG_CONFIG_HOME` or what stands for it. */
export function configFolder(system: System): string {
  return variable('XDG_CONFIG_HOME', system) ?? pathsOf(system).join(userHome(system), '.config');
}

/** The user's home. Throws DEVCA_HOME_UNKNOWN. */
export function userHome(system: System): string {
  if (system.homeFolder === undefined || !pathsOf(system).isAbsolute(system.homeFolder))
    throw new DevcaError('DEVCA_HOME_UNKNOWN', {});
  return system.homeFolder;
}

/** A folder that an XDG variable names; the specification says to ignore one that is not absolute. */
function variable(name: string, system: System): string | undefined {
  const value = system.environment[name];
  return value !== undefined && pathsOf(system).isAbsolute(value) ? value : undefined;
}
