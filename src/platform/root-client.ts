import { fileURLToPath } from 'node:url';
import { DevcaError } from '../errors/devca-error.ts';
import type { ExecOptions, ExecOutcome, RunAsRoot } from './exec.ts';
import { pathForRoot } from './root-owned.ts';
import type { World } from './world.ts';

/** A program that root is asked to run, as one line of JSON. */
export interface RootRequest {
  readonly program: string;
  readonly args: readonly string[];
  readonly stdin: string;
  /** That of a key store, which the program finds in `PASSWORD_VARIABLE`. */
  readonly password: string | undefined;
}

export const PASSWORD_VARIABLE = 'DEVCA_STORE_PASSWORD';

export type RootAnswer = ExecOutcome | { readonly problem: string };

/**
 * Starts the process that stays root while this one becomes a user, and ends with it. It knows nothing of that user's
 * environment, and runs one program after the other.
 */
export async function startRootProcess({ system, files }: World): Promise<RunAsRoot> {
  const { spawn } = await import('node:child_process');
  const { PATH = '', LANG, LC_ALL, TERM, TZ } = system.environment;
  const child = spawn(process.execPath, ['--no-warnings', processPath(files)], {
    // A session of its own: whoever interrupts devca at the terminal does not cut a step of root's in two.
    detached: true,
    cwd: '/',
    // What root runs are scripts too, which find their programs by it.
    env: { PATH: pathForRoot(PATH), LANG, LC_ALL, TERM, TZ },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting: ((answer: RootAnswer) => void)[] = [];
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) waiting.shift()?.(JSON.parse(Buffer.from(line, 'latin1').toString('utf8')));
  });
  const fail = (problem: string): void => {
    for (const settle of waiting.splice(0)) settle({ problem });
  };
  child.on('error', ({ message }) => fail(message));
  child.on('close', () => fail('the process that was root has ended'));
  child.stdin.on('error', ({ message }) => fail(message));
  const hold = (isHeld: boolean): void => {
    for (const each of [child, child.stdin, child.stdout] as readonly { ref(): void; unref(): void }[])
      if (isHeld) each.ref();
      else each.unref();
  };
  hold(false);
  return async (program, args, options = {}) => {
    const request = requestOf(program, args, options, files);
    hold(true);
    try {
      const answer = await new Promise<RootAnswer>((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null)
          return resolve({ problem: 'the process that was root has ended' });
        waiting.push(resolve);
        child.stdin.write(`${JSON.stringify(request)}\n`);
      });
      if (!('problem' in answer)) return answer;
      throw new DevcaError('DEVCA_PROGRAM_FAILED', {
        program,
        status: 'not started',
        stderr: answer.problem,
      });
    } finally {
      hold(waiting.length > 0);
    }
  };
}

/** What a file with a password says is read here, as the user, for root could read any. */
function requestOf(
  program: string,
  args: readonly string[],
  { stdin = '' }: Pick<ExecOptions, 'stdin'>,
  files: World['files'],
): RootRequest {
  const request = { program, args, stdin: Buffer.from(stdin).toString('base64'), password: undefined };
  const flag = args.indexOf('-storepass:file');
  const file = args[flag + 1];
  if (flag === -1 || file === undefined) return request;
  const [password = ''] = Buffer.from(files.read(file)).toString('utf8').split(/\r?\n/, 1);
  return {
    ...request,
    args: args.with(flag, '-storepass:env').with(flag + 1, PASSWORD_VARIABLE),
    password,
  };
}

/** Beside the bundle that this file is in, or with the stores, which it serves. */
function processPath(files: World['files']): string {
  const names = import.meta.url.endsWith('.ts')
    ? ['../truststore/root-process.ts']
    : ['./root-process.js', '../root-process.js'];
  const paths = names.map((name) => fileURLToPath(new URL(name, import.meta.url)));
  return paths.find((path) => files.statusOfTarget(path) !== undefined) ?? paths[0] ?? '';
}
