import { DevcaError } from '../errors/devca-error.ts';
import type { System } from './system.ts';

/** How Windows is told to run a command. */
export interface WindowsCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** The last argument is quoted already. */
  readonly verbatim: boolean;
}

/**
 * A command as Windows starts it. `npm` and its like are batch files there, which only the command interpreter runs: it
 * reads their arguments twice, and knows no quoting for some characters, which are refused rather than let through
 * (https://flatt.tech/research/posts/batbadbut-you-cant-securely-execute-commands-on-windows/).
 * @param isFile whether there is a file at a path
 */
export function windowsCommand(
  command: string,
  args: readonly string[],
  environment: System['environment'],
  isFile: (path: string) => boolean,
): WindowsCommand {
  const path = findCommand(command, environment, isFile);
  if (path === undefined || !/\.(cmd|bat)$/i.test(path))
    return { program: path ?? command, args, verbatim: false };
  const unspeakable = [path, ...args].find((word) => /["%!\r\n]|\\$/.test(word));
  if (unspeakable !== undefined) {
    const reason = `it is a batch file, which cannot be given ${JSON.stringify(unspeakable)}`;
    throw new DevcaError('DEVCA_RUN_REFUSED', { command, reason });
  }
  const line = [path, ...args].map((word) => `"${word}"`).join(' ');
  return {
    program: variable('ComSpec', environment) ?? 'cmd.exe',
    // Without AutoRun, and with the outer quotes taken away as they are.
    args: ['/d', '/s', '/v:off', '/c', `"${line}"`],
    verbatim: true,
  };
}

function findCommand(
  command: string,
  environment: System['environment'],
  isFile: (path: string) => boolean,
): string | undefined {
  const endings = ['', ...(variable('PATHEXT', environment) ?? '.COM;.EXE;.BAT;.CMD').split(';')];
  const hasEnding = /\.[^.\\/]+$/.test(command);
  const folders = /[\\/]/.test(command)
    ? ['']
    : (variable('PATH', environment) ?? '')
        .split(';')
        .filter((folder) => folder !== '')
        .map((folder) => `${folder.replace(/[\\/]$/, '')}\\`);
  return folders
    .flatMap((folder) => endings.map((ending) => `${folder}${command}${ending}`))
    .find((path) => (hasEnding || /\.[^.\\/]+$/.test(path)) && isFile(path));
}

/** The system does not tell `Path` from `PATH`; the environment as an object does. */
function variable(name: string, environment: System['environment']): string | undefined {
  const found = Object.keys(environment).find((key) => key.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : environment[found];
}
