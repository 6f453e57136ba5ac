import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { decodeOid } from './oid.ts';

/** Identifier octets of the universal types that X.509 uses, and the two context-specific classes. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  numericString: 0x12,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The identifier octet of a context-specific primitive value, such as an implicitly tagged string. */
export const contextPrimitive = (number: number): number => 0x80 | number;

/** The identifier octet of a context-specific constructed value. */
export const contextConstructed = (number: number): number => 0xa0 | number;

/** One tag, length and value, cut out of the bytes when it is asked for. */
export class DerElement {
  readonly tag: number;
  /** From the start of the outermost structure. */
  readonly offset: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #contentsStart: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, base: number, start: number, contentsStart: number, end: number) {
    this.tag = bytes[start] ?? 0;
    this.offset = base + start;
    this.#bytes = bytes;
    this.#start = start;
    this.#contentsStart = contentsStart;
    this.#end = end;
  }

  get der(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  get contents(): Uint8Array {
    return this.#bytes.subarray(this.#contentsStart, this.#end);
  }

  /** A reader over the contents. */
  reader(what: string): DerReader {
    return new DerReader(this.#bytes, what, this.offset - this.#start, this.#contentsStart, this.#end);
  }
}

export interface BitString {
  readonly bytes: Uint8Array;
  readonly unusedBits: number;
}

/**
 * A cursor over strict DER: definite lengths in their shortest form, one-octet tags, nothing beyond the bounds.
 * It never recurses by itself, so the depth of what it reads is the depth of the code that calls it.
 * Every defect is a `DEVCA_DER_INVALID` that names the structure and the offset.
 */
export class DerReader {
  readonly what: string;
  readonly #bytes: Uint8Array;
  readonly #base: number;
  readonly #end: number;
  #position: number;

  /** Over `bytes` from `start` up to `end`; `base` is the offset of their beginning within the outermost structure. */
  constructor(bytes: Uint8Array, what: string, base = 0, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.what = what;
    this.#base = base;
    this.#position = start;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#end;
  }

  /** The offset of the next byte within the outermost structure. */
  get offset(): number {
    return this.#base + this.#position;
  }

  /** The tag of the next element, or undefined at the end. */
  peek(): number | undefined {
    return this.isAtEnd ? undefined : this.#bytes[this.#position];
  }

  /** Reads one element, of the given tag where one is given. */
  read(expected?: number): DerElement {
    const start = this.#position;
    const bytes = this.#bytes;
    const tag = this.peek();
    if (tag === undefined) this.fail('it ends too early');
    if (expected !== undefined && tag !== expected) {
      this.fail(`tag 0x${hex(tag)} stands where 0x${hex(expected)} belongs`);
    }
    if ((tag & 0x1f) === 0x1f) this.fail('a tag number over 30 is not used in X.509');
    if (tag === 0) this.fail('there is an end-of-contents marker');
    let at = start + 1;
    if (at >= this.#end) this.fail('it ends within a length');
    let length = bytes[at++] ?? 0;
    if (length >= 0x80) {
      const octets = length & 0x7f;
      if (octets === 0) this.fail('a length is indefinite');
      if (octets > 4) this.fail('a length has more than four octets');
      length = 0;
      for (let i = 0; i < octets; i++) {
        if (at >= this.#end) this.fail('it ends within a length');
        const octet = bytes[at++] ?? 0;
        if (i === 0 && octet === 0) this.fail('a length is not in its shortest form');
        length = length * 256 + octet;
      }
      if (length < 0x80) this.fail('a length is not in its shortest form');
    }
    const end = at + length;
    if (end > this.#end) this.fail(`a length of ${length} reaches beyond the end`);
    this.#position = end;
    return new DerElement(bytes, this.#base, start, at, end);
  }

  /** Reads the next element if it has the given tag. */
  readOptional(tag: number): DerElement | undefined {
    return this.peek() === tag ? this.read(tag) : undefined;
  }

  /** Enters a constructed element: a reader over its contents. */
  enter(tag: number = TAG.sequence): DerReader {
    return this.over(this.read(tag));
  }

  /** Enters the next element if it has the given tag. */
  enterOptional(tag: number): DerReader | undefined {
    const element = this.readOptional(tag);
    return element === undefined ? undefined : this.over(element);
  }

  /** A reader over the contents of an element that this reader has read. */
  over(element: DerElement): DerReader {
    return element.reader(this.what);
  }

  /** Calls `item` until the contents are used up. */
  readAll<Item>(item: (reader: DerReader) => Item): Item[] {
    const items: Item[] = [];
    while (!this.isAtEnd) items.push(item(this));
    return items;
  }

  readBoolean(tag: number = TAG.boolean): boolean {
    const { contents, offset } = this.read(tag);
    const value = contents[0];
    if (contents.length !== 1 || (value !== 0 && value !== 0xff)) {
      this.fail('a BOOLEAN is neither 0x00 nor 0xff', offset);
    }
    return value === 0xff;
  }

  /** The contents of an INTEGER in two's complement, in their shortest form. */
  readInteger(tag: number = TAG.integer): Uint8Array {
    const { contents, offset } = this.read(tag);
    const [first, second = 0] = [contents[0], contents[1]];
    if (first === undefined) this.fail('an INTEGER is empty', offset);
    if (contents.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
      this.fail('an INTEGER is not in its shortest form', offset);
    }
    return contents;
  }

  /** A non-negative INTEGER; one beyond 2^31 - 1 is read as 2^31 - 1, since it only ever bounds a count. */
  readCount(tag: number = TAG.integer): number {
    const offset = this.offset;
    const contents = this.readInteger(tag);
    if ((contents[0] ?? 0) >= 0x80) this.fail('a count is negative', offset);
    if (contents.length > 4) return 0x7fffffff;
    return contents.reduce((sum, octet) => sum * 256 + octet, 0);
  }

  readOid(tag: number = TAG.oid): string {
    const { contents, offset } = this.read(tag);
    const dotted = decodeOid(contents);
    if (dotted === undefined) this.fail('an OBJECT IDENTIFIER is malformed', offset);
    return dotted;
  }

  readOctetString(tag: number = TAG.octetString): Uint8Array {
    return this.read(tag).contents;
  }

  readBitString(tag: number = TAG.bitString): BitString {
    const { contents, offset } = this.read(tag);
    const unusedBits = contents[0];
    if (unusedBits === undefined) this.fail('a BIT STRING is empty', offset);
    const last = contents[contents.length - 1] ?? 0;
    if (unusedBits > 7 || (unusedBits > 0 && contents.length === 1)) {
      this.fail(`a BIT STRING says that ${unusedBits} bits are unused`, offset);
    }
    if (unusedBits > 0 && (last & ((1 << unusedBits) - 1)) !== 0) {
      this.fail('a BIT STRING has unused bits that are not zero', offset);
    }
    return { bytes: contents.subarray(1), unusedBits };
  }

  /** Which bits are set in a BIT STRING with named bits; bit 0 is the most significant of the first octet. */
  readNamedBits(tag: number = TAG.bitString): boolean[] {
    const { bytes, unusedBits } = this.readBitString(tag);
    const bits: boolean[] = [];
    for (let i = 0; i < bytes.length * 8 - unusedBits; i++) {
      bits.push(((bytes[i >> 3] ?? 0) & (0x80 >> (i & 7))) !== 0);
    }
    return bits;
  }

  /** A string of ASCII characters, such as an implicitly tagged IA5String. */
  readIa5String(tag: number = TAG.ia5String): string {
    const { contents, offset } = this.read(tag);
    if (!isAscii(contents)) this.fail('an IA5String has a character outside ASCII', offset);
    return latin1(contents);
  }

  /** Ends the structure: trailing bytes are an error. */
  finish(): void {
    if (!this.isAtEnd) this.fail(`${this.#end - this.#position} bytes follow its end`);
  }

  /** Reports a defect at an offset, by default that of the next byte. */
  fail(reason: string, offset: number = this.offset): never {
    throw new DevcaError('DEVCA_DER_INVALID', { what: this.what, reason, offset });
  }
}

/** Reads exactly one structure from `bytes` by `parse`, and refuses anything after it. */
export function readWhole<Value>(
  bytes: Uint8Array,
  what: string,
  parse: (reader: DerReader) => Value,
): Value {
  const reader = new DerReader(bytes, what);
  const value = parse(reader);
  reader.finish();
  return value;
}

/** The same for bytes that may well be malformed: undefined then. */
export function tryReadWhole<Value>(
  bytes: Uint8Array,
  parse: (reader: DerReader) => Value,
): Value | undefined {
  try {
    return readWhole(bytes, 'value', parse);
  } catch (cause) {
    if (isDevcaError(cause, 'DEVCA_DER_INVALID')) return undefined;
    throw cause;
  }
}

/** One character for each byte. */
export const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

export function isAscii(bytes: Uint8Array): boolean {
  let all = 0;
  for (let i = 0; i < bytes.length; i++) all |= bytes[i] ?? 0;
  return all < 0x80;
}

const hex = (octet: number): string => octet.toString(16).padStart(2, '0');
