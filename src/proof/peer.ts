import type { World } from '../platform/world.ts';
import type { Observation, Reason } from './seen.ts';

export type TlsVersion = 'TLSv1.3' | 'TLSv1.2' | 'TLSv1.1';

/** The two ends of a handshake. */
export type End = 'client' | 'server';

export const otherEnd = (end: End): End => (end === 'client' ? 'server' : 'client');

/** What an end shows of itself: PEM texts, end entity first. */
export interface Credentials {
  readonly certPem: string;
  readonly keyPem: string;
  /** Where the key is on disk, for an implementation that reads it there. */
  readonly keyFile?: string;
}

export interface Endpoint {
  /** `undefined` for a client that shows no certificate. */
  readonly credentials: Credentials | undefined;
  /** PEM of the roots that this end trusts, and no others. */
  readonly trust: readonly string[];
  /** PEM of the revocation lists that this end checks against; none for no such check. */
  readonly crls: readonly string[];
  readonly alpn?: readonly string[];
  /** After this long the end gives up. */
  readonly timeLimitMs: number;
}

/** A server that takes TLS 1.2 and 1.3 and demands a certificate of its client. */
export type ServerEndpoint = Endpoint;

export interface ClientEndpoint extends Endpoint {
  /** The one version that it speaks. */
  readonly tls: TlsVersion;
  /** Connections one after the other, until one is not accepted. */
  readonly attempts: readonly Attempt[];
}

export interface Attempt {
  /** The name, or the address, that the client demands of the server. */
  readonly name: string;
  /** With the session of the attempt before. */
  readonly resumes?: boolean;
}

export interface RunningServer {
  readonly port: number;
  /** What the server saw of the last of so many connections, once they are all closed. */
  observed(connections: number): Promise<Observation>;
  close(): Promise<void>;
}

export interface ClientOutcome {
  /** How many connections were made. */
  readonly connections: number;
  /** Of the last one. */
  readonly observation: Observation;
}

/**
 * An implementation of TLS that plays one end or both. Both ends send a byte once they accept the handshake: a
 * client of TLS 1.3 is connected before the server has judged it. The client sends `REQUEST`, and any answer counts.
 */
export interface Peer {
  readonly id: string;
  /** Reasons that it does not tell apart: it may give one of these instead. */
  readonly alike?: Readonly<Partial<Record<Reason, readonly Reason[]>>>;
  /** `false` where it cannot be given the lists of a whole chain. */
  readonly checksCrls?: false;
  serve?(endpoint: ServerEndpoint, world: World): Promise<RunningServer>;
  connect?(port: number, endpoint: ClientEndpoint, world: World): Promise<ClientOutcome>;
}

/** HTTP, because that is what foreign clients and servers can be made to speak. */
export const REQUEST = 'GET / HTTP/1.0\r\n\r\n';
export const RESPONSE = 'HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nok\n';

/** A handshake takes milliseconds, but the machine may be busy. */
export const DEFAULT_TIME_LIMIT_MS = 5_000;
