import { type DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { hasExtension } from './extension-list.ts';
import type { ClientHello, HandshakeMessage, ServerHello } from './handshake-message.ts';
import { messageName } from './handshake-message.ts';

import type { KeyLog } from './key-log.ts';
import { type AssembledMessage, MessageAssembler } from './message-assembler.ts';
import { parseMessage } from './parse-message.ts';
import {
  type DirectionProtection,
  keyBlockProtection,
  TrafficProtection,
  unprotected,
} from './protection-state.ts';
import { foreignProtocol, RecordReader, type WireRecord } from './record-reader.ts';
import { isTls13Suite } from './tables/cipher-suites.ts';
import { ALERTS, codePoint, MESSAGE_TYPES } from './tables/code-points.ts';
import type {
  DirectionTotals,
  Side,
  TimedBytes,
  Transcript,
  TranscriptEntry,
  WireProblem,
} from './transcript.ts';

/** What is kept of one connection; the rest is counted. A long connection has tickets and key updates without end. */
const ENTRY_LIMIT = 2000;

const FLIGHT_LIMIT = 64;

/** Of records that cannot be opened, this many per direction become entries. */
const UNOPENED_ENTRIES = 16;

const CONTENT = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

const TLS13 = 0x0304;

/**
 * Reads a connection from both sides' bytes, in the order in which they passed: records, messages, alerts.
 * What is protected is opened with the secrets of the key log, as soon as that has them.
 * Hostile bytes end the reading of their direction with a problem; nothing is thrown.
 */
export class Conversation {
  readonly #keyLog: KeyLog;
  readonly #entries: TranscriptEntry[] = [];
  readonly #problems: WireProblem[] = [];
  readonly #directions: Readonly<Record<Side, Direction>> = {
    client: newDirection(),
    server: newDirection(),
  };
  readonly #flights: { from: Side; at: number; lastAt: number; bytes: number }[] = [];
  #omitted = 0;
  #clientHello: ClientHello | undefined;
  #serverHello: ServerHello | undefined;
  #hadSecrets = false;

  constructor(keyLog: KeyLog) {
    this.#keyLog = keyLog;
  }

  push({ at, from, bytes }: TimedBytes): void {
    const direction = this.#directions[from];
    direction.bytes += bytes.length;
    direction.firstAt ??= at;
    direction.lastAt = at;
    this.#flight(at, from, bytes.length);
    if (direction.broken) return;
    if (direction.sample.length < SAMPLE_BYTES)
      direction.sample = Buffer.concat([direction.sample, bytes.subarray(0, SAMPLE_BYTES)]);
    try {
      for (const record of direction.reader.push(bytes, at)) {
        direction.records++;
        this.#record(from, record);
      }
    } catch (error) {
      if (!isDevcaError(error)) throw error;
      direction.broken = true;
      if (!direction.reader.seenRecord)
        direction.foreign = { protocol: foreignProtocol(direction.sample), sample: direction.sample };
      this.#problem(at, from, error);
    }
  }

  transcript(): Transcript {
    return {
      entries: this.#entries,
      omitted: this.#omitted,
      problems: this.#problems,
      flights: this.#flights,
      client: totals(this.#directions.client),
      server: totals(this.#directions.server),
      hadSecrets: this.#hadSecrets,
    };
  }

  #flight(at: number, from: Side, bytes: number): void {
    const last = this.#flights.at(-1);
    if (last?.from === from) {
      last.lastAt = at;
      last.bytes += bytes;
    } else if (this.#flights.length < FLIGHT_LIMIT) this.#flights.push({ from, at, lastAt: at, bytes });
  }

  get #version(): number | undefined {
    return this.#serverHello?.version.code;
  }

  #record(from: Side, record: WireRecord): void {
    const direction = this.#directions[from];
    // RFC 8446 section 5: in TLS 1.3 a change_cipher_spec means nothing, and it is never protected.
    if (record.contentType === CONTENT.changeCipherSpec) {
      this.#changeCipherSpec(from, record);
      return;
    }
    // In TLS 1.3 an alert may still come in the clear while the keys of the other side are not known.
    const isProtected =
      direction.protection.active &&
      (record.contentType === CONTENT.applicationData ||
        !(direction.protection instanceof TrafficProtection));
    if (!isProtected) {
      this.#content(from, record, record.contentType, record.fragment, false);
      return;
    }
    const opened = direction.protection.open(record);
    if (opened === undefined) this.#unopened(from, record);
    else this.#content(from, record, opened.contentType, opened.content, true);
  }

  #content(
    from: Side,
    record: WireRecord,
    contentType: number,
    content: Uint8Array,
    encrypted: boolean,
  ): void {
    const direction = this.#directions[from];
    switch (contentType) {
      case CONTENT.handshake:
        this.#handshake(from, record.at, content, encrypted);
        return;
      case CONTENT.alert:
        for (let offset = 0; offset + 1 < content.length; offset += 2)
          this.#alert(from, record.at, content.subarray(offset, offset + 2), encrypted);
        return;
      case CONTENT.applicationData:
        // In the clear it is TLS 1.3 to which a hello is missing, as in a capture that began late.
        if (encrypted) direction.applicationBytes += content.length;
        else this.#unopened(from, record);
        return;
      default:
        return;
    }
  }

  #handshake(from: Side, at: number, content: Uint8Array, encrypted: boolean): void {
    const direction = this.#directions[from];
    if (direction.handshakeBroken) return;
    try {
      for (const message of direction.assembler.push(content)) this.#message(from, at, message, encrypted);
    } catch (error) {
      if (!isDevcaError(error)) throw error;
      direction.handshakeBroken = true;
      this.#problem(at, from, error);
    }
  }

  #message(from: Side, at: number, assembled: AssembledMessage, encrypted: boolean): void {
    const context = {
      version: this.#version ?? 0x0303,
      cipherSuite: this.#serverHello?.cipherSuite.code ?? 0,
    };
    let content: HandshakeMessage | undefined;
    try {
      content = parseMessage(assembled.code, assembled.body, context);
    } catch (error) {
      if (!isDevcaError(error)) throw error;
      this.#problem(at, from, error);
    }
    const type =
      content === undefined ? codePoint(MESSAGE_TYPES, assembled.code, 2).name : messageName(content);
    const bytes = assembled.body.length + 4;
    this.#add({ at, from, type, bytes, encrypted, records: assembled.records, content });
    if (content !== undefined) this.#follow(from, content);
  }

  /** Lets the state of the connection follow a message. */
  #follow(from: Side, message: HandshakeMessage): void {
    const direction = this.#directions[from];
    switch (message.type) {
      case 'client_hello':
        this.#clientHello = message;
        // A new client_hello after a finished handshake is a renegotiation; after a retry it belongs to the same one.
        if (this.#serverHello?.type === 'server_hello') this.#serverHello = undefined;
        if (
          from === 'client' &&
          !direction.protection.active &&
          hasExtension(message.extensions, 'early_data')
        )
          direction.protection = this.#traffic(from, 'early');
        return;
      case 'hello_retry_request':
        this.#serverHello = message;
        return;
      case 'server_hello':
        this.#serverHello = message;
        if (message.version.code < TLS13 || from !== 'server') return;
        direction.protection = this.#traffic('server', 'handshake');
        if (!this.#directions.client.protection.active)
          this.#directions.client.protection = this.#traffic('client', 'handshake');
        return;
      case 'finished':
        direction.protection.finished();
        return;
      case 'key_update':
        direction.protection.keyUpdated();
        return;
      default:
        return;
    }
  }

  #traffic(side: Side, stage: 'early' | 'handshake'): DirectionProtection {
    const hello = this.#clientHello;
    const secrets = () => this.#secretsOf(hello);
    const offered = hello?.cipherSuites.map((suite) => suite.code).filter(isTls13Suite) ?? [];
    const agreed = () => this.#serverHello?.cipherSuite.code;
    return new TrafficProtection(
      side,
      secrets,
      (of) => {
        const suite = agreed();
        return of === 'early' || suite === undefined ? offered : [suite];
      },
      stage,
    );
  }

  #secretsOf(hello: ClientHello | undefined) {
    if (hello === undefined) return undefined;
    const secrets = this.#keyLog.secretsFor(Buffer.from(hello.random, 'hex'));
    if (secrets !== undefined) this.#hadSecrets = true;
    return secrets;
  }

  #changeCipherSpec(from: Side, record: WireRecord): void {
    const bytes = record.fragment.length;
    const encrypted = bytes > 1;
    this.#add({
      at: record.at,
      from,
      type: 'change_cipher_spec',
      bytes,
      encrypted,
      records: 1,
      content: undefined,
    });
    const [clientHello, serverHello] = [this.#clientHello, this.#serverHello];
    if (clientHello === undefined || serverHello === undefined || serverHello.version.code >= TLS13) return;
    const agreement = {
      version: serverHello.version.code,
      cipherSuite: serverHello.cipherSuite.code,
      clientRandom: Buffer.from(clientHello.random, 'hex'),
      serverRandom: Buffer.from(serverHello.random, 'hex'),
      encryptThenMac: hasExtension(serverHello.extensions, 'encrypt_then_mac'),
    };
    this.#directions[from].protection = keyBlockProtection(from, agreement, this.#secretsOf(clientHello));
  }

  #alert(from: Side, at: number, bytes: Uint8Array, encrypted: boolean): void {
    const [level, code = 0] = bytes;
    const description = codePoint(ALERTS, code, 2);
    const content = { type: 'alert', level: level === 1 ? 'warning' : 'fatal', description } as const;
    this.#add({ at, from, type: 'alert', bytes: 2, encrypted, records: 1, content });
  }

  #unopened(from: Side, record: WireRecord): void {
    const direction = this.#directions[from];
    direction.unopened++;
    if (direction.unopened > UNOPENED_ENTRIES) return;
    this.#add({
      at: record.at,
      from,
      type: 'encrypted',
      bytes: record.fragment.length,
      encrypted: true,
      records: 1,
      content: undefined,
    });
  }

  #add(entry: TranscriptEntry): void {
    if (this.#entries.length < ENTRY_LIMIT) this.#entries.push(entry);
    else this.#omitted++;
  }

  #problem(at: number, from: Side, error: DevcaError): void {
    if (this.#problems.length < ENTRY_LIMIT) this.#problems.push({ at, from, error });
  }
}

