import { DevcaError } from '../errors/devca-error.ts';
import { forShell } from '../platform/escape.ts';
import {
  type ForeignPart,
  foreignPart,
  foreignPartOf,
  foreignPartOfProgram,
} from '../platform/root-owned.ts';
import type { World } from '../platform/world.ts';
import { isRootCommand } from './root-commands.ts';
import type { TrustSession } from './session.ts';
import { type Command, commandsOf, type Step } from './step.ts';

/**
 * What root does, it does by paths, and whoever may change a folder on the way leads it elsewhere between two steps: where
 * the paths come from, the user's journal say, is of no matter then. Throws DEVCA_TRUST_FOREIGN_OWNER.
 */
export function requireRootsOwnPath(store: string, path: string, { world }: TrustSession): void {
  if (hasRoot(world)) refuse(store, foreignPart(path, world.files, isRoot(world)));
}

/** Whether root may run a program, by its absolute path. */
export const isRootsOwnProgram = (path: string, { world }: TrustSession): boolean =>
  !hasRoot(world) || foreignPartOfProgram(path, world.files, isRoot(world)) === undefined;

/** All that commands of steps name: nothing is begun that can't be ended. */
export function requireRootsOwnSteps(store: string, steps: readonly Step[], { world }: TrustSession): void {
  for (const step of steps)
    for (const command of commandsOf(step, world.system.platform))
      requireRootsOwnPaths(store, command, world);
}

/**
 * The same for what a command is about to do, which has to be one of those that root runs. One without root may go where
 * its user may. Throws DEVCA_TRUST_ROOT_COMMAND too.
 */
export function requireRootsOwn(store: string, command: Command, { world }: TrustSession): void {
  requireRootsOwnPaths(store, command, world);
  const { needsRoot, program, args } = command;
  if (!needsRoot || !hasRoot(world) || isRootCommand(command, world)) return;
  throw new DevcaError('DEVCA_TRUST_ROOT_COMMAND', {
    store,
    command: [program, ...args].map(forShell).join(' '),
  });
}

function requireRootsOwnPaths(store: string, command: Command, world: World): void {
  if (command.needsRoot && hasRoot(world)) refuse(store, foreignPartOf(command, world.files, isRoot(world)));
}

const hasRoot = ({ system }: World): boolean => system.platform !== 'win32';

const isRoot = ({ system }: World): boolean => system.uid === 0;

function refuse(store: string, part: ForeignPart | undefined): void {
  if (part === undefined) return;
  throw new DevcaError('DEVCA_TRUST_FOREIGN_OWNER', { store, ...part, asRoot: true });
}
