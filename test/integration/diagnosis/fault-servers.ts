import { spawn } from 'node:child_process';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';

/** A server on loopback with one fault. `log` is what it had to say about its clients. */
export interface FaultServer {
  readonly port: number;
  readonly log: () => string;
  readonly close: () => Promise<void>;
}

/** An HTTPS server by the runtime's TLS. */
export function tlsServer(options: ServerOptions): Promise<FaultServer> {
  const lines: string[] = [];
  const server = createHttpsServer(options, (_request, response) => response.end('served\n'));
  server.on('tlsClientError', (error) => lines.push(`tlsClientError ${error.name}: ${error.message}`));
  return listening(server, lines);
}

/** A plain HTTP server. */
export const httpServer = (): Promise<FaultServer> =>
  listening(
    createHttpServer((_request, response) => response.end('served\n')),
    [],
  );

/** A server that does one thing with each connection's first bytes. */
export const rawServer = (behave: (socket: Socket, hello: Buffer) => void): Promise<FaultServer> =>
  listening(
    createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (hello) => behave(socket, hello));
    }),
    [],
  );

/** `openssl s_server`, which refuses clients with the alerts that the standard names. */
export function opensslServer(args: readonly string[]): Promise<FaultServer> {
  return new Promise((resolve, reject) => {
    const child = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', '-www', ...args]);
    let output = '';
    const listen = (chunk: Buffer): void => {
      output += chunk.toString();
      const port = /ACCEPT 127\.0\.0\.1:(\d+)/.exec(output)?.[1];
      if (port === undefined) return;
      resolve({ port: Number(port), log: () => output, close: () => ended(child) });
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`openssl s_server ended: ${output}`)));
  });
}

/** A port of this machine that nobody listens on. */
export async function closedPort(): Promise<FaultServer> {
  const server = await rawServer(() => undefined);
  await server.close();
  return { ...server, close: () => Promise.resolve() };
}

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

function listening(server: Server, lines: string[]): Promise<FaultServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({
        port: (server.address() as AddressInfo).port,
        log: () => lines.join('\n'),
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            for (const socket of sockets) socket.destroy();
          }),
      }),
    );
  });
}
