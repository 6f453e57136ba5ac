import { contextConstructed, contextPrimitive, readWhole } from '../der-reader.ts';
import { encodeSequence, encodeTagged } from '../der-writer.ts';
import { encodeGeneralNames, type GeneralName, readGeneralNames } from '../general-name.ts';
import { serialNumberContents, serialNumberHex } from '../serial-number.ts';

/** RFC 5280 section 4.2.1.1. */
export interface AuthorityKeyIdentifier {
  readonly keyIdentifier?: Uint8Array;
  readonly authorityCertIssuer?: readonly GeneralName[];
  /** Written as `Certificate.serialNumber` is. */
  readonly authorityCertSerialNumber?: string;
}

export function encodeAuthorityKeyIdentifier(value: AuthorityKeyIdentifier): Uint8Array {
  const { keyIdentifier, authorityCertIssuer, authorityCertSerialNumber } = value;
  const parts: Uint8Array[] = [];
  if (keyIdentifier !== undefined) parts.push(encodeTagged(KEY_IDENTIFIER, keyIdentifier));
  if (authorityCertIssuer !== undefined) parts.push(encodeGeneralNames(authorityCertIssuer, ISSUER));
  if (authorityCertSerialNumber !== undefined) {
    parts.push(encodeTagged(SERIAL_NUMBER, serialNumberContents(authorityCertSerialNumber)));
  }
  return encodeSequence(...parts);
}

/** authorityCertIssuer and authorityCertSerialNumber stand together or not at all. */
export function parseAuthorityKeyIdentifier(value: Uint8Array): AuthorityKeyIdentifier {
  return readWhole(value, 'authorityKeyIdentifier extension', (reader) => {
    const sequence = reader.enter();
    const keyIdentifier = sequence.readOptional(KEY_IDENTIFIER)?.contents;
    const authorityCertIssuer = sequence.peek() === ISSUER ? readGeneralNames(sequence, ISSUER) : undefined;
    const authorityCertSerialNumber =
      sequence.peek() === SERIAL_NUMBER ? serialNumberHex(sequence.readInteger(SERIAL_NUMBER)) : undefined;
    sequence.finish();
    if ((authorityCertIssuer === undefined) !== (authorityCertSerialNumber === undefined)) {
      sequence.fail('it has one of authorityCertIssuer and authorityCertSerialNumber without the other', 0);
    }
    return {
      ...(keyIdentifier === undefined ? {} : { keyIdentifier }),
      ...(authorityCertIssuer === undefined ? {} : { authorityCertIssuer }),
      ...(authorityCertSerialNumber === undefined ? {} : { authorityCertSerialNumber }),
    };
  });
}

const KEY_IDENTIFIER = contextPrimitive(0);
const ISSUER = contextConstructed(1);
const SERIAL_NUMBER = contextPrimitive(2);
