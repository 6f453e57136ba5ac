import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The files of a server that asks for client certificates and looks them up in lists. */
export interface ServerFiles {
  readonly fullchain: string;
  readonly key: string;
  /** What client certificates must lead to. */
  readonly roots: string;
  readonly crl: string | undefined;
}

export interface RunningServer {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startNginx(folder: string, files: ServerFiles, tool: string): Promise<RunningServer> {
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ');
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log info; events {}
http { access_log off; ${temporary}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${files.fullchain}; ssl_certificate_key ${files.key};
    ssl_client_certificate ${files.roots}; ssl_verify_client on; ssl_verify_depth 3;
    ${files.crl === undefined ? '' : `ssl_crl ${files.crl};`}
    location / { return 200 "hello\\n"; }
  } }\n`,
  );
  return started(
    spawn(tool, ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'nginx.log')], { stdio: 'ignore' }),
    port,
  );
}

export async function startHaproxy(folder: string, files: ServerFiles, tool: string): Promise<RunningServer> {
  const port = await freePort();
  writeFileSync(
    join(folder, 'haproxy.cfg'),
    `defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
frontend f
  bind 127.0.0.1:${port} ssl crt ${files.fullchain} ca-file ${files.roots} verify required${files.crl === undefined ? '' : ` crl-file ${files.crl}`}
  http-request return status 200 content-type text/plain string hello\n`,
  );
  return started(spawn(tool, ['-db', '-f', join(folder, 'haproxy.cfg')], { stdio: 'ignore' }), port);
}

async function started(child: ChildProcess, port: number): Promise<RunningServer> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await listening(port);
  return {
    port,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on port ${port}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

/** A web server that asks for no client certificate. */
export async function startOpenssl({ fullchain, key }: ServerFiles, tool: string): Promise<RunningServer> {
  const port = await freePort();
  const args = [
    's_server',
    '-accept',
    String(port),
    '-cert_chain',
    fullchain,
    '-cert',
    fullchain,
    '-key',
    key,
    '-www',
  ];
  return started(spawn(tool, args, { stdio: 'ignore' }), port);
}
