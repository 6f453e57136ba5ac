import { lookup } from 'node:dns/promises';
import { connect, type Socket } from 'node:net';
import { DevcaError } from '../errors/devca-error.ts';
import { Dialogue, DialogueFailure } from './dialogue.ts';
import { beginTls, type StartTlsProtocol } from './starttls.ts';
import { monotonicMicroseconds } from './tap.ts';
import { formatTarget, parseTarget, type Target } from './target.ts';

export interface ConnectionOptions {
  /** Where to connect to instead of the target's own host and port: HOST, HOST:PORT or :PORT. */
  readonly connect?: string;
  /** An HTTP proxy that is asked for a tunnel: `http://[USER:PASSWORD@]HOST:PORT` or HOST:PORT. */
  readonly proxy?: string;
  readonly starttls?: StartTlsProtocol;
  readonly family?: 4 | 6;
  /** For each step: name, connection, answers before TLS. */
  readonly timeoutMs: number;
}

/** A connection on which TLS can begin, and how long it took to get there, in microseconds. */
export interface OpenConnection {
  readonly socket: Socket;
  /** `address:port` of the other end of the connection, which is the proxy where there is one. */
  readonly address: string;
  /** `address:port` of this end. */
  readonly local: string;
  /** `null` where no name had to be looked up. */
  readonly dns: number | null;
  readonly tcp: number;
  /** The conversation with a proxy, and STARTTLS. */
  readonly prelude: number | null;
}

/** Looks the name up, connects, and goes through proxy and STARTTLS. Throws DEVCA_WIRE_* errors only. */
export async function openConnection(target: Target, options: ConnectionOptions): Promise<OpenConnection> {
  const proxy = options.proxy === undefined ? undefined : parseProxy(options.proxy);
  const peer = proxy ?? (options.connect === undefined ? target : connectTarget(options.connect, target));
  const begin = monotonicMicroseconds();
  const addresses = await addressesOf(peer, options);
  const dns = peer.isAddress ? null : monotonicMicroseconds() - begin;
  const beforeTcp = monotonicMicroseconds();
  const { socket, address } = await connectToFirst(addresses, peer.port, options.timeoutMs);
  const tcp = monotonicMicroseconds() - beforeTcp;
  const beforePrelude = monotonicMicroseconds();
  try {
    if (proxy !== undefined) await openTunnel(socket, proxy, target, options);
    if (options.starttls !== undefined) {
      const where = { host: target.host, address, timeoutMs: options.timeoutMs };
      await beginTls(socket, options.starttls, where);
    }
  } catch (error) {
    socket.destroy();
    throw error;
  }
  const hasPrelude = proxy !== undefined || options.starttls !== undefined;
  const local = formatTarget({ host: socket.localAddress ?? '127.0.0.1', port: socket.localPort ?? 0 });
  return {
    socket,
    address,
    local,
    dns,
    tcp,
    prelude: hasPrelude ? monotonicMicroseconds() - beforePrelude : null,
  };
}

interface Proxy extends Target {
  readonly authorization: string | undefined;
}

function parseProxy(text: string): Proxy {
  const [, , credentials, place = text] = /^(http:\/\/)?(?:([^@/]*)@)?([^/]*)\/?$/i.exec(text) ?? [];
  return {
    ...parseTarget(place, 8080),
    authorization:
      credentials === undefined ? undefined : Buffer.from(decodeURIComponent(credentials)).toString('base64'),
  };
}

function connectTarget(text: string, target: Target): Target {
  if (text.startsWith(':')) return { ...target, port: parseTarget(`localhost${text}`).port };
  return parseTarget(text, target.port);
}

async function addressesOf(target: Target, options: ConnectionOptions): Promise<readonly string[]> {
  if (target.isAddress) return [target.host];
  try {
    const family = options.family ?? 0;
    const found = await withTimeout(lookup(target.host, { all: true, family }), options.timeoutMs);
    if (found !== undefined && found.length > 0) return found.map(({ address }) => address);
    throw new DevcaError('DEVCA_WIRE_HOST_UNKNOWN', {
      host: target.host,
      detail: found === undefined ? `no answer within ${options.timeoutMs} ms` : 'no address',
    });
  } catch (cause) {
    if (cause instanceof DevcaError) throw cause;
    const detail = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new DevcaError('DEVCA_WIRE_HOST_UNKNOWN', { host: target.host, detail }, { cause });
  }
}

/** One address after the other; what is reported is the first failure, as the others are its understudies. */
async function connectToFirst(
  addresses: readonly string[],
  port: number,
  timeoutMs: number,
): Promise<{ socket: Socket; address: string }> {
  let failure: unknown;
  for (const host of addresses.slice(0, ADDRESS_LIMIT)) {
    const address = formatTarget({ host, port });
    try {
      return { socket: await connectTo(host, port, address, timeoutMs), address };
    } catch (error) {
      failure ??= error;
    }
  }
  throw failure;
}

/** A name with more addresses than this is not tried to the end. */
const ADDRESS_LIMIT = 8;

function connectTo(host: string, port: number, address: string, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new DevcaError('DEVCA_WIRE_CONNECTION_TIMEOUT', { address, timeoutMs }));
    }, timeoutMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      // Whoever takes the socket over listens for errors himself; until then one must not end the process.
      socket.on('error', () => {});
      socket.pause();
      resolve(socket);
    });
    const onError = (cause: NodeJS.ErrnoException): void => {
      clearTimeout(timer);
      reject(connectionError(address, timeoutMs, cause));
    };
    socket.once('error', onError);
  });
}

function connectionError(address: string, timeoutMs: number, cause: NodeJS.ErrnoException): DevcaError {
  switch (cause.code) {
    case 'ECONNREFUSED':
      return new DevcaError('DEVCA_WIRE_CONNECTION_REFUSED', { address }, { cause });
    case 'ETIMEDOUT':
      return new DevcaError('DEVCA_WIRE_CONNECTION_TIMEOUT', { address, timeoutMs }, { cause });
    default:
      return new DevcaError('DEVCA_WIRE_CONNECTION_FAILED', { address, detail: cause.message }, { cause });
  }
}

async function openTunnel(
  socket: Socket,
  proxy: Proxy,
  target: Target,
  options: ConnectionOptions,
): Promise<void> {
  const inside = formatTarget(
    options.connect === undefined ? target : connectTarget(options.connect, target),
  );
  const dialogue = new Dialogue(socket, options.timeoutMs);
  const authorization =
    proxy.authorization === undefined ? '' : `Proxy-Authorization: Basic ${proxy.authorization}\r\n`;
  try {
    dialogue.send(`CONNECT ${inside} HTTP/1.1\r\nHost: ${inside}\r\n${authorization}\r\n`);
    const answer = await dialogue.until(/\r?\n\r?\n/);
    const status = /^HTTP\/1\.[01] (\d{3})[^\r\n]*/.exec(answer);
    if (!status?.[1]?.startsWith('2'))
      throw new DialogueFailure(`it answered "${(status?.[0] ?? answer).slice(0, 100)}"`);
    dialogue.finish();
  } catch (error) {
    if (!(error instanceof DialogueFailure)) throw error;
    const detail = error.message;
    throw new DevcaError('DEVCA_WIRE_PROXY_FAILED', { proxy: formatTarget(proxy), detail });
  }
}

async function withTimeout<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs);
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
  }
}
