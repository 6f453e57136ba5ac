import { readWhole } from '../der-reader.ts';
import { encodeOctetString } from '../der-writer.ts';

export const encodeSubjectKeyIdentifier = (keyIdentifier: Uint8Array): Uint8Array =>
  encodeOctetString(keyIdentifier);

export const parseSubjectKeyIdentifier = (value: Uint8Array): Uint8Array =>
  readWhole(value, 'subjectKeyIdentifier extension', (reader) => reader.readOctetString());
