import { DevcaError } from '../../errors/devca-error.ts';
import { sha256Hex } from '../../pki/fingerprint.ts';
import { decodePem } from '../../pki/pem.ts';
import { type ExecOutcome, lastLines } from '../../platform/exec.ts';
import { installHint } from '../package-hint.ts';
import { isRootsOwnProgram } from '../roots-own-path.ts';
import { commandError, describeEnd, type TrustSession } from '../session.ts';
import type { TrustAnchor } from '../trust-anchor.ts';
import type { JavaPlace } from './java-places.ts';
import { findJavaRuntimes, keytoolsOf } from './java-runtimes.ts';
import type { KeyStorePassword } from './key-store-file.ts';

/** Questions to `keytool`, of which only so many are open at a time: virtual machines are large. */
export interface Questions {
  readonly ask: <T>(question: () => Promise<T>) => Promise<T>;
  /** Programs that did not answer. They are not asked again. */
  readonly silent: Set<string>;
}

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
  const { exec } = session.world;
  const candidates = function* (): Generator<string> {
    for (const runtime of place.runtimes) yield* keytoolsOf(runtime, session);
    yield 'keytool';
    for (const runtime of findJavaRuntimes(session)) yield* keytoolsOf(runtime, session);
  };
  for (const candidate of candidates()) {
    const path = exec.find(candidate);
    if (path === undefined) continue;
    if (!asRoot || isRootsOwnProgram(path, session)) return path;
  }
  const install = installHint('keytool', session.world);
  throw new DevcaError('DEVCA_TRUST_TOOL_MISSING', { store: place.id, tool: 'keytool', install });
}

/**
 * What `keytool` has against an entry that devca finds in the file; `undefined` where it gives out that very root. Throws
 * DEVCA_TRUST_TIMEOUT.
 */
export async function keytoolRefusal(
  alias: string,
  anchor: TrustAnchor,
  { keytool, place, password }: { keytool: string; place: JavaPlace; password: KeyStorePassword },
  { ask, silent }: Questions,
  session: TrustSession,
): Promise<string | undefined> {
  const { id: store, file } = place;
  const silence = (): DevcaError =>
    new DevcaError('DEVCA_TRUST_TIMEOUT', { store, seconds: KEYTOOL_TIMEOUT_MS / 1000 });
  const args = ['-exportcert', '-rfc', '-alias', alias, '-keystore', file, ...password.args, ...FAST_START];
  return ask(async () => {
    if (silent.has(keytool)) throw silence();
    const outcome = await session.run({ program: keytool, args, needsRoot: false }, KEYTOOL_TIMEOUT_MS);
    if (outcome.timedOut) {
      silent.add(keytool);
      throw silence();
    }
    if (outcome.status !== 0) return saidBy(outcome) || describeEnd(outcome);
    const found = decodePem(outcome.stdout, file).some(({ der }) => sha256Hex(der) === anchor.sha256);
    return found ? undefined : 'another certificate has that alias';
  });
}

/** Turns what a step's program says into an error that says what can be done; `keytool` complains on its output. */
export function javaError(outcome: ExecOutcome, { id: store, file }: JavaPlace): DevcaError {
  const text = saidBy(outcome);
  if (/password was incorrect/i.test(text)) {
    return new DevcaError('DEVCA_TRUST_JAVA_PASSWORD', { store, file, action: 'install' });
  }
  if (/read-only file system/i.test(text)) {
    return new DevcaError('DEVCA_TRUST_READ_ONLY', { store, folder: file, detail: text, unlock: undefined });
  }
  if (/permission denied|access is denied/i.test(text)) {
    return new DevcaError('DEVCA_FILE_PERMISSION', { path: file, action: 'change' });
  }
  return commandError({ ...outcome, stderr: text }, store);
}

/** Every question has a line, and waits for those before it in the same line. */
export function openQuestions(lines: number): Questions {
  const running: Promise<unknown>[] = Array.from({ length: lines }, () => Promise.resolve());
  let next = 0;
  return {
    silent: new Set(),
    ask: (question) => {
      const line = next++ % lines;
      const answer = (running[line] ?? Promise.resolve()).then(question);
      running[line] = answer.catch(() => undefined);
      return answer;
    },
  };
}

function saidBy({ stdout, stderr }: ExecOutcome): string {
  const error = /^keytool error: (.*)$/m.exec(stdout)?.[1];
  return error ?? lastLines(stderr.trim() === '' ? stdout : stderr, 2);
}
