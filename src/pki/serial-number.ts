import { bytesToHex } from './fingerprint.ts';

/** A new serial number in hex: 16 octets, positive, never with a leading zero (RFC 5280 section 4.1.2.2). */
export const randomSerialNumber = (random: (length: number) => Uint8Array): string =>
  randomSerialNumbers(1, random).join('');

/** So many of them: the runtime takes as long for the bytes of one as for those of a hundred. */
export function randomSerialNumbers(
  count: number,
  random: (length: number) => Uint8Array,
): readonly string[] {
  const bytes = Uint8Array.from(random(count * OCTETS));
  return Array.from({ length: count }, (_, index) => {
    const serial = bytes.subarray(index * OCTETS, (index + 1) * OCTETS);
    serial[0] = (serial[0] ?? 0) & 0x7f || 1;
    return bytesToHex(serial);
  });
}

const OCTETS = 16;

/**
 * A serial number in lower-case hex without a leading sign octet, from the contents of its INTEGER. A negative
 * one, which no authority may issue but a verifier may meet, is a minus sign and the hex of its magnitude.
 */
export function serialNumberHex(contents: Uint8Array): string {
  if ((contents[0] ?? 0) < 0x80) {
    return bytesToHex(contents.length > 1 && contents[0] === 0 ? contents.subarray(1) : contents);
  }
  const magnitude = (1n << BigInt(contents.length * 8)) - BigInt(`0x${bytesToHex(contents)}`);
  const hex = magnitude.toString(16);
  return `-${hex.length % 2 === 0 ? hex : `0${hex}`}`;
}

/** The contents of the INTEGER for a non-negative serial number in hex. */
export function serialNumberContents(hex: string): Uint8Array {
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const isSigned = (bytes[0] ?? 0) >= 0x80 || bytes.length === 0;
  return Uint8Array.from(isSigned ? [0, ...bytes] : bytes);
}
