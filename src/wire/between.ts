import { Worker } from 'node:worker_threads';
import { DevcaError } from '../errors/devca-error.ts';
import { type Inspection, type InspectOptions, inspect } from './inspect-handshake.ts';
import { type MessageOutline, outlineOf } from './message-outline.ts';
import { phasesOf } from './phases.ts';
import type { ServedHandshake, ServeOptions } from './serve-handshakes.ts';
import { reportServed, type ServedReport } from './served-report.ts';
import type { Recording } from './tap.ts';
import type { Transcript } from './transcript.ts';

/** One message with the times at which it left and came in, in microseconds since the client_hello left. */
export interface SharedMessage extends MessageOutline {
  /** `null` where that side did not see it. */
  readonly sentAt: number | null;
  readonly receivedAt: number | null;
}

/** Both views of one handshake. */
export interface BetweenReport {
  readonly established: boolean;
  readonly client: Inspection['report'];
  readonly server: ServedReport;
  readonly timeline: readonly SharedMessage[];
}

export interface BetweenOptions {
  readonly server: Omit<ServeOptions, 'host' | 'port'>;
  readonly client: InspectOptions;
  /** For the client's certificate. */
  readonly clientRootSets?: InspectOptions['rootSets'];
}

export interface Between {
  readonly report: BetweenReport;
  readonly inspection: Inspection;
  readonly served: ServedHandshake;
}

/**
 * A handshake of two certificates with each other over loopback. The server has a thread of its own, so that
 * the times are those of two parties and not of one event loop; all threads share the monotonic clock.
 */
export async function handshakeBetween(
  servername: string,
  options: BetweenOptions,
  world: { readonly clock: { now(): Date } },
): Promise<Between> {
  const thread = await startServer({ ...options.server, port: 0 });
  try {
    const place = `127.0.0.1:${thread.port}`;
    const target = `${servername.includes(':') ? `[${servername}]` : servername}:${thread.port}`;
    const inspection = await inspect(target, { ...options.client, connect: place }, world);
    const served = await thread.handshake();
    const sets = options.clientRootSets;
    const { verify } = options.client;
    const { report: server, transcript } = await reportServed(
      served,
      { ...(verify === undefined ? {} : { verify }), ...(sets === undefined ? {} : { rootSets: sets }) },
      world,
    );
    const client = inspection.report;
    const timeline = mergeViews(inspection.observation, { recording: served.recording, transcript });
    const established = client.established && server.established;
    return { report: { established, client, server, timeline }, inspection, served };
  } finally {
    thread.stop();
  }
}

interface View {
  readonly recording: Pick<Recording, 'startedAt'>;
  readonly transcript: Transcript;
}

/** Pairs what one side sent with what the other received: TCP keeps the order of each direction. */
export function mergeViews(client: View, server: View): SharedMessage[] {
  const zero = client.recording.startedAt + (client.transcript.entries[0]?.at ?? 0);
  const longer = client.transcript.entries.length >= server.transcript.entries.length ? client : server;
  const other = longer === client ? server : client;
  const counters = { client: 0, server: 0 };
  const queues = {
    client: other.transcript.entries.filter(({ from }) => from === 'client'),
    server: other.transcript.entries.filter(({ from }) => from === 'server'),
  };
  const phases = phasesOf(longer.transcript.entries);
  const messages = longer.transcript.entries.map((entry, index): SharedMessage => {
    const candidate = queues[entry.from][counters[entry.from]];
    const match = candidate?.type === entry.type ? candidate : undefined;
    if (match !== undefined) counters[entry.from]++;
    const here = longer.recording.startedAt + entry.at - zero;
    const there = match === undefined ? null : other.recording.startedAt + match.at - zero;
    const isSender = (longer === client) === (entry.from === 'client');
    return {
      ...outlineOf(entry, phases[index]),
      sentAt: isSender ? here : there,
      receivedAt: isSender ? there : here,
    };
  });
  return messages.sort((a, b) => (a.sentAt ?? a.receivedAt ?? 0) - (b.sentAt ?? b.receivedAt ?? 0));
}

interface ServerThread {
  readonly port: number;
  handshake(): Promise<ServedHandshake>;
  stop(): void;
}

/** The server tells of a handshake when the connection has ended; the client ends it at once. */
const SERVER_TIMEOUT_MS = 5000;

function startServer(options: ServeOptions): Promise<ServerThread> {
  // Compiled code has its threads compiled beside it.
  const entry = import.meta.url.endsWith('.ts') ? './between-server.ts' : './between-server.js';
  const worker = new Worker(new URL(entry, import.meta.url), { workerData: options });
  let deliver: ((handshake: ServedHandshake) => void) | undefined;
  const handshake = new Promise<ServedHandshake>((resolve) => {
    deliver = resolve;
  });
  return new Promise((resolve, reject) => {
    worker.on('error', (error: Error & { code?: string }) => {
      const detail = error.message;
      reject(new DevcaError('DEVCA_WIRE_LISTEN_FAILED', { address: '127.0.0.1', detail }, { cause: error }));
    });
    worker.on('message', (message: { port?: number; handshake?: ServedHandshake }) => {
      if (message.handshake !== undefined) deliver?.(message.handshake);
      if (message.port === undefined) return;
      resolve({
        port: message.port,
        handshake: () => withDeadline(handshake),
        stop: () => {
          worker.postMessage('stop');
          worker.unref();
        },
      });
    });
  });
}

async function withDeadline(handshake: Promise<ServedHandshake>): Promise<ServedHandshake> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const detail = `its thread said nothing within ${2 * SERVER_TIMEOUT_MS} ms`;
      reject(new DevcaError('DEVCA_WIRE_LISTEN_FAILED', { address: '127.0.0.1', detail }));
    }, 2 * SERVER_TIMEOUT_MS);
  });
  try {
    return await Promise.race([handshake, late]);
  } finally {
    clearTimeout(timer);
  }
}
