import { readWhole } from '../der-reader.ts';
import { encodeNamedBits } from '../der-writer.ts';

/** The bits of RFC 5280 section 4.2.1.3 in their order. */
export const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

export type KeyUsage = (typeof KEY_USAGES)[number];

export const encodeKeyUsage = (usages: readonly KeyUsage[]): Uint8Array =>
  encodeNamedBits(KEY_USAGES.map((usage) => usages.includes(usage)));

/** At least one bit must be set; bits that have no name are ignored. */
export function parseKeyUsage(value: Uint8Array): KeyUsage[] {
  return readWhole(value, 'keyUsage extension', (reader) => {
    const bits = reader.readNamedBits();
    if (!bits.includes(true)) reader.fail('no usage is set', 0);
    return KEY_USAGES.filter((_, i) => bits[i] === true);
  });
}
