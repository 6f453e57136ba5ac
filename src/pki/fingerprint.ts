import { hash } from 'node:crypto';

/** The SHA-256 fingerprint in lower-case hex. */
export const sha256Hex = (bytes: Uint8Array): string => hash('sha256', bytes);

/** Lower-case hex of some bytes. */
export const bytesToHex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
