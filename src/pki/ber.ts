import { DevcaError } from '../errors/devca-error.ts';

/**
 * BER as DER: indefinite lengths become definite, and strings in pieces become whole (X.690 sections 8.1.3.6 and 8.7).
 * NSS, macOS and Bouncy Castle write PKCS#7 and PKCS#12 in that form. What is definite already is returned as it is.
 */
export function normalizeBer(bytes: Uint8Array, what: string): Uint8Array {
  if (bytes[1] !== INDEFINITE) return bytes;
  const cursor = new BerCursor(bytes, what);
  const element = cursor.read(0);
  if (cursor.position < bytes.length) cursor.fail(`${bytes.length - cursor.position} bytes follow its end`);
  return encode(element);
}

const INDEFINITE = 0x80;
const OCTET_STRING = 0x04;
const CONSTRUCTED = 0x20;

// PKCS#12 nests a dozen levels; what goes deeper is built to exhaust the stack.
const DEEPEST = 64;

interface Element {
  readonly tag: number;
  readonly contents: Uint8Array;
}

class BerCursor {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  position = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  read(depth: number): Element {
    if (depth > DEEPEST) this.fail(`it is nested more than ${DEEPEST} levels deep`);
    const tag = this.#octet();
    if ((tag & 0x1f) === 0x1f) this.fail('a tag number over 30 is not used here');
    const length = this.#length();
    if ((tag & CONSTRUCTED) === 0) {
      if (length === undefined) this.fail('a primitive value has an indefinite length');
      return { tag, contents: this.#take(length) };
    }
    const children = this.#children(length, depth);
    const isString = tag === (OCTET_STRING | CONSTRUCTED);
    return isString
      ? { tag: OCTET_STRING, contents: Buffer.concat(children.map(({ contents }) => contents)) }
      : { tag, contents: Buffer.concat(children.map(encode)) };
  }

  fail(reason: string): never {
    throw new DevcaError('DEVCA_DER_INVALID', { what: this.#what, reason, offset: this.position });
  }

  #children(length: number | undefined, depth: number): Element[] {
    const end = length === undefined ? undefined : this.position + length;
    if (end !== undefined && end > this.#bytes.length)
      this.fail(`a length of ${length} reaches beyond the end`);
    const children: Element[] = [];
    while (end === undefined || this.position < end) {
      if (end === undefined && this.#bytes[this.position] === 0) {
        this.position++;
        if (this.#octet() !== 0) this.fail('an end-of-contents marker is malformed');
        return children;
      }
      children.push(this.read(depth + 1));
    }
    if (this.position !== end) this.fail('an element reaches beyond the one that it is in');
    return children;
  }

  #length(): number | undefined {
    const first = this.#octet();
    if (first < 0x80) return first;
    if (first === INDEFINITE) return undefined;
    const octets = first & 0x7f;
    if (octets > 4) this.fail('a length has more than four octets');
    let length = 0;
    for (let i = 0; i < octets; i++) length = length * 256 + this.#octet();
    return length;
  }

  #take(length: number): Uint8Array {
    if (this.position + length > this.#bytes.length)
      this.fail(`a length of ${length} reaches beyond the end`);
    this.position += length;
    return this.#bytes.subarray(this.position - length, this.position);
  }

  #octet(): number {
    const octet = this.#bytes[this.position];
    if (octet === undefined) this.fail('it ends too early');
    this.position++;
    return octet;
  }
}

function encode({ tag, contents }: Element): Uint8Array {
  return Buffer.concat([Uint8Array.of(tag, ...lengthOctets(contents.length)), contents]);
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}
