import { readFileSync } from 'node:fs';
import { connect, createServer, type TLSSocket } from 'node:tls';

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Handshake {
  readonly server: Pair;
  readonly client: Pair;
  /** What the server wants client certificates to lead to, and the client the server's. */
  readonly serverTrusts: readonly string[];
  readonly clientTrusts: readonly string[];
}

const read = (path: string) => readFileSync(path, 'utf8');

/** Makes a mutual TLS connection over loopback. `established` once a byte has come back, else what refused it. */
export function shakeHands({ server, client, serverTrusts, clientTrusts }: Handshake): Promise<string> {
  return new Promise((resolve) => {
    const listener = createServer(
      {
        cert: read(server.cert),
        key: read(server.key),
        ca: serverTrusts.map(read),
        requestCert: true,
        rejectUnauthorized: true,
      },
      (socket: TLSSocket) => socket.end('x'),
    );
    const end = (outcome: string): void => {
      listener.close();
      resolve(outcome);
    };
    listener.on('tlsClientError', (error) => end(`server: ${codeOf(error)}`));
    listener.listen(0, '127.0.0.1', () => {
      const address = listener.address();
      const socket = connect({
        port: typeof address === 'object' ? (address?.port ?? 0) : 0,
        host: '127.0.0.1',
        servername: 'api.test',
        cert: read(client.cert),
        key: read(client.key),
        ca: clientTrusts.map(read),
      });
      socket.on('data', () => end('established'));
      // The server says why it refuses, so a reset is left to it.
      socket.on('error', (error) => {
        if (!['ECONNRESET', 'EPIPE'].includes(codeOf(error)) && !codeOf(error).startsWith('ERR_SSL')) {
          end(`client: ${codeOf(error)}`);
        }
      });
    });
  });
}

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : error.message);
