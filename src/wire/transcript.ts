import type { DevcaError } from '../errors/devca-error.ts';
import type { HandshakeMessage } from './handshake-message.ts';
import type { ForeignProtocol } from './record-reader.ts';
import type { CodePoint } from './tables/code-points.ts';

export type Side = 'client' | 'server';

export const otherSide = (side: Side): Side => (side === 'client' ? 'server' : 'client');

/** Bytes as they passed, with the microseconds since the beginning of the observation. */
export interface TimedBytes {
  readonly at: number;
  readonly from: Side;
  readonly bytes: Uint8Array;
}

export interface Alert {
  readonly type: 'alert';
  readonly level: 'warning' | 'fatal';
  readonly description: CodePoint;
}

/** One thing that passed on the wire: a handshake message, an alert, a change of cipher, or something closed to us. */
export interface TranscriptEntry {
  /** When its last byte was seen, in microseconds. */
  readonly at: number;
  readonly from: Side;
  /** `client_hello`, `alert`, `change_cipher_spec`, `encrypted` ... */
  readonly type: string;
  /** With the message header, without record headers and protection. */
  readonly bytes: number;
  readonly encrypted: boolean;
  /** How many records carried a part of it. */
  readonly records: number;
  /** `undefined` where it could not be read or opened. */
  readonly content: HandshakeMessage | Alert | undefined;
}

/** Bytes that are not what TLS allows. */
export interface WireProblem {
  readonly at: number;
  readonly from: Side;
  readonly error: DevcaError;
}

export interface DirectionTotals {
  readonly bytes: number;
  readonly records: number;
  readonly applicationBytes: number;
  /** Protected records that could not be opened. */
  readonly unopened: number;
  readonly firstAt: number | undefined;
  readonly lastAt: number | undefined;
  /** The beginning of the stream is no TLS. */
  readonly foreign: { readonly protocol: ForeignProtocol; readonly sample: Uint8Array } | undefined;
}

/** What one side sent before the other answered. */
export interface Flight {
  readonly from: Side;
  readonly at: number;
  readonly lastAt: number;
  /** Everything that TCP carried, records' headers and protection included. */
  readonly bytes: number;
}

export interface Transcript {
  readonly entries: readonly TranscriptEntry[];
  /** Entries that were left out above the limit. */
  readonly omitted: number;
  readonly problems: readonly WireProblem[];
  /** The first flights, as many as a handshake can have. */
  readonly flights: readonly Flight[];
  readonly client: DirectionTotals;
  readonly server: DirectionTotals;
  /** Whether the secrets of this connection were at hand. */
  readonly hadSecrets: boolean;
}

/** The first message of a kind, typed. */
export function firstMessage<Type extends HandshakeMessage['type']>(
  transcript: Pick<Transcript, 'entries'>,
  type: Type,
  from?: Side,
): (HandshakeMessage & { type: Type }) | undefined {
  for (const entry of transcript.entries) {
    if (entry.content?.type === type && (from === undefined || entry.from === from))
      return entry.content as HandshakeMessage & { type: Type };
  }
  return undefined;
}

/** The first entry of a type. */
export function firstEntry(
  transcript: Pick<Transcript, 'entries'>,
  type: string,
  from?: Side,
): TranscriptEntry | undefined {
  return transcript.entries.find(
    (entry) => entry.type === type && (from === undefined || entry.from === from),
  );
}
