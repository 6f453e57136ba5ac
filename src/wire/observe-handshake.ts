import tls from 'node:tls';
import { DevcaError } from '../errors/devca-error.ts';
import { type ConnectionOptions, type OpenConnection, openConnection } from './connection.ts';
import { opensslReason } from './openssl-reason.ts';
import { readRecording } from './recording.ts';
import { type Recording, Tap } from './tap.ts';
import type { Target } from './target.ts';
import { firstEntry, type Transcript } from './transcript.ts';

/** What a client brings to a handshake. PEM throughout. */
export interface ClientSettings extends ConnectionOptions {
  /** The name that is asked for (SNI) and verified; the target's host by default, `false` for none. */
  readonly servername?: string | false;
  /** A client certificate with its chain. */
  readonly cert?: string;
  readonly key?: string;
  /** Roots for the runtime's own verdict; its built-in ones by default. */
  readonly roots?: readonly string[];
  readonly minVersion?: tls.SecureVersion;
  readonly maxVersion?: tls.SecureVersion;
  /** In OpenSSL's notation. */
  readonly ciphers?: string;
  /** Such as `X25519:P-256`. */
  readonly groups?: string;
  readonly signatureSchemes?: string;
  readonly alpn?: readonly string[];
  /** A session of an earlier handshake, to resume. */
  readonly session?: Uint8Array;
  /** How long a refusal that comes after the handshake is waited for. Default 500. */
  readonly settleMs?: number;
}

/** How a connection ended, or that it was still open when it was left. */
export type Ending = 'open' | 'closed' | 'reset' | 'stalled' | 'failed';

export interface HandshakeObservation {
  readonly target: Target;
  readonly address: string;
  readonly startedAt: Date;
  readonly connection: Omit<OpenConnection, 'socket'>;
  readonly recording: Recording;
  readonly transcript: Transcript;
  /** Both sides were done, and nobody refused afterwards. */
  readonly established: boolean;
  readonly ending: Ending;
  /** What the runtime's TLS said, where it gave up. */
  readonly failure: string | undefined;
  readonly runtime: RuntimeVerdict | undefined;
  readonly session: Uint8Array | undefined;
}

/** What the runtime thinks of the server's certificate. */
export interface RuntimeVerdict {
  readonly authorized: boolean;
  readonly code: string | null;
  readonly message: string | null;
}

const SETTLE_MS = 500;

/**
 * Makes one handshake as a client and watches it. Whatever the server does is an observation;
 * errors are thrown only where no connection came about or the settings cannot be used.
 */
export async function observeHandshake(
  target: Target,
  settings: ClientSettings,
  world: { readonly clock: { now(): Date } },
): Promise<HandshakeObservation> {
  const context = secureContext(settings);
  const startedAt = world.clock.now();
  const { socket, ...connection } = await openConnection(target, settings);
  const tap = new Tap(socket, 'client');
  const outcome = await handshake(tap, socket, target, settings, context);
  const recording = snapshot(tap.recording());
  outcome.socket.destroy();
  socket.destroy();
  const transcript = readRecording(recording);
  const refused = transcript.entries.some(
    ({ content }) => content?.type === 'alert' && !HARMLESS_ALERTS.has(content.description.name),
  );
  return {
    target,
    address: connection.address,
    startedAt,
    connection,
    recording,
    transcript,
    established: outcome.secured && !refused && (outcome.ending === 'open' || !mayBeRefusal(transcript)),
    ending: outcome.ending,
    failure: outcome.failure,
    runtime: outcome.secured ? outcome.verdict : undefined,
    session: outcome.session,
  };
}

/** Alerts that end a connection without refusing anything. */
export const HARMLESS_ALERTS: ReadonlySet<string> = new Set([
  'close_notify',
  'user_canceled',
  'no_renegotiation',
]);

/** A server that asked for a certificate and hangs up without a word refuses, as Node does. */
function mayBeRefusal(transcript: Transcript): boolean {
  const saidGoodbye = transcript.entries.some(
    ({ from, content }) =>
      from === 'server' && content?.type === 'alert' && content.description.name === 'close_notify',
  );
  return !saidGoodbye && firstEntry(transcript, 'certificate_request') !== undefined;
}

interface Outcome {
  readonly socket: tls.TLSSocket;
  readonly secured: boolean;
  readonly ending: Ending;
  readonly failure: string | undefined;
  readonly verdict: RuntimeVerdict | undefined;
  readonly session: Uint8Array | undefined;
}

