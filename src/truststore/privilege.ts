import type { World } from '../platform/world.ts';

/**
 * What stands before a command that has to run as root; `undefined` where devca can't become root here. `sudo` is used for
 * single commands only, and only where a person sits at the terminal. Where all of devca was started through sudo, it has
 * become the invoking user since, and a process that stayed root runs those commands.
 */
export function rootPrefix({ system, exec, terminal }: World): readonly string[] | undefined {
  // Windows has nothing like sudo that asks in a terminal: stores see for themselves whether they may be changed.
  if (system.uid === 0 || exec.runAsRoot !== undefined || system.platform === 'win32') return [];
  // Alpine has doas instead. It does not remember the password everywhere, and may ask for each step.
  const program = ['sudo', 'doas'].find((name) => exec.find(name) !== undefined);
  return terminal.canAsk && program !== undefined ? [program, '--'] : undefined;
}
