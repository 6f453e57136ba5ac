import { DevcaError } from '../errors/devca-error.ts';
import type { System } from '../platform/system.ts';
import type { World } from '../platform/world.ts';

/** Who devca works for, and how its children become that user or root. */
export interface Privilege {
  /** Under sudo, the user who called it, with the home that the password database gives; else who runs devca. */
  readonly user: System;
  /** Stands before a command that has to run as `user`; empty where this process is that user. */
  readonly asUser: readonly string[];
  /** Stands before a command that has to run as root; `undefined` where devca can't become root here. */
  readonly asRoot: readonly string[] | undefined;
}

/**
 * `sudo` is used for single commands only, and only where a person sits at the terminal. Where all of devca was started
 * through sudo, root never opens the home of the invoking user for writing: children that run as that user do.
 */
export async function resolvePrivilege(world: World): Promise<Privilege> {
  const { system, exec, terminal } = world;
  if (system.uid !== 0) {
    const canSudo = terminal.canAsk && exec.find('sudo') !== undefined;
    return { user: system, asUser: [], asRoot: canSudo ? ['sudo', '--'] : undefined };
  }
  const uid = Number(system.environment['SUDO_UID'] ?? '0');
  if (uid === 0) return { user: system, asUser: [], asRoot: [] };
  const { userName, homeFolder } = await lookUpUser(uid, world);
  return {
    user: { ...system, uid, userName, homeFolder },
    asUser: ['sudo', '-n', '-u', `#${uid}`, '--'],
    asRoot: [],
  };
}

/** The environment is not asked: sudo may or may not have changed HOME, and the caller may have set anything. */
async function lookUpUser(uid: number, world: World): Promise<{ userName: string; homeFolder: string }> {
  const lines = world.exec.find('getent')
    ? (await world.exec.run('getent', ['passwd', String(uid)], { timeoutMs: 5_000 })).stdout
    : Buffer.from(world.files.readIfPresent('/etc/passwd') ?? []).toString('utf8');
  for (const line of lines.split('\n')) {
    const [userName, , id, , , homeFolder] = line.split(':');
    if (Number(id) === uid && userName !== undefined && homeFolder?.startsWith('/') === true) {
      return { userName, homeFolder };
    }
  }
  throw new DevcaError('DEVCA_TRUST_INVOKER_UNKNOWN', { uid: world.system.environment['SUDO_UID'] ?? '' });
}
