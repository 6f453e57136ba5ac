import type { System } from '../platform/system.ts';
import type { World } from '../platform/world.ts';

/** Who devca works for, and how its children become root. */
export interface Privilege {
  /** Whose stores these are. */
  readonly user: System;
  /** Stands before a command that has to run as root; `undefined` where devca can't become root here. */
  readonly asRoot: readonly string[] | undefined;
}

/**
 * `sudo` is used for single commands only, and only where a person sits at the terminal. Where all of devca was started
 * through sudo, it has become the invoking user since, and a process that stayed root runs those commands.
 */
export function resolvePrivilege({ system, exec, terminal }: World): Privilege {
  // Windows has nothing like sudo that asks in a terminal: stores see for themselves whether they may be changed.
  const isDecided = system.uid === 0 || exec.runAsRoot !== undefined || system.platform === 'win32';
  if (isDecided) return { user: system, asRoot: [] };
  // Alpine has doas instead. It does not remember the password everywhere, and may ask for each step.
  const program = ['sudo', 'doas'].find((name) => exec.find(name) !== undefined);
  return { user: system, asRoot: terminal.canAsk && program !== undefined ? [program, '--'] : undefined };
}
