import { readWhole } from '../der-reader.ts';
import { encodeGeneralNames, type GeneralName, readGeneralNames } from '../general-name.ts';

export const encodeSubjectAltName = (names: readonly GeneralName[]): Uint8Array => encodeGeneralNames(names);

/** At least one name (RFC 5280 section 4.2.1.6). */
export const parseSubjectAltName = (value: Uint8Array): GeneralName[] =>
  readWhole(value, 'subjectAltName extension', (reader) => readGeneralNames(reader));
