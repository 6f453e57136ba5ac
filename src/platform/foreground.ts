import type { ChildProcess } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { windowsCommand } from './batch-file.ts';
import type { System } from './system.ts';

/** Passed on to the command, each as often as it comes. */
const PASSED_ON = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;

/** What a terminal sends to all that run in its foreground, so the command has it already. */
const FROM_TERMINAL = ['SIGINT', 'SIGQUIT'] as const;

/**
 * Runs a command in the place of this process, as far as that goes: with its terminal, its working folder and its signals,
 * in this environment. Gives the command's status, or 128 and the number of the signal that ended it, as shells do.
 * Throws DEVCA_RUN_MISSING and DEVCA_RUN_REFUSED. (`process.execve` would leave SIGPIPE ignored, and never come back.)
 */
export async function runInForeground(
  command: string,
  args: readonly string[],
  environment: System['environment'],
  system: System,
): Promise<number> {
  const { spawn } = await import('node:child_process');
  return new Promise((settle, reject) => {
    const passOn = (signal: NodeJS.Signals): void => {
      child.kill(signal);
    };
    const passOnUnlessSent = (signal: NodeJS.Signals): void => {
      if (!isInForeground()) child.kill(signal);
    };
    // Before the command starts, since it may be quicker than what comes after that; they are called later in any case.
    for (const signal of PASSED_ON) process.on(signal, passOn);
    for (const signal of FROM_TERMINAL) process.on(signal, passOnUnlessSent);
    const release = (): void => {
      for (const signal of PASSED_ON) process.off(signal, passOn);
      for (const signal of FROM_TERMINAL) process.off(signal, passOnUnlessSent);
    };
    const start = (): ChildProcess => {
      try {
        const stdio = 'inherit';
        if (system.platform !== 'win32') return spawn(command, [...args], { stdio, env: { ...environment } });
        const { program, args: words, verbatim } = windowsCommand(command, args, environment, isFile);
        const options = { stdio, env: { ...environment }, windowsVerbatimArguments: verbatim } as const;
        return spawn(program, [...words], options);
      } catch (cause) {
        // Some failures come at once, others as an event.
        release();
        throw isDevcaError(cause) ? cause : startError(command, cause as NodeJS.ErrnoException, system);
      }
    };
    const child = start();
    child.on('error', (cause) => {
      release();
      reject(startError(command, cause, system));
    });
    child.on('exit', (status, signal) => {
      release();
      settle(signal === null ? (status ?? 1) : 128 + constants.signals[signal]);
    });
  });
}

function startError(command: string, cause: NodeJS.ErrnoException, { workingFolder }: System): DevcaError {
  const options = { cause };
  const isPath = command.includes('/');
  if (cause.code === 'ENOENT' && !(isPath && isThere(resolve(workingFolder, command))))
    return new DevcaError('DEVCA_RUN_MISSING', { command }, options);
  const reason = REASONS[cause.code ?? ''] ?? cause.message;
  return new DevcaError('DEVCA_RUN_REFUSED', { command, reason }, options);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'it may not be executed, or is a folder',
  E2BIG: 'its arguments and variables are longer than the system takes',
  ENOEXEC: 'it is no program of this system, nor does it say in its first line what runs it',
  ENOENT: 'what runs it, as its first line says, is not there',
};

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** Whether this process is in the group that its terminal sends signals to: proc(5), fields 5 and 8 of `stat`. */
function isInForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[2] === fields[5];
  } catch {
    return process.getBuiltinModule('node:tty').isatty(0);
  }
}
