import { hash } from 'node:crypto';

/** What a derived octet string is for (RFC 7292 appendix B.3). */
export const KDF_PURPOSE = { key: 1, iv: 2, mac: 3 } as const;

/**
 * The key derivation of PKCS#12 (RFC 7292 appendix B.2). `password` is the BMPString with its two zero octets at the
 * end, or nothing at all, which is what some writers make of an empty one.
 */
export function derivePkcs12(
  digest: string,
  password: Uint8Array,
  salt: Uint8Array,
  options: { readonly iterations: number; readonly purpose: number; readonly length: number },
): Uint8Array {
  const { iterations, purpose, length } = options;
  const block = BLOCK_OCTETS[digest] ?? 64;
  const diversifier = new Uint8Array(block).fill(purpose);
  const input = Buffer.concat([repeat(salt, block), repeat(password, block)]);
  const derived: Uint8Array[] = [];
  for (let made = 0; made < length; ) {
    let octets: Uint8Array = hash(digest, Buffer.concat([diversifier, input]), 'buffer');
    for (let i = 1; i < iterations; i++) octets = hash(digest, octets, 'buffer');
    derived.push(octets);
    made += octets.length;
    if (made < length) addBlocks(input, repeatTo(octets, block));
  }
  return Buffer.concat(derived).subarray(0, length);
}

/** A password as PKCS#12 wants it: UTF-16 with the high octet first and a final null (RFC 7292 appendix B.1). */
export function bmpPassword(text: string): Uint8Array {
  const octets = Buffer.alloc(text.length * 2 + 2);
  for (let i = 0; i < text.length; i++) octets.writeUInt16BE(text.charCodeAt(i), i * 2);
  return octets;
}

/** SHA-384 and SHA-512 work on blocks of 128 octets, the others on 64. */
const BLOCK_OCTETS: Readonly<Record<string, number>> = { sha384: 128, sha512: 128, 'sha512-256': 128 };

const repeat = (bytes: Uint8Array, block: number): Uint8Array =>
  repeatTo(bytes, bytes.length === 0 ? 0 : block * Math.ceil(bytes.length / block));

function repeatTo(bytes: Uint8Array, length: number): Uint8Array {
  const result = new Uint8Array(length);
  for (let i = 0; i < length; i++) result[i] = bytes[i % bytes.length] ?? 0;
  return result;
}

/** Adds `addend + 1` to each block of `input`, as numbers of that many octets. */
function addBlocks(input: Uint8Array, addend: Uint8Array): void {
  for (let start = 0; start < input.length; start += addend.length) {
    let carry = 1;
    for (let i = addend.length - 1; i >= 0; i--) {
      carry += (input[start + i] ?? 0) + (addend[i] ?? 0);
      input[start + i] = carry & 0xff;
      carry >>= 8;
    }
  }
}
