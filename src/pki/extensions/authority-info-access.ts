import { readWhole } from '../der-reader.ts';
import { encodeOid, encodeSequence } from '../der-writer.ts';
import { encodeGeneralName, type GeneralName, readGeneralName } from '../general-name.ts';

/** Where to find something, and by which method: an object identifier such as `OID.ocsp`. */
export interface AccessDescription {
  readonly method: string;
  readonly location: GeneralName;
}

/** The value of authorityInfoAccess, and of subjectInfoAccess, which has the same form. */
export const encodeAuthorityInfoAccess = (descriptions: readonly AccessDescription[]): Uint8Array =>
  encodeSequence(
    ...descriptions.map(({ method, location }) =>
      encodeSequence(encodeOid(method), encodeGeneralName(location)),
    ),
  );

/** At least one description (RFC 5280 section 4.2.2.1). */
export function parseAuthorityInfoAccess(
  value: Uint8Array,
  what = 'authorityInfoAccess extension',
): AccessDescription[] {
  return readWhole(value, what, (reader) => {
    const sequence = reader.enter();
    if (sequence.isAtEnd) sequence.fail('it has no access description');
    return sequence.readAll((item) => {
      const description = item.enter();
      const method = description.readOid();
      const location = readGeneralName(description);
      description.finish();
      return { method, location };
    });
  });
}
