import { contextConstructed } from './der-reader.ts';
import { encodeInteger, encodeOid, encodeSequence, encodeSet, encodeTagged } from './der-writer.ts';
import { OID } from './oid.ts';

/**
 * Certificates as a SignedData that nobody signed (RFC 5652 section 5.1, "certs-only"). They stay in their order, which
 * every reader shows, although DER would have the set sorted.
 */
export function encodePkcs7(certificates: readonly Uint8Array[]): Uint8Array {
  const signedData = encodeSequence(
    encodeInteger(1),
    encodeSet(),
    encodeSequence(encodeOid(OID.pkcs7Data)),
    encodeTagged(contextConstructed(0), ...certificates),
    encodeSet(),
  );
  return encodeSequence(encodeOid(OID.pkcs7SignedData), encodeTagged(contextConstructed(0), signedData));
}
