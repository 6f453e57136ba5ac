import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from 'node:net';
import { connect, createServer } from 'node:tls';
import { type Peer, REQUEST, RESPONSE } from '../../../src/proof/peer.ts';
import { nodePeer } from '../../../src/proof/peers/node-peer.ts';
import type { Observation, Seen } from '../../../src/proof/seen.ts';

/** Accepts everything: any certificate and none, any name, any version. */
export const credulousPeer: Peer = {
  id: 'credulous',
  serve: async ({ credentials }) => {
    const seen: Observation[] = [];
    const server = createServer(
      {
        cert: credentials?.certPem,
        key: credentials?.keyPem,
        requestCert: true,
        rejectUnauthorized: false,
        minVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      },
      (socket) => {
        socket.on('error', () => {});
        socket.on('data', () => {
          seen.push({ seen: 'accepted' });
          socket.end(RESPONSE);
        });
      },
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      port: (server.address() as AddressInfo).port,
      observed: async () => seen.at(-1) ?? { seen: 'closed' },
      close: async () => {
        server.close();
      },
    };
  },
  connect: async (port, { credentials, tls }) => {
    const socket = connect({
      host: '127.0.0.1',
      port,
      cert: credentials?.certPem,
      key: credentials?.keyPem,
      minVersion: tls,
      maxVersion: tls,
      rejectUnauthorized: false,
    });
    socket.on('error', () => {});
    socket.write(REQUEST);
    const answered = once(socket, 'data').then(
      (): Seen => 'accepted',
      (): Seen => 'closed',
    );
    const observation = {
      seen: await Promise.race([answered, once(socket, 'close').then((): Seen => 'closed')]),
    };
    socket.destroy();
    return { connections: 1, observation };
  },
};

/** Trusts other roots than it is told to. */
export const trusting = (trust: readonly string[]): Peer => ({
  id: 'mistaken',
  serve: (endpoint, world) => nodePeer.serve?.({ ...endpoint, trust }, world) ?? Promise.reject(),
  connect: (port, endpoint, world) =>
    nodePeer.connect?.(port, { ...endpoint, trust }, world) ?? Promise.reject(),
});

/** Never resumes a session and knows no protocols to negotiate. */
export const forgetfulPeer: Peer = {
  id: 'forgetful',
  serve: ({ alpn: _, ...endpoint }, world) => nodePeer.serve?.(endpoint, world) ?? Promise.reject(),
  connect: (port, { alpn: _, ...endpoint }, world) => {
    const attempts = endpoint.attempts.map(({ name }) => ({ name }));
    return nodePeer.connect?.(port, { ...endpoint, attempts }, world) ?? Promise.reject();
  },
};

/** Says nothing at all, as a server, and after a connection, as a client. */
export const silentPeer: Peer = {
  id: 'silent',
  serve: async () => {
    const server = createTcpServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return {
      port: (server.address() as AddressInfo).port,
      observed: async () => ({ seen: 'timed-out' }),
      close: async () => {
        server.close();
      },
    };
  },
  connect: async (port, { timeLimitMs }) => {
    const socket = connectTcp(port, '127.0.0.1');
    socket.on('error', () => {});
    await Promise.race([once(socket, 'close'), new Promise((resolve) => setTimeout(resolve, timeLimitMs))]);
    socket.destroy();
    return { connections: 1, observation: { seen: 'timed-out' } };
  },
};
