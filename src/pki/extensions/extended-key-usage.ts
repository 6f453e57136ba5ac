import { readWhole } from '../der-reader.ts';
import { encodeOid, encodeSequence } from '../der-writer.ts';

export const encodeExtendedKeyUsage = (purposes: readonly string[]): Uint8Array =>
  encodeSequence(...purposes.map(encodeOid));

/** The purposes as dotted object identifiers, at least one (RFC 5280 section 4.2.1.12). */
export function parseExtendedKeyUsage(value: Uint8Array): string[] {
  return readWhole(value, 'extKeyUsage extension', (reader) => {
    const sequence = reader.enter();
    if (sequence.isAtEnd) sequence.fail('it names no purpose');
    return sequence.readAll((item) => item.readOid());
  });
}
