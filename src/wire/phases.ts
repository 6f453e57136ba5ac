import { secretTime } from './recording.ts';
import type { Recording } from './tap.ts';
import { firstEntry, type Side, type Transcript, type TranscriptEntry } from './transcript.ts';

/** The three phases in which a handshake is taught. */
export type Phase = 'hello' | 'authentication' | 'finished';

/** Microseconds of each phase; `null` where the handshake did not get there. */
export interface PhaseTimes {
  readonly hello: number | null;
  readonly authentication: number | null;
  readonly finished: number | null;
}

const HELLO = new Set([
  'client_hello',
  'server_hello',
  'hello_retry_request',
  'encrypted_extensions',
  'hello_request',
]);

const AUTHENTICATION = new Set([
  'certificate',
  'compressed_certificate',
  'certificate_request',
  'certificate_verify',
  'certificate_status',
  'server_hello_done',
]);

/** Which phase a message belongs to; an alert belongs to the phase in which it came. */
export function phaseOf(entry: Pick<TranscriptEntry, 'type'>, before: Phase): Phase {
  if (HELLO.has(entry.type)) return 'hello';
  if (AUTHENTICATION.has(entry.type)) return 'authentication';
  if (entry.type === 'alert' || entry.type === 'encrypted') return before;
  // Middleboxes want to see a change_cipher_spec in TLS 1.3 right behind the hello; it begins nothing.
  if (entry.type === 'change_cipher_spec') return before === 'hello' ? 'hello' : 'finished';
  return 'finished';
}

/** The phase of every entry, in order. */
export function phasesOf(entries: readonly TranscriptEntry[]): Phase[] {
  let current: Phase = 'hello';
  return entries.map((entry) => {
    current = phaseOf(entry, current);
    return current;
  });
}

/**
 * Where one phase ends and the next begins. All messages of a flight arrive at once, so the end of the hello and
 * of the authentication come from the secrets where there are any: a TLS library derives the handshake keys when it
 * has understood the hello, and the application keys when it has accepted certificate, signature and Finished.
 */
export function phaseTimes(transcript: Transcript, secrets: Pick<Recording, 'secrets'>): PhaseTimes {
  const begin = firstEntry(transcript, 'client_hello')?.at;
  const hello = lastEntry(transcript, 'server_hello')?.at;
  if (begin === undefined || hello === undefined)
    return { hello: null, authentication: null, finished: null };
  const keys = secretTime(secrets, 'SERVER_HANDSHAKE_TRAFFIC_SECRET', 'CLIENT_HANDSHAKE_TRAFFIC_SECRET');
  const helloEnd = Math.max(hello, keys ?? hello);
  const end = finishedAt(transcript);
  const accepted =
    secretTime(secrets, 'SERVER_TRAFFIC_SECRET_0', 'CLIENT_TRAFFIC_SECRET_0', 'CLIENT_RANDOM') ??
    lastAuthenticationAt(transcript);
  const authenticationEnd = accepted === undefined ? undefined : Math.max(accepted, helloEnd);
  return {
    hello: helloEnd - begin,
    authentication: authenticationEnd === undefined ? null : authenticationEnd - helloEnd,
    finished:
      end === undefined || authenticationEnd === undefined ? null : Math.max(0, end - authenticationEnd),
  };
}

/** When both sides had sent their Finished; `undefined` for a handshake that did not get there. */
export function finishedAt(transcript: Pick<Transcript, 'entries'>): number | undefined {
  const [client, server] = [
    firstEntry(transcript, 'finished', 'client')?.at,
    firstEntry(transcript, 'finished', 'server')?.at,
  ];
  return client === undefined || server === undefined ? undefined : Math.max(client, server);
}

/** How often the client had to wait for an answer before the handshake was done. */
export function roundTrips(transcript: Pick<Transcript, 'entries'>): number {
  const missing = new Set<Side>(['client', 'server']);
  let trips = 0;
  let last: Side | undefined;
  for (const { from, type } of transcript.entries) {
    if (from === 'server' && last === 'client') trips++;
    last = from;
    if (type === 'finished') missing.delete(from);
    if (missing.size === 0) break;
  }
  return trips;
}

function lastEntry(transcript: Transcript, type: string): TranscriptEntry | undefined {
  return transcript.entries.findLast((entry) => entry.type === type);
}

function lastAuthenticationAt(transcript: Transcript): number | undefined {
  return transcript.entries.findLast(({ type, from }) => from === 'server' && AUTHENTICATION.has(type))?.at;
}
