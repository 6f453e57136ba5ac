import { type AlgorithmIdentifier, readAlgorithm } from './algorithm.ts';
import { contextConstructed, type DerReader, readWhole, TAG } from './der-reader.ts';
import { type Extension, readExtensions } from './extensions/extension.ts';
import { type DistinguishedName, readName } from './name.ts';
import { OID } from './oid.ts';

/** A PKCS#10 request as a value: what its sender would like, and the signature that proves possession of the key. */
export interface CertificationRequest {
  /** The part that is signed. */
  readonly tbs: Uint8Array;
  readonly subject: DistinguishedName;
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly publicKeyAlgorithm: AlgorithmIdentifier;
  /** The contents of the BIT STRING in subjectPublicKeyInfo. */
  readonly publicKeyBits: Uint8Array;
  /** Those of every extensionRequest, Microsoft's own included. */
  readonly extensions: readonly Extension[];
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

/**
 * Parses a request strictly (RFC 2986 section 4); `source` is for messages. Throws DEVCA_DER_INVALID. Nothing in it is
 * believed yet.
 */
export function parseCertificationRequest(der: Uint8Array, source: string): CertificationRequest {
  return readWhole(der, `certification request in "${source}"`, (reader) => {
    const request = reader.enter();
    const signed = request.read(TAG.sequence);
    const signatureAlgorithm = readAlgorithm(request);
    const signature = readOctets(request, 'the signature');
    request.finish();
    return { tbs: signed.der, ...readInfo(request.over(signed)), signatureAlgorithm, signature };
  });
}

type Info = Omit<CertificationRequest, 'tbs' | 'signatureAlgorithm' | 'signature'>;

function readInfo(info: DerReader): Info {
  const offset = info.offset;
  const version = info.readCount();
  if (version !== 0) info.fail(`it has version ${version + 1} instead of 1`, offset);
  const subject = readName(info);
  const key = info.read(TAG.sequence);
  const spki = info.over(key);
  const publicKeyAlgorithm = readAlgorithm(spki);
  const publicKeyBits = readOctets(spki, 'the public key');
  spki.finish();
  // RFC 2986 wants the attributes even where there are none; old programs leave them out.
  const attributes = info.enterOptional(contextConstructed(0));
  const extensions = attributes?.readAll(readAttribute).flat() ?? [];
  info.finish();
  const seen = new Set(extensions.map(({ oid }) => oid));
  if (seen.size < extensions.length) info.fail('an extension is asked for twice');
  return { subject, subjectPublicKeyInfo: key.der, publicKeyAlgorithm, publicKeyBits, extensions };
}

/** The extensions of an attribute that asks for some (RFC 2985 section 5.4.2); no other attribute says anything here. */
function readAttribute(attributes: DerReader): readonly Extension[] {
  const attribute = attributes.enter();
  const type = attribute.readOid();
  const values = attribute.enter(TAG.set);
  attribute.finish();
  if (!EXTENSION_REQUESTS.includes(type)) return [];
  const extensions = readExtensions(values);
  values.finish();
  return extensions;
}

const EXTENSION_REQUESTS: readonly string[] = [OID.extensionRequest, OID.microsoftExtensionRequest];

function readOctets(reader: DerReader, what: string): Uint8Array {
  const { bytes, unusedBits } = reader.readBitString();
  if (unusedBits !== 0) reader.fail(`${what} does not end at an octet`);
  return bytes;
}
