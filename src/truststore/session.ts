import { DevcaError } from '../errors/devca-error.ts';
import { forTerminal } from '../platform/escape.ts';
import { type ExecOutcome, lastLines } from '../platform/exec.ts';
import type { World } from '../platform/world.ts';
import { rootPrefix } from './privilege.ts';
import type { Command } from './step.ts';
import type { TrustAction } from './trust-anchor.ts';

/** What the stores need: the world, whose system says whose stores they are, and a way to run a command as the right user. */
export interface TrustSession {
  readonly world: World;
  /** Runs a command as the user, or as root where it needs that, whatever its status. */
  run(command: Command, timeoutMs?: number): Promise<ExecOutcome>;
  /** Asks for the password that `sudo` wants, once, before anything is changed. */
  becomeRoot(action: TrustAction, store: string): Promise<void>;
}

/** Long enough for a person who looks for a password. */
const PASSWORD_TIMEOUT_MS = 5 * 60_000;

export async function openSession(world: World): Promise<TrustSession> {
  const asRoot = rootPrefix(world);
  let authenticated: Promise<void> | undefined;
  return {
    world,
    run: async (command, timeoutMs = 30_000) => {
      const options = command.stdin === undefined ? {} : { stdin: command.stdin };
      const { runAsRoot } = world.exec;
      if (command.needsRoot && runAsRoot !== undefined)
        return runAsRoot(command.program, command.args, options);
      const prefix = command.needsRoot ? (asRoot ?? []) : [];
      const [program = command.program, ...args] = [...prefix, command.program, ...command.args];
      return world.exec.run(program, args, { ...options, timeoutMs, workingFolder: '/' });
    },
    becomeRoot: async (action, store) => {
      if (asRoot === undefined) throw new DevcaError('DEVCA_TRUST_NEEDS_ROOT', { action, store });
      const [program] = asRoot;
      if (program === undefined) return;
      authenticated ??= authenticate(program, action, store, world);
      await authenticated;
    },
  };
}

/** What a command that failed said, as an error of the store that it was run for. */
export function commandError(outcome: ExecOutcome, store: string): DevcaError {
  return new DevcaError('DEVCA_TRUST_COMMAND_FAILED', {
    store,
    command: [outcome.program, ...outcome.args].join(' '),
    status: describeEnd(outcome),
    stderr: lastLines(outcome.stderr),
  });
}

export function describeEnd(outcome: ExecOutcome): string {
  if (outcome.timedOut) return 'no answer in time';
  return outcome.status === null ? `signal ${outcome.signal ?? 'unknown'}` : `status ${outcome.status}`;
}

async function authenticate(
  program: string,
  action: TrustAction,
  store: string,
  world: World,
): Promise<void> {
  const prompt = `Password of %p, to change the trust store "${forTerminal(store).replaceAll('%', '%%')}": `;
  const args = program === 'sudo' ? ['-v', '-p', prompt] : ['--', 'true'];
  const outcome = await world.exec.run(program, args, {
    inheritTerminal: true,
    timeoutMs: PASSWORD_TIMEOUT_MS,
  });
  if (outcome.status !== 0) throw new DevcaError('DEVCA_TRUST_SUDO_REFUSED', { action, store });
}
