import { ByteReader } from './byte-reader.ts';
import { RECORD_TYPES } from './tables/code-points.ts';

/** One TLS record as it stood on the wire. */
export interface WireRecord {
  readonly contentType: number;
  readonly version: number;
  readonly header: Uint8Array;
  readonly fragment: Uint8Array;
  /** When its last byte was seen. */
  readonly at: number;
}

/** RFC 5246 section 6.2.3: 2^14 and an expansion of at most 2048 bytes; TLS 1.3 allows less. */
const FRAGMENT_LIMIT = 16_384 + 2048;

const HEADER_BYTES = 5;

/** What the first bytes of a stream are, where they are not a TLS record. */
export type ForeignProtocol =
  | 'http'
  | 'ssh'
  | 'smtp'
  | 'ftp'
  | 'imap'
  | 'pop3'
  | 'mysql'
  | 'sslv2'
  | 'unknown';

/**
 * Cuts one direction of a connection into records, however the bytes were split on their way.
 * Throws DEVCA_WIRE_MALFORMED at the first header that is not TLS; what came before has been given out.
 */
export class RecordReader {
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #needed = HEADER_BYTES;
  #seenRecord = false;

  /** Bytes of a record that is not complete yet. */
  get unfinishedBytes(): number {
    return this.#pendingBytes;
  }

  /** Whether at least one record was well formed. */
  get seenRecord(): boolean {
    return this.#seenRecord;
  }

  *push(chunk: Uint8Array, at: number): Generator<WireRecord> {
    let bytes = chunk;
    if (this.#pendingBytes > 0) {
      this.#pending.push(chunk);
      this.#pendingBytes += chunk.length;
      if (this.#pendingBytes < this.#needed) return;
      bytes = Buffer.concat(this.#pending);
      this.#pending = [];
      this.#pendingBytes = 0;
    }
    let offset = 0;
    while (bytes.length - offset >= HEADER_BYTES) {
      const length = fragmentLength(bytes, offset);
      const end = offset + HEADER_BYTES + length;
      if (bytes.length < end) break;
      this.#seenRecord = true;
      yield {
        contentType: bytes[offset] ?? 0,
        version: ((bytes[offset + 1] ?? 0) << 8) | (bytes[offset + 2] ?? 0),
        header: bytes.subarray(offset, offset + HEADER_BYTES),
        fragment: bytes.subarray(offset + HEADER_BYTES, end),
        at,
      };
      offset = end;
    }
    this.#keep(bytes.subarray(offset));
  }

  #keep(rest: Uint8Array): void {
    this.#needed = HEADER_BYTES;
    if (rest.length === 0) return;
    if (rest.length >= HEADER_BYTES) this.#needed += fragmentLength(rest, 0);
    this.#pending = [rest];
    this.#pendingBytes = rest.length;
  }
}

/** Names what stands where a TLS record should be. */
export function foreignProtocol(bytes: Uint8Array): ForeignProtocol {
  const text = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  for (const [pattern, name] of FOREIGN) if (pattern.test(text)) return name;
  return 'unknown';
}

const FOREIGN: readonly (readonly [RegExp, ForeignProtocol])[] = [
  [/^(HTTP\/|GET |POST |HEAD |PUT |OPTIONS |<!?[a-z])/i, 'http'],
  [/^SSH-/, 'ssh'],
  [/^220[ -].*(ftp|filezilla)/i, 'ftp'],
  [/^[245]\d\d[ -]/, 'smtp'],
  [/^\* (OK|BYE|PREAUTH)/, 'imap'],
  [/^[+-](OK|ERR)/, 'pop3'],
  // MySQL greets with a packet of protocol version 10 (or 9), or with an error packet 0xff.
  [/^[\s\S]{3}\x00[\x09\x0a\xff]/, 'mysql'],
  [/^[\x80-\xff][\s\S]\x01/, 'sslv2'],
];

function fragmentLength(bytes: Uint8Array, offset: number): number {
  const header = new ByteReader(bytes.subarray(offset, offset + HEADER_BYTES), 'record');
  const contentType = header.uint8();
  const major = header.uint8();
  header.uint8();
  const length = header.uint16();
  if (!RECORD_TYPES.has(contentType) || major !== 3) header.fail('these bytes are not a TLS record');
  if (length > FRAGMENT_LIMIT) header.fail(`a record of ${length} bytes, above ${FRAGMENT_LIMIT}`);
  return length;
}
