import { readWhole } from '../der-reader.ts';
import { encodeInteger } from '../der-writer.ts';

/** After how many further certificates anyPolicy stops to match any policy (RFC 5280 section 4.2.1.14). */
export const encodeInhibitAnyPolicy = (skipCerts: number): Uint8Array => encodeInteger(skipCerts);

export const parseInhibitAnyPolicy = (value: Uint8Array): number =>
  readWhole(value, 'inhibitAnyPolicy extension', (reader) => reader.readCount());
