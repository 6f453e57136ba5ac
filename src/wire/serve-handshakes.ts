import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import tls from 'node:tls';
import { DevcaError } from '../errors/devca-error.ts';
import type { Ending } from './observe-handshake.ts';
import { opensslReason } from './openssl-reason.ts';
import { monotonicMicroseconds, type Recording, Tap } from './tap.ts';
import { formatTarget } from './target.ts';

export interface ServeOptions {
  /** Loopback by default. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM, with the chain. */
  readonly cert: string;
  readonly key: string;
  readonly clientCertificate?: 'none' | 'want' | 'need';
  /** Roots that client certificates are held against; their names become the acceptable authorities. */
  readonly clientRoots?: readonly string[];
  readonly alpn?: readonly string[];
  readonly minVersion?: tls.SecureVersion;
  readonly maxVersion?: tls.SecureVersion;
  readonly ciphers?: string;
  /** How long a client may take, and may then stay. */
  readonly timeoutMs?: number;
}

/** One handshake as a server saw it. Plain data, so that it can cross from one thread to another. */
export interface ServedHandshake {
  readonly client: string;
  readonly server: string;
  readonly startedAt: Date;
  readonly recording: Recording;
  readonly secured: boolean;
  readonly ending: Ending;
  /** How long the client had. */
  readonly timeoutMs: number;
  readonly failure: string | undefined;
  /** Why the runtime would refuse the client certificate; `undefined` where it was not asked for or is fine. */
  readonly authorizationError: string | undefined;
}

export interface HandshakeServer {
  readonly port: number;
  close(): Promise<void>;
}

interface ServeWorld {
  readonly clock: { now(): Date };
  readonly random: (length: number) => Uint8Array;
}

const DEFAULT_TIMEOUT_MS = 5000;

/** As many connections are watched at once; further ones are closed, so that a flood costs no memory. */
const CONNECTION_LIMIT = 64;

/** Listens, and tells of every handshake when its connection has ended or has been quiet for a while. */
export async function serveHandshakes(
  options: ServeOptions,
  onHandshake: (handshake: ServedHandshake) => void,
  world: ServeWorld,
): Promise<HandshakeServer> {
  const settings = serverSettings(options, world);
  const open = new Set<Socket>();
  const listener = createServer((socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    watch(socket, settings, options.timeoutMs ?? DEFAULT_TIMEOUT_MS, onHandshake, world);
  });
  listener.maxConnections = CONNECTION_LIMIT;
  const host = options.host ?? '127.0.0.1';
  listener.listen(options.port, host);
  try {
    await once(listener, 'listening');
  } catch (cause) {
    const address = formatTarget({ host, port: options.port });
    throw new DevcaError(
      'DEVCA_WIRE_LISTEN_FAILED',
      { address, detail: (cause as Error).message },
      { cause },
    );
  }
  return {
    port: (listener.address() as AddressInfo).port,
    close: async () => {
      listener.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function serverSettings(options: ServeOptions, world: ServeWorld): tls.TlsOptions {
  const { cert, key, clientRoots, alpn, minVersion, maxVersion, ciphers } = options;
  const policy = options.clientCertificate ?? 'none';
  const settings: tls.TlsOptions = {
    cert,
    key,
    requestCert: policy !== 'none',
    rejectUnauthorized: policy === 'need',
    // Every connection gets a server of its own, as the secrets of a shared one cannot be told apart.
    ticketKeys: Buffer.from(world.random(48)),
    ...(clientRoots === undefined ? {} : { ca: [...clientRoots] }),
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
    ...(ciphers === undefined ? {} : { ciphers }),
  };
  try {
    tls.createSecureContext(settings);
  } catch (cause) {
    throw new DevcaError('DEVCA_WIRE_CLIENT_CERTIFICATE', { detail: (cause as Error).message }, { cause });
  }
  return settings;
}

function watch(
  raw: Socket,
  settings: tls.TlsOptions,
  timeoutMs: number,
  onHandshake: (handshake: ServedHandshake) => void,
  world: ServeWorld,
): void {
  const startedAt = world.clock.now();
  const client = formatTarget({ host: raw.remoteAddress ?? '', port: raw.remotePort ?? 0 });
  const server = formatTarget({ host: raw.localAddress ?? '', port: raw.localPort ?? 0 });
  raw.setNoDelay();
  const tap = new Tap(raw, 'server', monotonicMicroseconds());
  let [secured, wasReset, done] = [false, false, false];
  let failure: string | undefined;
  let authorizationError: string | undefined;
  const finish = (ending: Ending): void => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    const { chunks, secrets, ...recording } = tap.recording();
    const seen = { ...recording, chunks: [...chunks], secrets: [...secrets] };
    onHandshake({
      client,
      server,
      startedAt,
      recording: seen,
      secured,
      ending,
      timeoutMs,
      failure,
      authorizationError,
    });
    raw.destroy();
  };
  const timer = setTimeout(() => finish(secured ? 'open' : 'stalled'), timeoutMs);
  raw.on('error', (error: NodeJS.ErrnoException) => {
    wasReset = error.code === 'ECONNRESET';
  });
  tap.on('error', () => {});
  const closed = (): void => {
    setImmediate(() => finish(wasReset ? 'reset' : 'closed'));
  };
  const tlsServer = tls.createServer(settings, (socket) => {
    secured = true;
    authorizationError = authorizationOf(socket);
    socket.on('error', () => {});
    socket.on('close', closed);
    answer(socket);
  });
  tlsServer.on('keylog', (line) => tap.addSecret(line));
  tlsServer.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    failure ??= opensslReason(error.message);
    authorizationError ??= authorizationOf(socket);
    setImmediate(closed);
  });
  raw.on('close', closed);
  tlsServer.emit('connection', tap);
}

/** What Node keeps back with an anonymous client that was only asked for a certificate. */
function authorizationOf(socket: tls.TLSSocket): string | undefined {
  const error = socket.authorizationError as unknown as
    | { message?: string; code?: string }
    | string
    | undefined;
  if (error === undefined || error === null) return undefined;
  return typeof error === 'string' ? error : (error.code ?? error.message);
}

/** Browsers and curl get a short answer, everybody else an end. */
function answer(socket: tls.TLSSocket): void {
  socket.once('data', (bytes: Buffer) => {
    const text = `devca saw this handshake: ${socket.getProtocol()}, ${socket.getCipher().standardName}\n`;
    const isHttp = /^[A-Z]{3,7} [^\r\n]* HTTP\/1\.[01]\r\n/.test(bytes.toString('latin1'));
    if (!isHttp) {
      socket.end(bytes);
      return;
    }
    socket.end(
      `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
    );
  });
}
