import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { cleanEnvironment } from './tools.ts';

export interface ForeignServer extends AsyncDisposable {
  readonly port: number;
}

/** Starts a program and waits until what it prints has its port in it, as the first group of `announcement`. */
export async function startServer(
  program: string,
  args: readonly string[],
  announcement: RegExp,
  home: string,
): Promise<ForeignServer> {
  const child = spawn(program, args, { env: cleanEnvironment(home), cwd: home });
  let said = '';
  const port = await new Promise<number>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      said += chunk.toString();
      const found = announcement.exec(said)?.[1];
      if (found !== undefined) resolve(Number(found));
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('error', reject);
    child.on('close', () => reject(new Error(`${program} ended: ${said}`)));
  });
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

/** A port that is free now, for programs that cannot choose one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
