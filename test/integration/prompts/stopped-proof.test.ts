import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { devca, PROJECT } from '../../support/devca.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { cleanEnvironment, describeWith } from '../../support/tools.ts';

/** Says who it is and what it has started, writes where it works, and never ends. */
const CURL = [
  '#!/bin/sh',
  'sleep 600 &',
  'echo "$$ $!" > "$HOME/started.tmp"',
  'touch "$TMPDIR"/devca-*/left',
]
  .concat('mv "$HOME/started.tmp" "$HOME/started"', 'wait')
  .join('\n');

const isAlive = (pid: number): boolean => {
  try {
    // A process that has ended but that nobody has waited for counts as gone.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

describeWith([], 'a proof of trust that is stopped', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s ends its clients, leaves nothing behind',
    async (signal) => {
      const home = scratchFolder();
      const [programs, temporary] = [join(home, 'bin'), join(home, 'tmp')];
      for (const folder of [programs, temporary]) mkdirSync(folder);
      writeFileSync(join(programs, 'curl'), CURL);
      chmodSync(join(programs, 'curl'), 0o755);
      expect(devca(['init', '--no-trust'], { home })).toMatchObject({ status: 0 });
      const { PATH, ...others } = cleanEnvironment(home);
      const environment = { ...others, PATH: `${programs}:${PATH}`, TMPDIR: temporary };
      const args = ['trust', 'status', '--prove', '--client', 'curl'];
      const child = spawn(process.execPath, [resolve(PROJECT, 'bin/devca.js'), ...args], {
        env: environment,
      });
      const said: Buffer[] = [];
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => said.push(chunk));
      const ended = once(child, 'close');
      while (!existsSync(join(home, 'started'))) await delay(20);
      expect(readdirSync(temporary)).toHaveLength(1);
      child.kill(signal);
      expect(await ended).toEqual([130, null]);
      expect(Buffer.concat(said).toString()).toBe('');
      expect(readdirSync(temporary)).toEqual([]);
      const pids = readFileSync(join(home, 'started'), 'utf8').trim().split(' ').map(Number);
      expect(pids.filter(isAlive)).toEqual([]);
    },
    40_000,
  );
});
