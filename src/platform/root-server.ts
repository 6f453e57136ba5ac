import { userInfo } from 'node:os';
import { createInterface } from 'node:readline';
import { forShell } from './escape.ts';
import { systemExec } from './exec.ts';
import { systemFiles } from './files.ts';
import { PASSWORD_VARIABLE, type RootAnswer, type RootRequest } from './root-client.ts';
import { foreignPartOf } from './root-owned.ts';
import { thisSystem } from './system.ts';
import { processTerminal } from './terminal.ts';
import type { World } from './world.ts';

/** Whether root is to run a command at all, whoever asks for it. */
export type RootRule = (
  command: Pick<RootRequest, 'program' | 'args'>,
  machine: Pick<World, 'files' | 'system'>,
) => boolean;

/** Root's own: whoever asks could otherwise end a program in the middle of a file. */
const LIMIT_MS = 120_000;

/** Answers the requests on standard input, one after the other, by lines of JSON on standard output. */
export async function serveRoot(isAllowed: RootRule): Promise<void> {
  const { homedir } = userInfo();
  const here = thisSystem();
  const system = { ...here, homeFolder: homedir, environment: { ...here.environment, HOME: homedir } };
  const world = { system, files: systemFiles, exec: systemExec(system) };
  const terminal = processTerminal(system);
  for await (const line of createInterface({ input: process.stdin })) {
    terminal.writeOut(`${JSON.stringify(await answerRequest(line, isAllowed, world))}\n`);
  }
}

/** Runs a program for whoever asks, where that is one of those that root runs and nobody else could make more of it. */
export async function answerRequest(
  line: string,
  isAllowed: RootRule,
  world: Pick<World, 'exec' | 'files' | 'system'>,
): Promise<RootAnswer> {
  const { exec, files } = world;
  try {
    const request = parseRequest(line);
    if (request === undefined) return { problem: 'root does not run it: it is no command' };
    const { program, args, stdin, password } = request;
    // By the name that was found, since some are many programs in one, which go by that.
    const foreign = foreignPartOf({ program: exec.find(program) ?? program, args }, files);
    const words = [program, ...args].map(forShell).join(' ');
    if (foreign !== undefined)
      return { problem: `root does not run it: others than root may change "${foreign.path}"` };
    if (!isAllowed({ program, args }, world))
      return { problem: `root does not run it: no trust store needs "${words}"` };
    return await exec.run(program, args, {
      stdin: Buffer.from(stdin, 'base64'),
      workingFolder: '/',
      timeoutMs: LIMIT_MS,
      ...(password === undefined ? {} : { environment: { [PASSWORD_VARIABLE]: password } }),
    });
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Throws SyntaxError. */
function parseRequest(line: string): RootRequest | undefined {
  const { program, args, stdin, password } = (JSON.parse(line) ?? {}) as Record<string, unknown>;
  const isText = (value: unknown): value is string => typeof value === 'string';
  if (!isText(program) || !isText(stdin) || !Array.isArray(args) || !args.every(isText)) return undefined;
  if (password !== undefined && !isText(password)) return undefined;
  return { program, args, stdin, password };
}
