import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { RESPONSE, type RunningServer, type ServerEndpoint } from '../peer.ts';
import { type Observation, seenFromCode, seenFromError } from '../seen.ts';
import { handshakeFacts } from './node-client.ts';

/** Starts a server of this runtime's TLS on a port of 127.0.0.1. */
export async function serveWithNode(endpoint: ServerEndpoint): Promise<RunningServer> {
  const { credentials, trust, crls, alpn, timeLimitMs } = endpoint;
  const server = createServer({
    ...(credentials === undefined ? {} : { cert: credentials.certPem, key: credentials.keyPem }),
    ca: [...trust],
    ...(crls.length === 0 ? {} : { crl: [...crls] }),
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    handshakeTimeout: timeLimitMs,
  });
  const sockets = new Set<Socket>();
  const observations = observe(server, timeLimitMs);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    observed: (connections) => observations.nth(connections),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Observations {
  /** The observation of the nth connection to be closed. */
  nth(count: number): Promise<Observation>;
}

function observe(server: Server, timeLimitMs: number): Observations {
  const made: Observation[] = [];
  let wake = (): void => {};
  const add = (observation: Observation): void => {
    made.push(observation);
    wake();
  };
  server.on('secureConnection', (socket) => observeConnection(socket, add));
  server.on('tlsClientError', (error, socket) => add(handshakeFailure(error, socket)));
  return {
    nth: (count) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve({ seen: 'timed-out' }), timeLimitMs);
        wake = () => {
          const last = made[count - 1];
          if (last === undefined) return;
          clearTimeout(timer);
          resolve(last);
        };
        wake();
      }),
  };
}

function observeConnection(socket: TLSSocket, add: (observation: Observation) => void): void {
  let outcome: Observation = { seen: 'closed' };
  socket.on('data', () => {
    outcome = { seen: 'accepted', ...handshakeFacts(socket) };
    socket.end(RESPONSE);
  });
  socket.on('error', (error) => {
    if (outcome.seen !== 'accepted') outcome = seenFromError(error);
  });
  socket.on('close', () => add(outcome));
}

/**
 * Node refuses a client's certificate without an alert and reports only that the socket hung up, sometimes with
 * whatever OpenSSL complained about last; the reason stands on the socket, by its code.
 */
function handshakeFailure(error: Error, socket: TLSSocket): Observation {
  const reason: unknown = socket.authorizationError;
  return typeof reason === 'string' && reason !== '' ? seenFromCode(reason) : seenFromError(error);
}
