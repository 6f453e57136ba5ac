import { DevcaError } from '../errors/devca-error.ts';
import { CaptureReader } from './capture-reader.ts';
import { Conversation } from './conversation.ts';
import { GrowingKeyLog } from './key-log.ts';
import { type TcpSegment, tcpSegmentOf } from './packet.ts';
import { finishedAt } from './phases.ts';
import { type Finding, finding } from './tables/finding-table.ts';
import { TcpStream } from './tcp-stream.ts';
import type { Side, Transcript } from './transcript.ts';

/** A TLS connection found in a capture. */
export interface CapturedConnection {
  readonly client: string;
  readonly server: string;
  readonly startedAt: Date;
  readonly transcript: Transcript;
  /** Both sides sent their Finished and no fatal alert; `null` where that is closed to us. */
  readonly established: boolean | null;
}

export interface CaptureReport {
  readonly connections: readonly CapturedConnection[];
  readonly packets: number;
  readonly bytes: number;
  /** What stands between this reading and the truth. */
  readonly findings: readonly Finding[];
}

/** Connections that are kept; more are counted, as nobody reads them. */
const CONNECTION_LIMIT = 1000;

/** Connections that are followed at once, TLS or not. */
const OPEN_LIMIT = 20_000;

/**
 * Explains somebody else's capture. `chunks` are the file's bytes in pieces of any size; memory stays flat.
 * `keyLogText` adds secrets to those inside the file. Throws DEVCA_WIRE_CAPTURE_* and DEVCA_WIRE_KEY_LOG_INVALID.
 */
export function readCapture(
  chunks: Iterable<Uint8Array>,
  source: string,
  keyLog?: { readonly text: string; readonly source: string },
): CaptureReport {
  const secrets = new GrowingKeyLog();
  if (keyLog !== undefined) secrets.add(keyLog.text, keyLog.source);
  const connections = new ConnectionTable(secrets);
  const reader = new CaptureReader(source);
  let [packets, bytes, truncated] = [0, 0, 0];
  for (const chunk of chunks) {
    bytes += chunk.length;
    for (const item of reader.push(chunk)) {
      if (item.kind === 'secrets') {
        secrets.add(item.text, source);
        continue;
      }
      packets++;
      if (item.truncated) truncated++;
      const segment = tcpSegmentOf(item.bytes, item.linkType);
      if (segment !== undefined) connections.push(segment, item.at);
    }
  }
  if (bytes < 24) {
    const reason = `it has ${bytes} bytes`;
    throw new DevcaError('DEVCA_WIRE_CAPTURE_INVALID', { source, reason, offset: 0 });
  }
  const found = connections.finish();
  if (found.length === 0) throw new DevcaError('DEVCA_WIRE_CAPTURE_EMPTY', { source, packets });
  const lack = (detail: string): Finding => finding('DEVCA_WIRE_CAPTURE_TRUNCATED', { detail });
  const wrong = found.filter(({ transcript }) => isClosed(transcript)).length;
  const findings = [
    ...(truncated === 0 ? [] : [lack(`${truncated} packets were cut off when they were captured`)]),
    ...(reader.droppedPackets === 0
      ? []
      : [lack(`${reader.droppedPackets} packets were lost when it was made`)]),
    ...(reader.incompleteBytes === 0 ? [] : [lack('the file ends in the middle of a packet')]),
    ...(connections.gaps === 0 ? [] : [lack(`packets are missing in ${connections.gaps} connections`)]),
    ...(connections.omitted === 0 ? [] : [lack(`${connections.omitted} further connections are left out`)]),
    ...(wrong === 0 ? [] : [finding('DEVCA_WIRE_WRONG_SECRETS', { connections: wrong })]),
    ...(found.some(({ transcript }) => transcript.hadSecrets) ? [] : [finding('DEVCA_WIRE_NO_SECRETS', {})]),
  ];
  return { connections: found, packets, bytes, findings };
}

/** There are secrets under the connection's random, and none of the server's protected records opened. */
function isClosed({ hadSecrets, server, entries }: Transcript): boolean {
  const opened = entries.some(
    ({ from, encrypted, content }) => from === 'server' && encrypted && content !== undefined,
  );
  return hadSecrets && server.unopened > 0 && !opened;
}

