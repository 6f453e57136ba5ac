import { readWhole } from '../der-reader.ts';
import { encodeInteger } from '../der-writer.ts';
import { bytesToHex } from '../fingerprint.ts';

/** The value of cRLNumber, and of deltaCRLIndicator, which has the same form (RFC 5280 sections 5.2.3, 5.2.4). */
export const encodeCrlNumber = (number: bigint | number): Uint8Array => encodeInteger(number);

/** Not negative, and of at most 20 octets. */
export function parseCrlNumber(value: Uint8Array, what = 'cRLNumber extension'): bigint {
  return readWhole(value, what, (reader) => {
    const contents = reader.readInteger();
    if ((contents[0] ?? 0) >= 0x80) reader.fail('a CRL number is negative', 0);
    if (contents.length > 20) reader.fail('a CRL number has more than 20 octets', 0);
    return BigInt(`0x${bytesToHex(contents)}`);
  });
}
