import { DevcaError } from '../errors/devca-error.ts';
import { codePoint, MESSAGE_TYPES } from './tables/code-points.ts';

/** A whole handshake message, put together from one or several records. */
export interface AssembledMessage {
  readonly code: number;
  readonly body: Uint8Array;
  /** How many records carried a part of it. */
  readonly records: number;
}

/**
 * The largest message that is put together. The format allows 16 MiB; OpenSSL refuses chains above 100 KiB,
 * and nothing else in a handshake comes near that.
 */
export const MESSAGE_LIMIT = 1_048_576;

const HEADER_BYTES = 4;

/** Joins the handshake fragments of one direction to messages. Throws DEVCA_WIRE_LIMIT on an oversized one. */
export class MessageAssembler {
  #parts: Uint8Array[] = [];
  #bytes = 0;

  /** Bytes of a message that is not complete yet. */
  get unfinishedBytes(): number {
    return this.#bytes;
  }

  *push(fragment: Uint8Array): Generator<AssembledMessage> {
    this.#parts.push(fragment);
    this.#bytes += fragment.length;
    while (this.#bytes >= HEADER_BYTES) {
      const [code, length] = this.#header();
      if (length > MESSAGE_LIMIT) {
        const what = `${codePoint(MESSAGE_TYPES, code, 2).name} message`;
        throw new DevcaError('DEVCA_WIRE_LIMIT', { what, size: length, limit: MESSAGE_LIMIT, unit: 'bytes' });
      }
      const end = HEADER_BYTES + length;
      if (this.#bytes < end) return;
      const joined = Buffer.concat(this.#parts);
      const records = this.#parts.length;
      const rest = joined.subarray(end);
      this.#parts = rest.length === 0 ? [] : [rest];
      this.#bytes = rest.length;
      yield { code, body: joined.subarray(HEADER_BYTES, end), records };
    }
  }

  #header(): [code: number, length: number] {
    const first = this.#parts[0];
    if (first !== undefined && first.length < HEADER_BYTES) this.#parts = [Buffer.concat(this.#parts)];
    const [code = 0, high = 0, middle = 0, low = 0] = this.#parts[0] ?? [];
    return [code, (high << 16) | (middle << 8) | low];
  }
}
