import { Duplex } from 'node:stream';
import type { TimedBytes } from './transcript.ts';

/** What a tap has seen, with the lines of the key log as they came. */
export interface Recording {
  /** The monotonic clock at the beginning, which both ends in one machine share, in microseconds. */
  readonly startedAt: number;
  readonly chunks: readonly TimedBytes[];
  /** Each with the time at which the secret came into being: finer than the messages of one flight. */
  readonly secrets: readonly { readonly at: number; readonly line: string }[];
  /** Bytes above the limit, which passed without being recorded. */
  readonly unrecordedBytes: number;
}

/** Microseconds on a clock that never goes back and that all threads of the machine share. */
export const monotonicMicroseconds = (): number => Number(process.hrtime.bigint() / 1000n);

/** An inspected connection carries a handshake; whatever carries more is not kept. */
const RECORDING_LIMIT = 32 * 1024 * 1024;

/**
 * Stands between a socket and the runtime's TLS, passes everything on and keeps what passed in both directions.
 * On a client's side hand it to `tls.connect({ socket })`; on a server's, to `tlsServer.emit('connection', tap)`.
 */
export class Tap extends Duplex {
  readonly #socket: Duplex;
  readonly #chunks: TimedBytes[] = [];
  readonly #secrets: { at: number; line: string }[] = [];
  readonly #startedAt: number;
  readonly #local: 'client' | 'server';
  #recordedBytes = 0;
  #unrecordedBytes = 0;

  /** `local` is the side that this process plays; `startedAt` the zero of the times. */
  constructor(socket: Duplex, local: 'client' | 'server', startedAt: number = monotonicMicroseconds()) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.#local = local;
    this.#startedAt = startedAt;
    const remote = local === 'client' ? 'server' : 'client';
    socket.on('data', (bytes: Buffer) => {
      this.#record(bytes, remote);
      if (!this.push(bytes)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  recording(): Recording {
    return {
      startedAt: this.#startedAt,
      chunks: this.#chunks,
      secrets: this.#secrets,
      unrecordedBytes: this.#unrecordedBytes,
    };
  }

  /** Takes what the runtime's TLS gives out as `keylog`. */
  addSecret(line: Uint8Array): void {
    this.#secrets.push({ at: this.#now(), line: Buffer.from(line).toString('latin1').trim() });
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#record(bytes, this.#local);
    this.#socket.write(bytes, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #now(): number {
    return monotonicMicroseconds() - this.#startedAt;
  }

  #record(bytes: Buffer, from: 'client' | 'server'): void {
    if (this.#recordedBytes + bytes.length > RECORDING_LIMIT) {
      this.#unrecordedBytes += bytes.length;
      return;
    }
    this.#recordedBytes += bytes.length;
    this.#chunks.push({ at: this.#now(), from, bytes });
  }
}
