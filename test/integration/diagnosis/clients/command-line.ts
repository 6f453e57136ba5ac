import { spawn } from 'node:child_process';
import type { Case } from '../scenario.ts';

/** What a client printed about each case that it refused. */
export type Outputs = ReadonlyMap<string, string>;

/** These machines export bundles of authorities, which would decide instead of the test. */
const TRUST_VARIABLES =
  /^(NODE_EXTRA_CA_CERTS|NODE_OPTIONS|SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE|REQUESTS_CA_BUNDLE|GIT_SSL_CAINFO)$/;

export interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** Runs a program to its end and gives standard output and error together, in the order that they came. */
export function runClient(
  program: string,
  args: readonly string[],
  options: {
    readonly input?: string;
    readonly environment?: Record<string, string>;
    readonly timeoutMs?: number;
    readonly folder?: string;
  } = {},
): Promise<Ended> {
  const inherited = Object.entries(process.env).filter(([name]) => !TRUST_VARIABLES.test(name));
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      detached: true,
      cwd: options.folder,
      env: { ...Object.fromEntries(inherited), LC_ALL: 'C', ...options.environment },
    });
    const timer = setTimeout(() => killGroup(child.pid), options.timeoutMs ?? 60_000);
    let output = '';
    const add = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status, output });
    });
  });
}

/** One program run per case; a status of 0 means that the client had nothing to complain of. */
export async function runEach(
  cases: readonly Case[],
  program: string,
  argsOf: (one: Case) => readonly string[] | undefined,
): Promise<Outputs> {
  const outputs = new Map<string, string>();
  await Promise.all(
    cases.map(async (one) => {
      const args = argsOf(one);
      if (args === undefined) return;
      const { status, output } = await runClient(program, args, { timeoutMs: 6_000 });
      if (status !== 0 && output.trim() !== '') outputs.set(one.id, output.trim());
    }),
  );
  return outputs;
}

/** One program run for all cases: fields on standard input, sections that begin with `## ID` on its output. */
export async function runBatch(
  cases: readonly Case[],
  program: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Outputs> {
  const { output } = await runClient(program, args, {
    input: resolvable(cases).map(fields).join('\n'),
    environment,
  });
  return sections(output);
}

/** Some clients leave the work to children that outlive them. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** Not every resolver knows the names under localhost. */
export const resolvable = (cases: readonly Case[]): Case[] =>
  cases.filter((one) => one.host !== 'app.localhost');

export function sections(output: string): Outputs {
  const outputs = new Map<string, string>();
  for (const section of output.split(/^## /m).slice(1)) {
    const end = section.indexOf('\n');
    const [id = '', verdict] = section.slice(0, end).split(' ');
    const text = section.slice(end + 1).trim();
    if (verdict !== 'refused') continue;
    outputs.set(id, outputs.has(id) ? `${outputs.get(id)}\n${text}` : text);
  }
  return outputs;
}

const fields = (one: Case): string =>
  [
    one.id,
    one.scheme,
    one.host,
    one.port,
    one.trust,
    one.cert ?? '',
    one.key ?? '',
    one.crl ?? '',
    one.alpn ?? '',
    one.maxTls12 === true ? '1.2' : '',
  ].join('\t');
