import { DevcaError } from '../errors/devca-error.ts';
import { forShell } from '../platform/escape.ts';
import { foreignPart, foreignPartOf, foreignPartOfProgram } from '../platform/root-owned.ts';
import { isRootCommand } from './root-commands.ts';
import type { TrustSession } from './session.ts';
import { type Command, commandsOf, type Step } from './step.ts';

/**
 * What root does, it does by paths, and whoever may change a folder on the way leads it elsewhere between two steps: where
 * the paths come from, the user's journal say, is of no matter then. Throws DEVCA_TRUST_FOREIGN_OWNER.
 */
export function requireRootsOwnPath(store: string, path: string, session: TrustSession): void {
  if (session.user.platform !== 'win32')
    refuse(store, foreignPart(path, session.world.files, session.user.uid === 0));
}

/**
 * The same for all that a command is about to do, which has to be one of those that root runs. One without root may go
 * where its user may. Throws DEVCA_TRUST_ROOT_COMMAND too.
 */
export function requireRootsOwn(store: string, command: Command, session: TrustSession): void {
  requireRootsOwnPaths(store, command, session);
  const { needsRoot, program, args } = command;
  if (!needsRoot || session.user.platform === 'win32' || isRootCommand(command, session.world)) return;
  const words = [program, ...args].map(forShell).join(' ');
  throw new DevcaError('DEVCA_TRUST_ROOT_COMMAND', { store, command: words });
}

/** Whether root may run a program, by its absolute path. */
export const isRootsOwnProgram = (path: string, { user, world }: TrustSession): boolean =>
  user.platform === 'win32' || foreignPartOfProgram(path, world.files, user.uid === 0) === undefined;

/** All that commands of steps name: nothing is begun that can't be ended. */
export function requireRootsOwnSteps(store: string, steps: readonly Step[], session: TrustSession): void {
  for (const step of steps) {
    for (const command of commandsOf(step, session.user.platform))
      requireRootsOwnPaths(store, command, session);
  }
}

function requireRootsOwnPaths(store: string, command: Command, session: TrustSession): void {
  if (!command.needsRoot || session.user.platform === 'win32') return;
  refuse(store, foreignPartOf(command, session.world.files, session.user.uid === 0));
}

function refuse(store: string, part: ReturnType<typeof foreignPart>): void {
  if (part === undefined) return;
  throw new DevcaError('DEVCA_TRUST_FOREIGN_OWNER', { store, ...part, asRoot: true });
}
