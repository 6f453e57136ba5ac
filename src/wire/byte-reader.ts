import { DevcaError } from '../errors/devca-error.ts';

/**
 * Reads a TLS structure from front to back. Every length is checked before anything is taken,
 * so hostile bytes end in DEVCA_WIRE_MALFORMED and in nothing else.
 */
export class ByteReader {
  readonly what: string;
  readonly #bytes: Uint8Array;
  #offset = 0;

  /** `what` names the structure in errors, such as `client_hello`. */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.what = what;
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  get offset(): number {
    return this.#offset;
  }

  uint8(): number {
    return this.#number(1);
  }

  uint16(): number {
    return this.#number(2);
  }

  uint24(): number {
    return this.#number(3);
  }

  uint32(): number {
    return this.#number(4);
  }

  /** The next bytes, as a view. */
  take(length: number): Uint8Array {
    if (length > this.remaining) this.fail(`${length} bytes are announced and ${this.remaining} are left`);
    const start = this.#offset;
    this.#offset += length;
    return this.#bytes.subarray(start, this.#offset);
  }

  /** Everything that is left. */
  rest(): Uint8Array {
    return this.take(this.remaining);
  }

  /** A vector with a length prefix of so many bytes (RFC 8446 section 3.4). */
  vector(prefixBytes: 1 | 2 | 3, minimum = 0): Uint8Array {
    const length = this.#number(prefixBytes);
    if (length < minimum) this.fail(`a vector of ${length} bytes, where at least ${minimum} are required`);
    return this.take(length);
  }

  /** A reader over a vector; its errors name `what`. */
  nested(prefixBytes: 1 | 2 | 3, what: string, minimum = 0): ByteReader {
    return new ByteReader(this.vector(prefixBytes, minimum), what);
  }

  /** A vector of 16-bit code points. */
  codes16(prefixBytes: 1 | 2, what: string): number[] {
    const vector = this.nested(prefixBytes, what);
    const codes: number[] = [];
    while (vector.remaining > 0) codes.push(vector.uint16());
    return codes;
  }

  /** A vector of 8-bit code points. */
  codes8(prefixBytes: 1 | 2): number[] {
    return [...this.vector(prefixBytes)];
  }

  /** Refuses bytes behind the end of the structure. */
  end(): void {
    if (this.remaining > 0) this.fail(`${this.remaining} bytes too many`);
  }

  fail(reason: string): never {
    throw new DevcaError('DEVCA_WIRE_MALFORMED', { what: this.what, reason, offset: this.#offset });
  }

  #number(length: 1 | 2 | 3 | 4): number {
    const bytes = this.take(length);
    let value = 0;
    for (const byte of bytes) value = value * 256 + byte;
    return value;
  }
}
