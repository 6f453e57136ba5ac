import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { DevcaError } from '../errors/devca-error.ts';
import { hostInUrl } from './lan-address.ts';

/** Something that is served, at one path. */
export interface ServedFile {
  /** For the log, such as `the page`. */
  readonly label: string;
  readonly headers: Readonly<Record<string, string>>;
  /** May depend on what asks for it, which is foreign text. */
  body(userAgent: string): Uint8Array;
}

export interface PageServerOptions {
  readonly address: string;
  /** 0 takes any that is free. */
  readonly port: number;
  /** All that is served, by path; `origin` is such as `http://192.168.1.5:4711`. */
  files(origin: string): ReadonlyMap<string, ServedFile>;
  onServed(label: string, to: string): void;
  readonly limits?: Partial<ServerLimits>;
}

/** What one connection may cost. A page with a few downloads needs little of any of it. */
export interface ServerLimits {
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly headerBytes: number;
  /** From the connection to the end of the request's header. */
  readonly headersMs: number;
  /** The life of a connection, whatever is sent or read on it. */
  readonly connectionMs: number;
}

export interface PageServer {
  readonly origin: string;
  readonly port: number;
  /** Ends every connection; twice is once. */
  close(): Promise<void>;
}

const LIMITS: ServerLimits = {
  connections: 64,
  connectionsPerAddress: 16,
  headerBytes: 8 * 1024,
  headersMs: 5_000,
  connectionMs: 20_000,
};

/**
 * Serves a fixed set of files over plain HTTP on one address: GET and HEAD alone, to those alone who name this very
 * address, so that a name which was pointed at it by somebody else's DNS opens nothing; one request a connection.
 * Throws DEVCA_SERVER_PORT_IN_USE and DEVCA_SERVER_LISTEN_FAILED.
 */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const limits = { ...LIMITS, ...options.limits };
  const server = createServer({
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.headersMs,
    connectionsCheckingInterval: Math.min(1_000, limits.headersMs),
  });
  limitConnections(server, limits);
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  const host = hostInUrl(options.address);
  // A browser leaves out the port that is HTTP's own.
  const hosts = port === 80 ? [host, `${host}:80`] : [`${host}:${port}`];
  const origin = `http://${hosts[0]}`;
  const files = options.files(origin);
  server.on('request', (request, response) => respond(request, response, { hosts, files, options }));
  return { origin, port, close: () => closeServer(server) };
}

interface Site {
  readonly hosts: readonly string[];
  readonly files: ReadonlyMap<string, ServedFile>;
  readonly options: PageServerOptions;
}

/** Also with every refusal: nothing is run, framed, guessed, kept, or told to the next site. */
const HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Content-Type': 'text/plain; charset=utf-8',
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  Connection: 'close',
};

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** What the log says of it, if it is to say anything. */
  readonly label?: string;
}

function respond(request: IncomingMessage, response: ServerResponse, site: Site): void {
  const { status, headers, body, label } = answerTo(request, site);
  const to = request.socket.remoteAddress ?? 'somebody';
  if (label !== undefined) response.once('finish', () => site.options.onServed(label, to));
  response.writeHead(status, { ...HEADERS, ...headers, 'Content-Length': body.length });
  response.end(body);
}

function answerTo({ method, url = '', headers, headersDistinct }: IncomingMessage, site: Site): Answer {
  const hosts = headersDistinct['host'] ?? [];
  if (hosts.length !== 1) return refusal(400, 'one Host header is needed');
  if (!site.hosts.includes(hosts[0]?.toLowerCase() ?? '')) return refusal(421, 'this is not that host');
  if (method !== 'GET' && method !== 'HEAD')
    return refusal(405, 'only GET and HEAD are answered', { Allow: 'GET, HEAD' });
  const file = site.files.get(url.replace(/\?.*$/s, ''));
  if (file === undefined) return refusal(404, 'there is nothing here');
  const answer = { status: 200, headers: file.headers, body: file.body(headers['user-agent'] ?? '') };
  return method === 'GET' ? { ...answer, label: file.label } : answer;
}

function refusal(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: Buffer.from(`${text}\n`) };
}

/** However slowly somebody sends or reads, a connection ends; and nobody has all of them. */
function limitConnections(server: Server, limits: ServerLimits): void {
  const counts = new Map<string, number>();
  server.maxConnections = limits.connections;
  server.on('connection', (socket: Socket) => {
    const from = socket.remoteAddress ?? '';
    const count = (counts.get(from) ?? 0) + 1;
    counts.set(from, count);
    const end = setTimeout(() => socket.destroy(), limits.connectionMs);
    socket.once('close', () => {
      clearTimeout(end);
      const left = (counts.get(from) ?? 1) - 1;
      if (left === 0) counts.delete(from);
      else counts.set(from, left);
    });
    if (count > limits.connectionsPerAddress) socket.destroy();
  });
}

async function listen(server: Server, { address, port }: PageServerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const detail = REASONS[cause.code ?? ''] ?? cause.message;
      reject(
        cause.code === 'EADDRINUSE'
          ? new DevcaError('DEVCA_SERVER_PORT_IN_USE', { address, port }, { cause })
          : new DevcaError('DEVCA_SERVER_LISTEN_FAILED', { address, port, detail }, { cause }),
      );
    });
    server.listen({ host: address, port, exclusive: true }, resolve);
  });
  server.removeAllListeners('error');
  // What goes wrong with a single connection later (too many open files) ends neither the server nor devca.
  server.on('error', () => undefined);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not',
  EADDRNOTAVAIL: 'this machine has no such address any more',
};

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
