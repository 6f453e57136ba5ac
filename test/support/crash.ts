import { type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from './scratch.ts';
import { toolOrFail } from './tools.ts';

/** What happens to a program at a system call. */
export type Fault =
  /** It is killed when it asks for the call, which is then not done. */
  | { readonly kind: 'kill' }
  /** The call fails, once or from then on. */
  | {
      readonly kind: 'error';
      readonly error: 'ENOSPC' | 'EIO' | 'EROFS' | 'EDQUOT';
      readonly forever: boolean;
    };

/** How one faulty run ended. */
export interface Crash {
  /** Where the fault came, such as `rename 3`; empty for a random moment. */
  readonly place: string;
  readonly signal: NodeJS.Signals | null;
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CrashPlan<State> {
  /** Makes what one run starts from: every run gets a fresh one. */
  readonly prepare: () => State;
  /** The program and its arguments. */
  readonly command: (state: State) => readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Called after each run; throws where the state is not as it must be. */
  readonly check: (state: State, crash: Crash) => void | Promise<void>;
}

/** How the database writes its pages: many calls that are much alike, so that trying some of them will do. */
export const PAGE_WRITES = ['pwrite64'] as const;

/**
 * The other calls by which a program changes files. Each name is counted by itself; those that the machine does not
 * know are passed over.
 */
export const FILE_CHANGES = [
  'write',
  'fsync',
  'fdatasync',
  'rename',
  'renameat',
  'renameat2',
  'link',
  'linkat',
  'unlink',
  'unlinkat',
  'mkdir',
  'mkdirat',
  'rmdir',
  'ftruncate',
  'fchmod',
  'fchown',
] as const;

/** Runs at a time: the machines that test have two cores. */
const WORKERS = 2;

/**
 * Lets the fault come at the first such system call of the program, in the next run at the second, and so on, until
 * it has come everywhere; checks after each. Returns the places. `every` skips: 3 tries each third place.
 * Throws where the fault hardly ever came: then the test would show nothing.
 */
export async function crashEverywhere<State>(
  plan: CrashPlan<State>,
  fault: Fault,
  syscalls: readonly string[] = FILE_CHANGES,
  every = 1,
): Promise<readonly string[]> {
  const counts = await countCalls(plan, syscalls);
  const places = [...counts].flatMap(([syscall, count]) =>
    Array.from({ length: Math.ceil(count / every) }, (_, index) => ({ syscall, number: index * every + 1 })),
  );
  const struck: string[] = [];
  await inParallel(places, async ({ syscall, number }) => {
    const state = plan.prepare();
    const log = join(scratchFolder(), 'strace.log');
    const inject = ['-e', `trace=${syscall}`, '-e', injection(syscall, fault, number), '-o', log];
    const ended = await run([...strace(fault.kind), ...inject, ...plan.command(state)], plan.environment);
    const place = `${syscall} ${number}`;
    if (ended.signal === 'SIGKILL' || readFileSync(log, 'utf8').includes('(INJECTED)')) struck.push(place);
    await checked(plan, state, { place, ...ended });
  });
  // The runtime makes a few calls more or less from run to run, so the last places may not be reached.
  if (struck.length < 0.9 * places.length)
    throw new Error(`the fault came at ${struck.length} of ${places.length} places`);
  return struck;
}

function injection(syscall: string, fault: Fault, number: number): string {
  if (fault.kind === 'kill') return `inject=${syscall}:signal=SIGKILL:when=${number}`;
  return `inject=${syscall}:error=${fault.error}:when=${number}${fault.forever ? '+' : ''}`;
}

/** Kills the program at random moments of the time that it takes when left alone. Returns how often it was in time. */
export async function killAtRandom<State>(plan: CrashPlan<State>, times: number): Promise<number> {
  const usual = plan.prepare();
  const started = performance.now();
  await checked(plan, usual, { place: '', ...(await run(plan.command(usual), plan.environment)) });
  const duration = performance.now() - started;
  let killed = 0;
  await inParallel(Array.from({ length: times }), async () => {
    const state = plan.prepare();
    const ended = await run(plan.command(state), plan.environment, Math.random() * duration * 1.2);
    if (ended.signal === 'SIGKILL') killed += 1;
    await checked(plan, state, { place: '', ...ended });
  });
  return killed;
}

/** The system calls of a run that is left alone, in their order, as `strace -y` prints them. */
export async function tracedCalls(
  command: readonly string[],
  syscalls: readonly string[] = FILE_CHANGES,
): Promise<readonly string[]> {
  const log = join(scratchFolder(), 'strace.log');
  const trace = ['-y', '-e', `trace=${syscalls.map((name) => `?${name}`).join(',')}`, '-o', log];
  const { status, stderr } = await run([...strace('error'), ...trace, ...command]);
  if (status !== 0) throw new Error(`"${command.join(' ')}" failed: ${stderr}`);
  return readFileSync(log, 'utf8').trim().split('\n');
}

/** The filter in the kernel makes a run faster, but with it strace 6.1 sends no signal. */
function strace(kind: Fault['kind']): string[] {
  return [toolOrFail('strace'), '-f', '-qq', ...(kind === 'kill' ? [] : ['--seccomp-bpf'])];
}

/** How often each call is made. strace counts for each thread by itself, so the busiest one decides. */
async function countCalls<State>(
  plan: CrashPlan<State>,
  syscalls: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const calls = await tracedCalls(plan.command(plan.prepare()), syscalls);
  const perThread = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const line of calls) {
    const [, thread = '', name = ''] = /^(\d+) +(\w+)\(/.exec(line) ?? [];
    if (name === '') continue;
    const count = (perThread.get(`${thread} ${name}`) ?? 0) + 1;
    perThread.set(`${thread} ${name}`, count);
    counts.set(name, Math.max(count, counts.get(name) ?? 0));
  }
  return counts;
}

async function checked<State>(plan: CrashPlan<State>, state: State, crash: Crash): Promise<void> {
  try {
    await plan.check(state, crash);
  } catch (cause) {
    const { place, signal, status, stderr } = crash;
    throw new Error(`after a fault at "${place}" (${signal ?? status}; ${stderr.trim()})`, { cause });
  }
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.entries();
  const worker = async () => {
    for (const [, item] of left) await work(item);
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
}

export interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, or kills it after some milliseconds. */
export function run(
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  killAfterMs?: number,
  options: SpawnOptions = {},
): Promise<Ended> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const { PATH = '' } = process.env;
    const child = spawn(program, args, {
      ...options,
      env: { PATH, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer =
      killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      resolve({ status, signal, stdout, stderr });
    });
  });
}
