import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import { RUN } from './clients.ts';
import { type RuntimeLab, runtimeLab } from './lab.ts';

/** Counts what comes, says whether it has a terminal, and ends as it is told to. */
const SCRIPT = [
  'n=0',
  "trap 'n=$((n+1))' INT",
  '[ -t 0 ] && [ -t 1 ] && echo terminal',
  'echo ready',
  'read answer; while [ -z "$answer" ]; do read answer; done',
  'echo "interrupts: $n, answer: $answer"; exit 3',
].join('\n');

describeWith(['python3'], 'devca run on a terminal', () => {
  let lab: RuntimeLab;
  beforeAll(async () => {
    lab = await runtimeLab();
  });
  afterAll(() => lab[Symbol.dispose]());

  it('lends it to the command, which gets an interrupt once', async () => {
    const typing = join(import.meta.dirname, 'terminal.py');
    const args = [typing, ...RUN, 'bash', '-c', SCRIPT];
    const { status, said } = await new Promise<{ status: unknown; said: string }>((settle) => {
      const child = execFile('python3', args, { env: { ...lab.environment }, timeout: 30_000 }, (_, stdout) =>
        settle({ status: child.exitCode, said: stdout.replaceAll('\r', '') }),
      );
    });
    expect(said).toContain('terminal\nready\n');
    expect(said).toContain('interrupts: 1, answer: yes\n');
    expect(status).toBe(3);
  }, 40_000);
});
