/** Just enough DER to write certificates that no sane library would. */

export function tlv(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(body.length)]), body]);
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => tlv(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]): Uint8Array => tlv(0x31, ...parts);
export const context = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  tlv(0xa0 | tag, ...parts);
export const octets = (bytes: Uint8Array): Uint8Array => tlv(0x04, bytes);
export const text = (value: string): Uint8Array => tlv(0x0c, Buffer.from(value, 'utf8'));
export const integer = (bytes: Uint8Array | readonly number[]): Uint8Array =>
  tlv(0x02, Uint8Array.from(bytes));

export const bitString = (bytes: readonly number[], unusedBits: number): Uint8Array =>
  tlv(0x03, Uint8Array.from([unusedBits, ...bytes]));

/** UTCTime; the tests live before 2050. */
export const time = (at: Date): Uint8Array =>
  tlv(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replace(/[-T:]/g, '')}Z`));

export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octetsOf = (arc: number): number[] => {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift((left % 128) | 0x80);
    }
    return groups;
  };
  return tlv(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(octetsOf)));
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  return [0x80 | bytes.length, ...bytes];
}
