import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import tls from 'node:tls';
import { type Recording, Tap } from '../../../src/wire/tap.ts';

export interface LoopbackOptions {
  readonly server: tls.TlsOptions;
  readonly client?: tls.ConnectionOptions;
  /** Sent by the client once the handshake is done; the server sends it back. */
  readonly data?: string;
  readonly session?: Buffer;
}

export interface LoopbackOutcome {
  readonly client: Recording;
  readonly server: Recording;
  readonly session: Buffer | undefined;
  readonly protocol: string | null;
}

/** A handshake of the runtime's TLS with itself over loopback, tapped at both ends. */
export async function loopbackHandshake(options: LoopbackOptions): Promise<LoopbackOutcome> {
  const server = tls.createServer(options.server, (socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  const outcome = await handshakeWith(server, options);
  server.close();
  return outcome;
}

/** As `loopbackHandshake`, with a server that lives on, as resumption by ticket needs it. */
export async function handshakeWith(server: tls.Server, options: LoopbackOptions): Promise<LoopbackOutcome> {
  const [near, far] = await socketPair();
  const serverTap = new Tap(far, 'server');
  const onKeyLog = (line: Buffer) => serverTap.addSecret(line);
  server.on('keylog', onKeyLog);
  server.on('tlsClientError', () => {});
  server.emit('connection', serverTap);
  const clientTap = new Tap(near, 'client');
  const socket = tls.connect({
    servername: 'localhost',
    rejectUnauthorized: false,
    ...options.client,
    ...(options.session === undefined ? {} : { session: options.session }),
    socket: clientTap,
  });
  socket.on('keylog', (line: Buffer) => clientTap.addSecret(line));
  let session: Buffer | undefined;
  socket.on('session', (ticket: Buffer) => {
    session = ticket;
  });
  let protocol: string | null = null;
  const failed = new Promise<void>((resolve) => socket.on('error', () => resolve()));
  const done = (async () => {
    await once(socket, 'secureConnect');
    protocol = socket.getProtocol();
    socket.write(options.data ?? 'ping');
    await once(socket, 'data');
    session ??= socket.getSession();
    socket.end();
    await once(socket, 'close');
  })();
  await Promise.race([done, failed]);
  done.catch(() => {});
  socket.destroy();
  server.off('keylog', onKeyLog);
  return { client: clientTap.recording(), server: serverTap.recording(), session, protocol };
}

/**
 * Real sockets: over a pair of streams in memory the runtime loses an alert,
 * as its write before is not done when the other side answers in the same turn of the event loop.
 */
async function socketPair(): Promise<[near: Socket, far: Socket]> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const near = connect((listener.address() as AddressInfo).port, '127.0.0.1').setNoDelay();
  const [far] = (await once(listener, 'connection')) as [Socket];
  listener.close();
  return [near, far.setNoDelay()];
}
