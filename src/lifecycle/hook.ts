import { isAbsolute, resolve, sep } from 'node:path';
import type { IssuedCertificate } from '../authority/issued-certificate.ts';
import { changeInventory } from '../authority/recovery.ts';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import type { EventRecord } from '../inventory/events.ts';
import { type ExecOutcome, lastLines } from '../platform/exec.ts';
import type { World } from '../platform/world.ts';

/** A program that is run when certificates are renewed and all their files stand: never by a shell. */
export interface Hook {
  /** Absolute. */
  readonly program: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
}

export const HOOK_TIMEOUT_MS = 60_000;

export interface HookOutcome {
  readonly program: string;
  readonly ok: boolean;
  /** `ended with status 3`, `was ended by SIGTERM`, `took longer than 60 s`, `could not be started`. */
  readonly outcome: string;
  readonly status: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly seconds: number;
  /** The last lines of what it said about it. */
  readonly stderr: string;
}

/** Finds the hook before anything is renewed: a path, else a program on the PATH. Throws DEVCA_HOOK_UNUSABLE. */
export function findHook(file: string, args: readonly string[], timeoutMs: number, world: World): Hook {
  const isPath = isAbsolute(file) || file.includes('/') || file.includes(sep);
  const path = resolve(world.system.workingFolder, file);
  const program = world.exec.find(isPath ? path : file);
  if (program === undefined) {
    const isFile = isPath && world.files.statusOfTarget(path)?.kind === 'file';
    throw new DevcaError('DEVCA_HOOK_UNUSABLE', { program: file, isFile });
  }
  return { program, args, timeoutMs };
}

/**
 * Runs a hook, whose standard input tells what was renewed, and records how it ended. Its environment is the
 * allow-list of every child, without DEVCA_*. A hook that fails is no exception: what was renewed stands. One that takes
 * too long, or until `stopped`, is ended with all that it has started.
 */
export async function runHook(
  hook: Hook,
  renewed: readonly IssuedCertificate[],
  stopped: AbortSignal,
  home: string,
  world: World,
): Promise<HookOutcome> {
  const started = world.clock.monotonicMs();
  const stdin = JSON.stringify({ schema: 1, renewed: renewed.map(forHook) });
  const { timeoutMs } = hook;
  const ended = await runToEnd(() =>
    world.exec.run(hook.program, hook.args, { stdin, timeoutMs, signal: stopped }),
  );
  const seconds = Math.round(world.clock.monotonicMs() - started) / 1000;
  const outcome = { program: hook.program, ...describe(ended, timeoutMs), seconds };
  record(outcome, renewed, home, world);
  return outcome;
}

/** Whether a hook has failed, or has not been run, since it went well last for what was renewed. Newest first. */
export function hasEndedBadly({ program }: Hook, events: readonly EventRecord[]): boolean {
  const last = events.findIndex(({ kind, details }) => kind === 'hook-run' && details['program'] === program);
  if (last === -1) return false;
  return (
    events[last]?.details['ok'] !== true || events.slice(0, last).some(({ kind }) => RENEWALS.includes(kind))
  );
}

const RENEWALS = ['certificate-renewed', 'certificate-rekeyed'];

/** As an error, where a hook's failure is what a command ends with. */
export const hookError = ({ program, outcome, stderr }: HookOutcome): DevcaError =>
  new DevcaError('DEVCA_HOOK_FAILED', { program, outcome, stderr });

function forHook({ serialNumber, names, profile, notAfter, files, replaced }: IssuedCertificate) {
  return { serial: serialNumber, names, profile, notAfter: notAfter.toISOString(), files, replaced };
}

/** A program that cannot be started (a script without an interpreter) is one that failed. */
async function runToEnd(run: () => Promise<ExecOutcome>): Promise<ExecOutcome | DevcaError> {
  try {
    return await run();
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return error;
  }
}

function describe(ended: ExecOutcome | DevcaError, timeoutMs: number) {
  if (ended instanceof DevcaError) {
    const outcome = 'could not be started';
    return { ok: false, outcome, status: null, signal: null, timedOut: false, stderr: ended.message };
  }
  const { status, signal, timedOut } = ended;
  const outcome = timedOut
    ? `took longer than ${timeoutMs / 1000} s and was ended`
    : signal !== null
      ? `was ended by ${signal}`
      : `ended with status ${status}`;
  return {
    ok: status === 0 && !timedOut,
    outcome,
    status,
    signal,
    timedOut,
    stderr: lastLines(ended.stderr),
  };
}

/** Without arguments, which may hold secrets: what is recorded is never deleted. */
function record(
  outcome: HookOutcome,
  renewed: readonly IssuedCertificate[],
  home: string,
  world: World,
): void {
  const { stderr: _, ...details } = outcome;
  const serials = renewed.map(({ serialNumber }) => serialNumber);
  try {
    const at = world.clock.now();
    const append = (inventory: Inventory) =>
      inventory.events.append({ kind: 'hook-run', at, details: { ...details, serials } });
    changeInventory(home, world, append, { lockTimeoutMs: 5000 });
  } catch (error) {
    // A full disk or a held lock is no reason to call a hook failed that did its work.
    if (!isDevcaError(error)) throw error;
  }
}
