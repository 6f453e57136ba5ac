import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { cleanEnvironment } from './tools.ts';
import type { WatchedServer } from './trust-lab.ts';

const PATIENCE_MS = 30_000;

/** Starts a browser on the server's page, sees what it thinks of the certificate, and ends it; `meanwhile`: while it runs. */
export async function visit(
  server: WatchedServer,
  command: readonly string[],
  home: string,
  meanwhile: () => Promise<void> = async () => {},
): Promise<'accepted' | 'refused' | 'no verdict'> {
  const [program = '', ...args] = command.map((word) => word.replace('URL', server.url));
  const verdict = server.nextVerdict();
  // A process group of its own: browsers are many processes.
  const browser = spawn(program, args, {
    env: cleanEnvironment(home),
    cwd: home,
    stdio: 'ignore',
    detached: true,
  });
  const ended = new Promise<void>((resolve) => browser.on('close', () => resolve()));
  const patience = new AbortController();
  try {
    const silence = wait(PATIENCE_MS, 'no verdict' as const, { signal: patience.signal }).catch(
      () => 'no verdict' as const,
    );
    const seen = await Promise.race([verdict, silence]);
    await meanwhile();
    return seen;
  } finally {
    patience.abort();
    if (browser.pid !== undefined) await endGroup(browser.pid, ended);
  }
}

/** Asks first, so that a browser can close its databases. */
async function endGroup(pid: number, ended: Promise<void>): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  await Promise.race([ended, wait(5_000, undefined, { ref: false })]);
  signalGroup(pid, 'SIGKILL');
  await ended;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in it.
  }
}
