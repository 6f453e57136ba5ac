import { DevcaError } from '../../errors/devca-error.ts';
import { sha256Hex } from '../../pki/fingerprint.ts';
import { decodePem } from '../../pki/pem.ts';
import { type ExecOutcome, lastLines } from '../../platform/exec.ts';
import { installHint } from '../package-hint.ts';
import { commandError, describeEnd, type TrustSession } from '../session.ts';
import type { TrustAnchor } from '../trust-anchor.ts';
import type { JavaPlace } from './java-places.ts';
import { findJavaRuntimes, keytoolsOf } from './java-runtimes.ts';
import type { KeyStorePassword } from './key-store-file.ts';

/** Runs one task after another, in as many lines as there are. */
export type Turns = <T>(task: () => Promise<T>) => Promise<T>;

const KEYTOOL_TIMEOUT_MS = 8_000;

/** A virtual machine that answers one question is started faster when it compiles little; one that can't, ignores it. */
const FAST_START = [
  '-J-XX:+IgnoreUnrecognizedVMOptions',
  '-J-XX:TieredStopAtLevel=1',
  '-J-Duser.language=en',
];

/**
 * The `keytool` for a key store: that of a runtime that reads it, else the one on the PATH, else any. Root runs none that
 * somebody else may have changed. Throws DEVCA_TRUST_TOOL_MISSING.
 */
export function findKeytool(place: JavaPlace, asRoot: boolean, session: TrustSession): string {
  const { exec, files } = session.world;
  const candidates = function* (): Generator<string> {
    for (const runtime of place.runtimes) yield* keytoolsOf(runtime, session);
    yield 'keytool';
    for (const runtime of findJavaRuntimes(session)) yield* keytoolsOf(runtime, session);
  };
  for (const candidate of candidates()) {
    const path = exec.find(candidate);
    if (path === undefined) continue;
    if (!asRoot || (files.statusOfTarget(path)?.uid ?? 0) === 0) return path;
  }
  const install = installHint('keytool', session.world);
  throw new DevcaError('DEVCA_TRUST_TOOL_MISSING', { store: place.id, tool: 'keytool', install });
}

/** What `keytool` has against an entry that devca finds in the file; `undefined` where it gives out that very root. */
export async function keytoolRefusal(
  alias: string,
  anchor: TrustAnchor,
  { keytool, file, password }: { keytool: string; file: string; password: KeyStorePassword },
  session: TrustSession,
): Promise<string | undefined> {
  const args = ['-exportcert', '-rfc', '-alias', alias, '-keystore', file, ...password.args, ...FAST_START];
  const outcome = await session.run({ program: keytool, args, needsRoot: false }, KEYTOOL_TIMEOUT_MS);
  if (outcome.status !== 0) return saidBy(outcome) || describeEnd(outcome);
  const found = decodePem(outcome.stdout, file).some(({ der }) => sha256Hex(der) === anchor.sha256);
  return found ? undefined : 'another certificate has that alias';
}

/** Turns what a step's program says into an error that says what can be done; `keytool` complains on its output. */
export function javaError(outcome: ExecOutcome, { id: store, file }: JavaPlace): DevcaError {
  const text = saidBy(outcome);
  if (/password was incorrect/i.test(text)) {
    return new DevcaError('DEVCA_TRUST_JAVA_PASSWORD', { store, file, action: 'install' });
  }
  if (/read-only file system/i.test(text)) {
    return new DevcaError('DEVCA_FILE_READ_ONLY', { path: file, action: 'change' });
  }
  if (/permission denied|access is denied/i.test(text)) {
    return new DevcaError('DEVCA_FILE_PERMISSION', { path: file, action: 'change' });
  }
  return commandError({ ...outcome, stderr: text }, store);
}

/** Virtual machines are large: no more than `lines` are started at a time. */
export function takeTurns(lines: number): Turns {
  const running: Promise<unknown>[] = Array.from({ length: lines }, () => Promise.resolve());
  let next = 0;
  return (task) => {
    const line = next++ % lines;
    const turn = (running[line] ?? Promise.resolve()).then(task);
    running[line] = turn.catch(() => undefined);
    return turn;
  };
}

function saidBy({ stdout, stderr }: ExecOutcome): string {
  const error = /^keytool error: (.*)$/m.exec(stdout)?.[1];
  return error ?? lastLines(stderr.trim() === '' ? stdout : stderr, 2);
}