/** Reads a recorded connection at once. */
export function readConversation(chunks: Iterable<TimedBytes>, keyLog: KeyLog): Transcript {
  const conversation = new Conversation(keyLog);
  for (const chunk of chunks) conversation.push(chunk);
  return conversation.transcript();
}

interface Direction {
  readonly reader: RecordReader;
  readonly assembler: MessageAssembler;
  protection: DirectionProtection;
  /** No record can be found any more. */
  broken: boolean;
  /** Records go on, but the messages in them have lost their place. */
  handshakeBroken: boolean;
  sample: Uint8Array;
  bytes: number;
  records: number;
  applicationBytes: number;
  unopened: number;
  firstAt: number | undefined;
  lastAt: number | undefined;
  foreign: DirectionTotals['foreign'];
}

const SAMPLE_BYTES = 64;

const newDirection = (): Direction => ({
  reader: new RecordReader(),
  assembler: new MessageAssembler(),
  protection: unprotected,
  broken: false,
  handshakeBroken: false,
  sample: new Uint8Array(),
  bytes: 0,
  records: 0,
  applicationBytes: 0,
  unopened: 0,
  firstAt: undefined,
  lastAt: undefined,
  foreign: undefined,
});

function totals(direction: Direction): DirectionTotals {
  const { bytes, records, applicationBytes, unopened, firstAt, lastAt, foreign } = direction;
  return { bytes, records, applicationBytes, unopened, firstAt, lastAt, foreign };
}
