import { normalizeBer } from './ber.ts';
import { contextConstructed, type DerReader, readWhole, TAG } from './der-reader.ts';
import { OID } from './oid.ts';

const WHAT = 'PKCS#7 file';

/**
 * The certificates in a SignedData, in their order, as `openssl crl2pkcs7`, Windows (`.p7b`) and ACME proxies write
 * them (RFC 5652 section 5.1). Signatures in it are not looked at. Throws DEVCA_DER_INVALID.
 */
export function parsePkcs7(bytes: Uint8Array): readonly Uint8Array[] {
  return readWhole(normalizeBer(bytes, WHAT), WHAT, (reader) => {
    const contentInfo = reader.enter();
    const start = contentInfo.offset;
    if (contentInfo.readOid() !== OID.pkcs7SignedData) contentInfo.fail('it is no SignedData', start);
    const content = contentInfo.enter(contextConstructed(0));
    const certificates = readSignedData(content.enter());
    content.finish();
    contentInfo.finish();
    return certificates;
  });
}

function readSignedData(signed: DerReader): Uint8Array[] {
  signed.readInteger();
  signed.read(TAG.set);
  signed.read(TAG.sequence);
  const set = signed.enterOptional(contextConstructed(0));
  // Attribute certificates and other kinds have tags of their own (RFC 5652 section 10.2.2).
  const all = set?.readAll((item) => item.read()) ?? [];
  signed.readOptional(contextConstructed(1));
  signed.read(TAG.set);
  signed.finish();
  return all.filter(({ tag }) => tag === TAG.sequence).map(({ der }) => der);
}