function isEstablished(transcript: Transcript): boolean | null {
  const refused = transcript.entries.some(
    ({ content }) => content?.type === 'alert' && content.level === 'fatal',
  );
  if (refused) return false;
  if (finishedAt(transcript) !== undefined) return true;
  return transcript.client.unopened + transcript.server.unopened > 0 ? null : false;
}

interface TrackedConnection {
  /** `from` of the side that began, as far as that is known. */
  client: string;
  server: string;
  readonly startedAt: number;
  readonly streams: Map<string, TcpStream>;
  /** `undefined` before a client_hello has been seen, as in the plain text before STARTTLS. */
  conversation: Conversation | undefined;
  gap: boolean;
}

class ConnectionTable {
  readonly #keyLog: GrowingKeyLog;
  readonly #open = new Map<string, TrackedConnection>();
  readonly #closed: TrackedConnection[] = [];
  omitted = 0;
  gaps = 0;

  constructor(keyLog: GrowingKeyLog) {
    this.#keyLog = keyLog;
  }

  push(segment: TcpSegment, at: number): void {
    const { from, to } = segment;
    const key = from < to ? `${from} ${to}` : `${to} ${from}`;
    let connection = this.#open.get(key);
    // A new SYN on the same ports is a new connection.
    if (connection !== undefined && segment.syn && !segment.ack && connection.conversation !== undefined) {
      this.#close(key, connection);
      connection = undefined;
    }
    if (connection === undefined) {
      connection = newConnection(segment, at);
      this.#makeRoom();
      this.#open.set(key, connection);
    }
    const stream = connection.streams.get(from);
    if (stream === undefined) return;
    for (const bytes of stream.push(segment)) this.#deliver(connection, from, at, bytes);
    if (stream.lost && !connection.gap) {
      connection.gap = true;
      this.gaps++;
    }
    if (segment.reset) this.#close(key, connection);
  }

  finish(): CapturedConnection[] {
    for (const [key, connection] of this.#open) this.#close(key, connection);
    return this.#closed.flatMap(({ client, server, startedAt, conversation }) => {
      if (conversation === undefined) return [];
      const transcript = conversation.transcript();
      const established = isEstablished(transcript);
      return [{ client, server, startedAt: new Date(startedAt / 1000), transcript, established }];
    });
  }

  #deliver(connection: TrackedConnection, from: string, at: number, bytes: Uint8Array): void {
    if (connection.conversation === undefined) {
      if (!beginsWithClientHello(bytes)) return;
      // Whoever sends a client_hello is the client, also where the SYN is missing.
      if (from !== connection.client)
        [connection.client, connection.server] = [connection.server, connection.client];
      connection.conversation = new Conversation(this.#keyLog);
    }
    const side: Side = from === connection.client ? 'client' : 'server';
    connection.conversation.push({ at: at - connection.startedAt, from: side, bytes });
  }

  #close(key: string, connection: TrackedConnection): void {
    this.#open.delete(key);
    if (connection.conversation === undefined) return;
    for (const stream of connection.streams.values())
      if (stream.waitingBytes > 0 && !connection.gap) {
        connection.gap = true;
        this.gaps++;
      }
    if (this.#closed.length < CONNECTION_LIMIT) this.#closed.push(connection);
    else this.omitted++;
  }

  /** The oldest goes when there are too many: a Map keeps the order of insertion. */
  #makeRoom(): void {
    if (this.#open.size < OPEN_LIMIT) return;
    for (const [key, connection] of this.#open) {
      this.#close(key, connection);
      return;
    }
  }
}

function newConnection(segment: TcpSegment, at: number): TrackedConnection {
  // The answer to a SYN is the server's; without either, the lower port is the server's guess.
  const fromIsServer = segment.syn ? segment.ack : segment.fromPort < segment.toPort;
  const [client, server] = fromIsServer ? [segment.to, segment.from] : [segment.from, segment.to];
  return {
    client,
    server,
    startedAt: at,
    streams: new Map([
      [client, new TcpStream()],
      [server, new TcpStream()],
    ]),
    conversation: undefined,
    gap: false,
  };
}

/** A handshake record with the beginning of a client_hello in it. */
function beginsWithClientHello(bytes: Uint8Array): boolean {
  return bytes[0] === 22 && bytes[1] === 3 && (bytes.length < 6 || bytes[5] === 1);
}
