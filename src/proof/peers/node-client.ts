import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type ConnectionOptions, checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { type Attempt, type ClientEndpoint, type ClientOutcome, REQUEST } from '../peer.ts';
import { type Observation, seenFromError } from '../seen.ts';

/** Makes the connections of a client with this runtime's TLS. */
export async function connectWithNode(port: number, endpoint: ClientEndpoint): Promise<ClientOutcome> {
  let connections = 0;
  let observation: Observation = { seen: 'error:nothing-attempted' };
  let session: Buffer | undefined;
  for (const attempt of endpoint.attempts) {
    connections++;
    const made = await connectPatiently(
      port,
      attempt,
      attempt.resumes === true ? session : undefined,
      endpoint,
    );
    ({ observation, session } = made);
    if (observation.seen !== 'accepted') break;
  }
  return { connections, observation };
}

interface Connection {
  readonly observation: Observation;
  readonly session: Buffer | undefined;
}

/** A server that is a program of its own may need a moment until it listens. */
async function connectPatiently(...given: Parameters<typeof connectOnce>): Promise<Connection> {
  for (let waited = 0; ; waited += PATIENCE_MS) {
    const made = await connectOnce(...given);
    if (made.observation.seen !== 'error:ECONNREFUSED' || waited > given[3].timeLimitMs / 2) return made;
    await delay(PATIENCE_MS);
  }
}

const PATIENCE_MS = 10;

function connectOnce(
  port: number,
  attempt: Attempt,
  session: Buffer | undefined,
  endpoint: ClientEndpoint,
): Promise<Connection> {
  return new Promise((resolve) => {
    let accepted: Observation | undefined;
    let failure: Error | undefined;
    let timedOut = false;
    let ticket: Buffer | undefined;
    let socket: TLSSocket;
    try {
      socket = connect(connectionOptions(port, attempt, session, endpoint));
    } catch (error) {
      resolve({ observation: seenFromError(error), session: undefined });
      return;
    }
    const timer = setTimeout(() => {
      timedOut = true;
      socket.destroy();
    }, endpoint.timeLimitMs);
    socket.on('secureConnect', () => socket.write(REQUEST));
    // In TLS 1.3 the tickets come with the first data at the latest.
    socket.on('session', (bytes) => {
      ticket = bytes;
    });
    socket.on('data', () => {
      accepted ??= { seen: 'accepted', ...handshakeFacts(socket) };
      socket.end();
    });
    socket.on('error', (error) => {
      failure ??= error;
    });
    socket.on('close', () => {
      clearTimeout(timer);
      const refused: Observation = failure === undefined ? { seen: 'closed' } : seenFromError(failure);
      resolve({ observation: timedOut ? { seen: 'timed-out' } : (accepted ?? refused), session: ticket });
    });
  });
}

/** What the two ends have agreed upon. */
export function handshakeFacts(socket: TLSSocket): Omit<Observation, 'seen'> {
  const protocol = socket.getProtocol();
  return {
    ...(protocol === null ? {} : { protocol }),
    ...(typeof socket.alpnProtocol === 'string' ? { alpn: socket.alpnProtocol } : {}),
    resumed: socket.isSessionReused(),
  };
}

function connectionOptions(
  port: number,
  { name }: Attempt,
  session: Buffer | undefined,
  { credentials, trust, crls, tls, alpn }: ClientEndpoint,
): ConnectionOptions {
  return {
    host: '127.0.0.1',
    port,
    // RFC 6066 section 3: an address is no server name.
    ...(isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
    ca: [...trust],
    ...(crls.length === 0 ? {} : { crl: [...crls] }),
    ...(credentials === undefined ? {} : { cert: credentials.certPem, key: credentials.keyPem }),
    minVersion: tls,
    maxVersion: tls,
    // TLS 1.1 signs with SHA-1, which OpenSSL offers at its lowest security level only.
    ...(tls === 'TLSv1.1' ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {}),
    ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
    ...(session === undefined ? {} : { session }),
  };
}