function handshake(
  tap: Tap,
  raw: { once(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown },
  target: Target,
  settings: ClientSettings,
  secureContext: tls.SecureContext,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const name = serverNameFor(target, settings);
    const socket = tls.connect({
      socket: tap,
      secureContext,
      host: target.host,
      // An empty name sends no SNI; an address must not be sent (RFC 6066 section 3).
      servername: name ?? '',
      checkServerIdentity: (_host, certificate) => tls.checkServerIdentity(name ?? target.host, certificate),
      rejectUnauthorized: false,
      // A server staples only for who asks.
      requestOCSP: true,
      ...(settings.alpn === undefined ? {} : { ALPNProtocols: [...settings.alpn] }),
      ...(settings.session === undefined ? {} : { session: Buffer.from(settings.session) }),
    });
    let secured = false;
    let wasReset = false;
    let failure: string | undefined;
    let verdict: RuntimeVerdict | undefined;
    let session: Uint8Array | undefined;
    let timer = setTimeout(() => finish('stalled'), settings.timeoutMs);
    const finish = (ending: Ending): void => {
      clearTimeout(timer);
      resolve({ socket, secured, ending, failure, verdict, session });
    };
    raw.once('error', (error) => {
      wasReset = error.code === 'ECONNRESET' || error.code === 'EPIPE';
    });
    socket.on('keylog', (line: Buffer) => tap.addSecret(line));
    socket.on('session', (ticket: Buffer) => {
      session ??= ticket;
      // A server of TLS 1.3 gives out tickets when it has accepted the client: nothing more is to come.
      if (secured) setTimeout(() => finish('open'), 1);
    });
    socket.once('secureConnect', () => {
      secured = true;
      verdict = verdictOf(socket);
      clearTimeout(timer);
      const settled = session !== undefined && socket.getProtocol() !== 'TLSv1.3';
      timer = setTimeout(() => finish('open'), settled ? 1 : (settings.settleMs ?? SETTLE_MS));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      failure ??= opensslReason(error.message);
      setImmediate(() => finish(wasReset ? 'reset' : error.code === 'ECONNRESET' ? 'closed' : 'failed'));
    });
    socket.on('close', () => setImmediate(() => finish(wasReset ? 'reset' : 'closed')));
    socket.resume();
  });
}

/** The name to ask for, or `undefined` for an address or where none is wanted. */
export function serverNameFor(
  target: Target,
  settings: Pick<ClientSettings, 'servername'>,
): string | undefined {
  if (settings.servername === false) return undefined;
  return settings.servername ?? (target.isAddress ? undefined : target.host);
}

function verdictOf(socket: tls.TLSSocket): RuntimeVerdict {
  if (socket.authorized) return { authorized: true, code: null, message: null };
  const error = socket.authorizationError as unknown as
    | { code?: string; message?: string }
    | string
    | undefined;
  if (typeof error === 'string') return { authorized: false, code: error, message: error };
  return { authorized: false, code: error?.code ?? null, message: error?.message ?? null };
}

function secureContext(settings: ClientSettings): tls.SecureContext {
  const attempt = (option: string, value: string, run: () => tls.SecureContext): tls.SecureContext => {
    try {
      return run();
    } catch (cause) {
      const detail = opensslReason((cause as Error).message);
      throw new DevcaError('DEVCA_WIRE_OPTION_UNSUPPORTED', { option, value, detail }, { cause });
    }
  };
  const { ciphers, groups, signatureSchemes, minVersion, maxVersion, roots, cert, key } = settings;
  if (cert !== undefined || key !== undefined) checkClientCertificate(cert, key);
  const base: tls.SecureContextOptions = {
    ...(roots === undefined ? {} : { ca: [...roots] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
  };
  const optional: [string, string | undefined, tls.SecureContextOptions][] = [
    ['the cipher suites', ciphers, ciphers === undefined ? {} : { ciphers }],
    ['the groups', groups, groups === undefined ? {} : { ecdhCurve: groups }],
    [
      'the signature schemes',
      signatureSchemes,
      signatureSchemes === undefined ? {} : { sigalgs: signatureSchemes },
    ],
  ];
  const options: tls.SecureContextOptions = { ...base };
  for (const [name, value, option] of optional) {
    if (value !== undefined) attempt(name, value, () => tls.createSecureContext({ ...base, ...option }));
    Object.assign(options, option);
  }
  return attempt('the settings', `${minVersion ?? ''}..${maxVersion ?? ''}`, () =>
    tls.createSecureContext(options),
  );
}

function checkClientCertificate(cert: string | undefined, key: string | undefined): void {
  if (cert === undefined || key === undefined)
    throw new DevcaError('DEVCA_WIRE_CLIENT_CERTIFICATE', {
      detail:
        cert === undefined
          ? 'there is a key without a certificate'
          : 'there is a certificate without its key',
    });
  try {
    tls.createSecureContext({ cert, key });
  } catch (cause) {
    throw new DevcaError(
      'DEVCA_WIRE_CLIENT_CERTIFICATE',
      { detail: opensslReason((cause as Error).message) },
      { cause },
    );
  }
}

/** The connection goes on when the observation is over; what is reported must not. */
function snapshot(recording: Recording): Recording {
  return { ...recording, chunks: [...recording.chunks], secrets: [...recording.secrets] };
}

/** The roots that the runtime has built in, in PEM. */
export const runtimeRoots = (): readonly string[] => tls.rootCertificates;
