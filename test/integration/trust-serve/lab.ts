import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { devca, PROJECT } from '../../support/devca.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { cleanEnvironment } from '../../support/tools.ts';

/** A user with an authority, and nothing trusted anywhere. */
export function newUser(): string {
  const home = scratchFolder();
  const { status, stderr } = devca(['init', '--no-trust'], { home });
  if (status !== 0) throw new Error(stderr);
  return home;
}

export interface Serving {
  readonly url: string;
  readonly roots: readonly { readonly name: string; readonly sha256: string }[];
  /** Sends a signal, or waits where there is none; gives the status and what was said. */
  end(signal?: NodeJS.Signals): Promise<{ status: number | null; said: string }>;
}

/** `devca trust serve` in the background, by way of a prefix such as `unshare`. */
export async function serve(
  home: string,
  args: readonly string[] = [],
  prefix: readonly string[] = [],
): Promise<Serving> {
  const command = [...prefix, process.execPath, join(PROJECT, 'bin/devca.js'), 'trust', 'serve', '--json'];
  const [program = '', ...words] = [...command, ...args];
  const child = spawn(program, words, { env: cleanEnvironment(home), cwd: home });
  let printed = '';
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (status) => resolve(status)));
  const document = await new Promise<Pick<Serving, 'url' | 'roots'>>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.endsWith('\n}\n')) resolve(JSON.parse(printed));
    });
    child.once('close', () => reject(new Error(`it ended: ${said}${printed}`)));
  });
  return {
    ...document,
    end: async (signal) => {
      if (signal !== undefined) child.kill(signal);
      return { status: await ended, said };
    },
  };
}
