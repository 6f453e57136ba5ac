import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { cleanEnvironment, toolOrFail } from '../../support/tools.ts';
import type { ImportLab } from './lab.ts';

/** Runs a client while the server of this process answers it; gives all that it says. */
export async function fetchWith(
  program: string,
  args: readonly string[],
  { home }: ImportLab,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const path = program.startsWith('/') ? program : toolOrFail(program);
  const child = spawn(path, args, { cwd: home, env: { ...cleanEnvironment(home), ...environment } });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  await new Promise((resolve) => child.on('close', resolve));
  return text;
}

/** Go's client, built in the lab. */
export function goProgram(lab: ImportLab): string {
  const program = lab.path('go-fetch');
  lab.tool('go', ['build', '-o', program, join(import.meta.dirname, 'programs/fetch.go')], {
    GOCACHE: lab.path('go-cache'),
    GO111MODULE: 'off',
    CGO_ENABLED: '0',
  });
  return program;
}
