import { fileURLToPath } from 'node:url';
import { DevcaError } from '../errors/devca-error.ts';
import type { World } from '../platform/world.ts';
import type { KeychainAnswer, KeychainRequest } from './keychain-process.ts';

/** Where somebody can unlock it, the keychain is given that long; else a keychain answers within a second or is none. */
const PATIENT_MS = 60_000;
const AT_ONCE_MS = 900;

/** A process may take its time to start on a busy machine; its own limit is what counts. */
const STARTING_MS = 15_000;

export interface Haste {
  /** Waits for nobody. */
  readonly atOnce: boolean;
}

/** Stores a secret and reads it back. Throws DEVCA_KEYCHAIN_UNAVAILABLE, DEVCA_KEYCHAIN_LOCKED, DEVCA_KEYCHAIN_SILENT. */
export async function setSecret(entry: string, secret: string, haste: Haste, world: World): Promise<void> {
  const answer = await ask({ operation: 'set', entry, secret }, haste, world);
  if (answer.value !== secret) throw unavailable('it does not give back what it was given');
}

/** Undefined where there is none. Throws as `setSecret`. */
export async function getSecret(entry: string, world: World): Promise<string | undefined> {
  const { value } = await ask({ operation: 'get', entry }, { atOnce: false }, world);
  return value ?? undefined;
}

/** Removes a secret that nothing needs any more. Where that fails, it stays, and opens nothing. */
export async function removeSecret(entry: string, world: World): Promise<void> {
  try {
    await ask({ operation: 'remove', entry }, { atOnce: true }, world);
  } catch (error) {
    if (!(error instanceof DevcaError)) throw error;
  }
}

/** Whether there is a screen on which a keychain can ask for its password. */
export function hasDisplay({ platform, environment }: World['system']): boolean {
  if (platform === 'darwin' || platform === 'win32') return true;
  return (environment['DISPLAY'] ?? '') !== '' || (environment['WAYLAND_DISPLAY'] ?? '') !== '';
}

/**
 * Each question is put by a process of its own. A call to a service that hangs ends after 25 seconds and cannot be
 * cancelled, and the runtime does not let a process end before it; a process can be killed.
 */
async function ask(
  question: Pick<KeychainRequest, 'operation' | 'entry' | 'secret'>,
  { atOnce }: Haste,
  world: World,
): Promise<{ readonly value: string | null }> {
  const canUnlock = hasDisplay(world.system);
  const limitMs = !atOnce && canUnlock && world.terminal.canAsk ? PATIENT_MS : AT_ONCE_MS;
  const request: KeychainRequest = { ...question, limitMs, tellsLocked: !canUnlock };
  const timer = setTimeout(() => {
    if (limitMs > AT_ONCE_MS) world.person.tell(WAITING);
  }, AT_ONCE_MS);
  const outcome = await world.exec
    .run(process.execPath, ['--no-warnings', childPath(world)], {
      stdin: JSON.stringify(request),
      timeoutMs: limitMs + STARTING_MS,
    })
    .finally(() => clearTimeout(timer));
  if (outcome.timedOut) throw new DevcaError('DEVCA_KEYCHAIN_SILENT', { ms: limitMs });
  const answer = parseAnswer(outcome.stdout);
  if (answer === undefined)
    throw unavailable(`the process that asks it ended with ${outcome.signal ?? `status ${outcome.status}`}`);
  if ('value' in answer) return answer;
  if (answer.problem === 'silent') throw new DevcaError('DEVCA_KEYCHAIN_SILENT', { ms: limitMs });
  if (answer.problem === 'locked') throw new DevcaError('DEVCA_KEYCHAIN_LOCKED', { reason: answer.detail });
  throw unavailable(answer.detail);
}

const WAITING = 'waiting for the keychain to be unlocked';

function parseAnswer(stdout: string): KeychainAnswer | undefined {
  try {
    return JSON.parse(stdout) as KeychainAnswer;
  } catch {
    return undefined;
  }
}

/** Beside this file; in the library, whose parts are in a folder, beside that folder. */
function childPath(world: World): string {
  if (import.meta.url.endsWith('.ts'))
    return fileURLToPath(new URL('./keychain-process.ts', import.meta.url));
  const paths = ['./keychain-process.js', '../keychain-process.js'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return paths.find((path) => world.files.statusOfTarget(path) !== undefined) ?? paths[0] ?? '';
}

const unavailable = (reason: string): DevcaError => new DevcaError('DEVCA_KEYCHAIN_UNAVAILABLE', { reason });
