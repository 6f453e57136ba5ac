import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Credentials } from '../peer.ts';
import type { FetchTarget } from './trust-client.ts';

/** What the server saw of its one client. */
export interface ServerSight {
  /** A client connected. */
  readonly connected: boolean;
  /** It sent a request: it has accepted the certificate. */
  readonly requested: boolean;
  /** The alert by which it refused. */
  readonly alert: string | undefined;
}

export interface ThrowawayServer {
  readonly target: FetchTarget;
  sight(): ServerSight;
  /** Settles once the client has sent a request or an alert. */
  readonly verdict: Promise<void>;
  close(): Promise<void>;
}

const HOST = 'localhost';

/** Serves one client on loopback, on a port of its own, so that what is seen is that client's. */
export async function startThrowawayServer(
  { certPem, keyPem }: Credentials,
  token: string,
): Promise<ThrowawayServer> {
  let sight: ServerSight = { connected: false, requested: false, alert: undefined };
  let settle: () => void = () => {};
  const verdict = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const sockets = new Set<Duplex>();
  const make = (): Server => {
    const server = createServer({ cert: certPem, key: keyPem });
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      sight = { ...sight, connected: true };
    });
    server.on('tlsClientError', (error: NodeJS.ErrnoException) => {
      const alert = /alert[ _]([a-z_ ]+)/i.exec(`${error.code ?? ''} ${error.message}`)?.[1];
      // Browsers open connections that they never use; only an alert is a refusal.
      if (alert === undefined || !/ALERT/.test(error.code ?? '')) return;
      sight = { ...sight, alert: alert.trim().toLowerCase().replaceAll(' ', '_') };
      settle();
    });
    server.on('request', (request, response) => {
      sight = { ...sight, requested: true };
      settle();
      response.setHeader('connection', 'close');
      response.setHeader('content-type', request.url?.includes('info/refs') ? 'text/plain' : 'text/html');
      response.end(bodyFor(request.url ?? '', token));
    });
    return server;
  };
  const first = make();
  first.listen(0, '127.0.0.1');
  await once(first, 'listening');
  const { port } = first.address() as AddressInfo;
  const servers = [first];
  // Clients that know IPv6 try it first; where there is none, they go on to IPv4.
  const second = make();
  const isListening = await new Promise<boolean>((resolve) => {
    second.on('error', () => resolve(false));
    second.listen({ port, host: '::1', ipv6Only: true }, () => resolve(true));
  });
  if (isListening) servers.push(second);
  return {
    target: { url: `https://${HOST}:${port}/`, host: HOST, port, token },
    sight: () => sight,
    verdict,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => once(server.close(), 'close')));
    },
  };
}

/** A page; for git, a repository with one branch. */
function bodyFor(url: string, token: string): string {
  if (url.includes('info/refs')) return `${token}\trefs/heads/devca\n`;
  if (url.endsWith('/HEAD')) return 'ref: refs/heads/devca\n';
  return `<!doctype html><title>devca</title>${token}\n`;
}
