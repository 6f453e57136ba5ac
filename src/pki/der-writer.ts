import { encodeOidContents } from './oid.ts';
import { timeText } from './time.ts';

/** A tag, its length and the contents given in parts. */
export function encodeTagged(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const octets = lengthOctets(length);
  const der = allocate(2 + octets + length);
  der[0] = tag;
  der[1] = octets === 0 ? length : 0x80 | octets;
  for (let i = 0; i < octets; i++) der[1 + octets - i] = Math.floor(length / 256 ** i) % 256;
  let at = 2 + octets;
  for (const part of parts) {
    // Most parts are so short that to copy them by a call takes longer.
    if (part.length > SHORT) der.set(part, at);
    else for (let i = 0; i < part.length; i++) der[at + i] = part[i] ?? 0;
    at += part.length;
  }
  return der;
}

export const encodeSequence = (...parts: readonly Uint8Array[]): Uint8Array => encodeTagged(0x30, ...parts);

/** A SET OF: its elements are put in ascending order, as DER demands (X.690 section 11.6). */
export const encodeSet = (...parts: readonly Uint8Array[]): Uint8Array =>
  encodeTagged(0x31, ...[...parts].sort(compareBytes));

/** An INTEGER from a number, or from the octets of an unsigned integer in big-endian order. */
export function encodeInteger(value: Uint8Array | number | bigint): Uint8Array {
  return encodeTagged(
    0x02,
    value instanceof Uint8Array ? unsignedContents(value) : signedContents(BigInt(value)),
  );
}

/** An INTEGER whose contents are given as they stand in the DER, sign octet included. */
export const encodeIntegerContents = (contents: Uint8Array): Uint8Array => encodeTagged(0x02, contents);

export const encodeEnumerated = (value: number): Uint8Array =>
  encodeTagged(0x0a, signedContents(BigInt(value)));

export const encodeOid = (dotted: string): Uint8Array => encodeTagged(0x06, encodeOidContents(dotted));

export const encodeOctetString = (bytes: Uint8Array): Uint8Array => encodeTagged(0x04, bytes);

export const encodeBitString = (bytes: Uint8Array, unusedBits = 0): Uint8Array =>
  encodeTagged(0x03, Uint8Array.of(unusedBits), bytes);

/** A BIT STRING with named bits: trailing zero bits are left off (X.690 section 11.2.2). */
export const encodeNamedBits = (bits: readonly boolean[]): Uint8Array =>
  encodeTagged(0x03, namedBitsContents(bits));

/** The contents of a BIT STRING with named bits, for an implicit tag. */
export function namedBitsContents(bits: readonly boolean[]): Uint8Array {
  const count = bits.lastIndexOf(true) + 1;
  const contents = new Uint8Array(1 + Math.ceil(count / 8));
  contents[0] = (8 - (count % 8)) % 8;
  for (let i = 0; i < count; i++) {
    const octet = 1 + (i >> 3);
    if (bits[i] === true) contents[octet] = (contents[octet] ?? 0) | (0x80 >> (i & 7));
  }
  return contents;
}

export const encodeBoolean = (value: boolean): Uint8Array =>
  encodeTagged(0x01, Uint8Array.of(value ? 0xff : 0));

export const encodeNull = (): Uint8Array => encodeTagged(0x05);

export const encodeUtf8String = (text: string): Uint8Array => encodeTagged(0x0c, utf8.encode(text));

/** The caller sees to it that the text has the characters of a PrintableString only. */
export const encodePrintableString = (text: string): Uint8Array => encodeTagged(0x13, utf8.encode(text));

/** The caller sees to it that the text is ASCII. */
export const encodeIa5String = (text: string): Uint8Array => encodeTagged(0x16, utf8.encode(text));

/** UTCTime through 2049, GeneralizedTime from 2050 on (RFC 5280 section 4.1.2.5). */
export function encodeTime(time: Date): Uint8Array {
  const text = timeText(time);
  const year = time.getUTCFullYear();
  return year >= 1950 && year < 2050
    ? encodeTagged(0x17, utf8.encode(text.slice(2)))
    : encodeTagged(0x18, utf8.encode(text));
}

/** Always GeneralizedTime, as an invalidity date must be. */
export const encodeGeneralizedTime = (time: Date): Uint8Array =>
  encodeTagged(0x18, utf8.encode(timeText(time)));

/** A context-specific tag around contents: an explicit tag when `constructed`, else an implicit primitive. */
export const encodeContext = (
  tagNumber: number,
  contents: Uint8Array,
  options: { readonly constructed?: boolean } = {},
): Uint8Array => encodeTagged((options.constructed === true ? 0xa0 : 0x80) | tagNumber, contents);

/** The same contents under another tag: how an implicit tag replaces the universal one. */
export function retag(tag: number, der: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(der);
  copy[0] = tag;
  return copy;
}

/** Joins encodings that stand side by side. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

const SHORT = 32;

const SLAB = 8192;
let slab = new Uint8Array(SLAB);
let used = 0;

/**
 * A part of a slab: the runtime takes five times as long for an array of more than 64 octets with memory of its own. What
 * is large enough to keep a slab alive for long has its own all the same.
 */
function allocate(length: number): Uint8Array {
  if (length <= 64 || length > 1024) return new Uint8Array(length);
  if (used + length > SLAB) {
    slab = new Uint8Array(SLAB);
    used = 0;
  }
  used += length;
  return slab.subarray(used - length, used);
}

const utf8 = new TextEncoder();

/** How many octets follow the first one of a length (X.690 section 8.1.3). */
function lengthOctets(length: number): number {
  if (length < 0x80) return 0;
  let octets = 1;
  while (length >= 256 ** octets) octets++;
  return octets;
}

function unsignedContents(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const magnitude = bytes.subarray(start);
  const first = magnitude[0];
  if (first === undefined) return Uint8Array.of(0);
  return first < 0x80 ? magnitude : concatBytes(Uint8Array.of(0), magnitude);
}

function signedContents(value: bigint): Uint8Array {
  const octets: number[] = [];
  let rest = value;
  do {
    octets.unshift(Number(rest & 0xffn));
    rest >>= 8n;
  } while (!(rest === 0n && (octets[0] ?? 0) < 0x80) && !(rest === -1n && (octets[0] ?? 0) >= 0x80));
  return Uint8Array.from(octets);
}

/** Octet by octet; where one is the beginning of the other, the shorter comes first. */
function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
