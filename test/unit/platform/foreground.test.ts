import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { runInForeground } from '../../../src/platform/foreground.ts';
import { thisSystem } from '../../../src/platform/system.ts';
import { PROJECT } from '../../support/devca.ts';
import { scratchFolder } from '../../support/scratch.ts';

const { PATH } = process.env;

const statusOf = (command: string, ...args: string[]): Promise<number> =>
  runInForeground(command, args, { PATH }, thisSystem());

const shell = (script: string): Promise<number> => statusOf('sh', '-c', script);

function file(text: string, mode: number): string {
  const path = join(scratchFolder(), 'program');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('a command in the foreground', () => {
  it('gives its status, or 128 and the signal that ended it', async () => {
    expect(await shell('exit 0')).toBe(0);
    expect(await shell('exit 42')).toBe(42);
    expect(await shell('kill -TERM $$')).toBe(143);
    expect(await shell('kill -SEGV $$')).toBe(139);
  });

  it('gets its arguments as they are and this environment alone', async () => {
    expect(
      await statusOf('sh', '-c', '[ "$1" = "a b" ] && [ "$2" = "" ] && [ "$3" = "*" ]', 'x', 'a b', '', '*'),
    ).toBe(0);
    expect(
      await runInForeground('sh', ['-c', '[ "$A" = b ] && [ -z "$HOME" ]'], { PATH, A: 'b' }, thisSystem()),
    ).toBe(0);
  });

  it('finds SIGPIPE as it is in a shell, not ignored', async () => {
    expect(await shell('kill -PIPE $$; exit 0')).toBe(141);
  });

  it('says which command was not found', async () => {
    await expect(statusOf('no-such-command-of-devca')).rejects.toMatchObject({
      code: 'DEVCA_RUN_MISSING',
      exitStatus: 127,
    });
    await expect(statusOf(join(scratchFolder(), 'nothing'))).rejects.toMatchObject({
      code: 'DEVCA_RUN_MISSING',
    });
  });

  it('says why a command cannot be run', async () => {
    const folder = join(scratchFolder(), 'folder');
    mkdirSync(folder);
    for (const path of [file('#!/bin/sh\n', 0o644), folder, file('#!/no/such/shell\n', 0o755)])
      await expect(statusOf(path)).rejects.toMatchObject({ code: 'DEVCA_RUN_REFUSED', exitStatus: 126 });
  });

  it('says so where the arguments are too long', async () => {
    await expect(statusOf('true', 'x'.repeat(4_000_000))).rejects.toMatchObject({
      code: 'DEVCA_RUN_REFUSED',
      context: { reason: expect.stringContaining('longer than the system takes') },
    });
  });

  it('has a file without a first line of that kind run by the shell, as shells do', async () => {
    expect(await statusOf(file('exit 9\n', 0o755))).toBe(9);
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGINT', 'SIGQUIT'] as const)(
    'gets %s that was sent to devca',
    async (signal) => {
      const name = signal.slice(3);
      const script = `trap 'echo got ${name}; exit 7' ${name}; echo ready; while :; do sleep 0.05; done`;
      const program = `
        import { runInForeground } from '${PROJECT}/src/platform/foreground.ts';
        import { thisSystem } from '${PROJECT}/src/platform/system.ts';
        process.exit(await runInForeground('sh', ['-c', ${JSON.stringify(script)}], process.env, thisSystem()));`;
      const args = ['--no-warnings', '--input-type=module', '--eval', program];
      // A session of its own, so that no terminal sends anything to all of it.
      const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said === 'ready\n') child.kill(signal);
      });
      const limit = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), 10_000);
      const status = await new Promise((settle) => child.on('close', settle));
      clearTimeout(limit);
      expect({ status, said }).toEqual({ status: 7, said: `ready\ngot ${name}\n` });
    },
    20_000,
  );
});
