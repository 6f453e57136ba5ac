import { spawn } from 'node:child_process';
import type { Reason, Trial } from './acceptance-trials.ts';
import { cleanEnvironment } from './tools.ts';

export interface Verdict {
  readonly id: string;
  /** What the verifier said, where it refused. */
  readonly refusal?: string | undefined;
}

/** How a verifier words its reasons. */
export type Wording = Readonly<Record<Reason, RegExp>>;

/** Where a verifier did not do what it must, in words; a refusal for another reason is wrong too. */
export function disagreements(
  trials: readonly Trial[],
  verdicts: readonly Verdict[],
  wording: Partial<Wording>,
): string[] {
  return trials.flatMap(({ id, refusedFor }) => {
    const own = verdicts.filter((verdict) => verdict.id === id);
    if (own.length === 0) return [`${id}: no verdict`];
    return own.flatMap(({ refusal }) => {
      if (refusedFor.length === 0) return refusal === undefined ? [] : [`${id}: refused, ${refusal}`];
      if (refusal === undefined)
        return [`${id}: accepted, but must be refused for ${refusedFor.join(' or ')}`];
      const isRight = refusedFor.some((reason) => wording[reason]?.test(refusal) === true);
      return isRight ? [] : [`${id}: refused for another reason than ${refusedFor.join(' or ')}: ${refusal}`];
    });
  });
}

export interface ProgramOptions {
  readonly home: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface ProgramOutcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, in an environment that decides nothing about trust. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...cleanEnvironment(options.home), ...options.environment },
      cwd: options.home,
      timeout: options.timeoutMs ?? 60_000,
      killSignal: 'SIGKILL',
    });
    const outcome = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      outcome.stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      outcome.stderr += chunk.toString();
    });
    // A program may end before it has read all of its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, ...outcome }));
  });
}

/** Runs a program that reads trials as JSON and prints one verdict a line as JSON. */
export async function judgeWith(
  program: string,
  args: readonly string[],
  trials: readonly Trial[],
  options: ProgramOptions,
): Promise<Verdict[]> {
  const { status, stdout, stderr } = await runProgram(program, args, {
    input: JSON.stringify(trials),
    ...options,
  });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Verdict);
}

/** Asks a verifier about one trial after the other, a few at a time. */
export async function judgeEach<One extends Trial>(
  trials: readonly One[],
  judge: (trial: One) => Promise<string | undefined>,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const left = trials.values();
  const worker = async () => {
    for (const trial of left) verdicts.push({ id: trial.id, refusal: await judge(trial) });
  };
  await Promise.all(Array.from({ length: 4 }, worker));
  return verdicts;
}
