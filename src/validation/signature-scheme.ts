import type { AlgorithmIdentifier } from '../pki/algorithm.ts';
import { readAlgorithm } from '../pki/algorithm.ts';
import { contextConstructed, type DerReader, readWhole, TAG, tryReadWhole } from '../pki/der-reader.ts';
import { OID, oidText } from '../pki/oid.ts';
import type { ValidationPolicy } from './request.ts';

/** How to check a signature: the kind of key it needs, the hash (null where the scheme has its own), the padding. */
export interface SignatureScheme {
  readonly name: string;
  readonly keyAlgorithms: readonly string[];
  readonly hash: string | null;
  /** Set for RSASSA-PSS. */
  readonly saltLength?: number;
}

/** The scheme of an algorithm, or why it cannot be checked. */
export function signatureSchemeOf(
  algorithm: AlgorithmIdentifier,
): SignatureScheme | { readonly unsupported: string } {
  if (algorithm.oid === OID.rsassaPss) return readPss(algorithm.parameters);
  const row = SCHEMES.get(algorithm.oid);
  if (row === undefined) return { unsupported: 'the algorithm is not known' };
  const { parameters } = algorithm;
  // RFC 4055 section 5: a NULL for RSA, and its absence must be understood; RFC 5758 and 8410: none for the others.
  const isNull = parameters?.[0] === TAG.null && parameters.length === 2;
  if (parameters !== undefined && !(row.takesNull && isNull)) {
    return { unsupported: 'it has parameters that it must not have' };
  }
  return { name: oidText(algorithm.oid), keyAlgorithms: row.keyAlgorithms, hash: row.hash };
}

/**
 * Whether signatures of this scheme can be forged. SHA-1 is refused wherever TLS is at stake (RFC 8446 section
 * 4.4.2.4, RFC 9155); for other purposes RFC 5280 leaves it to the policy.
 */
export function isWeakScheme({ hash }: SignatureScheme, { policy, wanted }: SchemeUse): boolean {
  if (hash === 'md5') return true;
  if (hash !== 'sha1' && hash !== 'sha224') return false;
  return policy === 'webpki' || (hash === 'sha1' && wanted.some((purpose) => TLS_PURPOSES.has(purpose)));
}

/** What a signature is relied on for. */
export interface SchemeUse {
  readonly policy: ValidationPolicy;
  /** Extended key usages as object identifiers. */
  readonly wanted: readonly string[];
}

const TLS_PURPOSES = new Set<string>([OID.serverAuth, OID.clientAuth]);

interface SchemeRow {
  readonly keyAlgorithms: readonly string[];
  readonly hash: string | null;
  readonly takesNull: boolean;
}

const RSA = [OID.rsaEncryption];
const rsa = (hash: string): SchemeRow => ({ keyAlgorithms: RSA, hash, takesNull: true });
const ecdsa = (hash: string): SchemeRow => ({ keyAlgorithms: [OID.ecPublicKey], hash, takesNull: false });
const dsa = (hash: string): SchemeRow => ({ keyAlgorithms: [OID.dsa], hash, takesNull: false });
const whole = (oid: string): [string, SchemeRow] => [
  oid,
  { keyAlgorithms: [oid], hash: null, takesNull: false },
];

const SCHEMES = new Map<string, SchemeRow>([
  [OID.md5WithRSAEncryption, rsa('md5')],
  [OID.sha1WithRSAEncryption, rsa('sha1')],
  [OID.sha224WithRSAEncryption, rsa('sha224')],
  [OID.sha256WithRSAEncryption, rsa('sha256')],
  [OID.sha384WithRSAEncryption, rsa('sha384')],
  [OID.sha512WithRSAEncryption, rsa('sha512')],
  [OID.ecdsaWithSha1, ecdsa('sha1')],
  [OID.ecdsaWithSha224, ecdsa('sha224')],
  [OID.ecdsaWithSha256, ecdsa('sha256')],
  [OID.ecdsaWithSha384, ecdsa('sha384')],
  [OID.ecdsaWithSha512, ecdsa('sha512')],
  [OID.dsaWithSha1, dsa('sha1')],
  [OID.dsaWithSha224, dsa('sha224')],
  [OID.dsaWithSha256, dsa('sha256')],
  whole(OID.ed25519),
  whole(OID.ed448),
  whole(OID.mlDsa44),
  whole(OID.mlDsa65),
  whole(OID.mlDsa87),
]);

const HASHES = new Map<string, string>([
  [OID.sha1, 'sha1'],
  [OID.sha224, 'sha224'],
  [OID.sha256, 'sha256'],
  [OID.sha384, 'sha384'],
  [OID.sha512, 'sha512'],
]);

/** RSASSA-PSS-params of RFC 4055 section 3.1, each with its default; the mask uses the same hash as the message. */
function readPss(parameters: Uint8Array | undefined): SignatureScheme | { unsupported: string } {
  if (parameters === undefined) return { unsupported: 'RSASSA-PSS has no parameters' };
  const fields = tryReadWhole(parameters, readPssFields);
  if (fields === undefined) return { unsupported: 'its RSASSA-PSS parameters are malformed' };
  const { hash: hashOid, maskHash, saltLength, trailer } = fields;
  const hash = HASHES.get(hashOid);
  if (hash === undefined) return { unsupported: 'RSASSA-PSS uses a hash that is not known' };
  if (maskHash !== hashOid) return { unsupported: 'RSASSA-PSS uses two different hashes' };
  if (trailer !== 1) return { unsupported: 'RSASSA-PSS has a trailer that is not known' };
  const name = `RSASSA-PSS with ${hash}`;
  return { name, keyAlgorithms: [OID.rsaEncryption, OID.rsassaPss], hash, saltLength };
}

function readPssFields(reader: DerReader) {
  const sequence = reader.enter();
  const field = <Value>(tagNumber: number, absent: Value, read: (inner: DerReader) => Value): Value => {
    const inner = sequence.enterOptional(contextConstructed(tagNumber));
    const value = inner === undefined ? absent : read(inner);
    inner?.finish();
    return value;
  };
  const hash = field<string>(0, OID.sha1, (inner) => readAlgorithm(inner).oid);
  const maskHash = field<string | undefined>(1, OID.sha1, (inner) => readMaskHash(readAlgorithm(inner)));
  const saltLength = field(2, 20, (inner) => inner.readCount());
  const trailer = field(3, 1, (inner) => inner.readCount());
  sequence.finish();
  return { hash, maskHash, saltLength, trailer };
}

function readMaskHash({ oid, parameters }: AlgorithmIdentifier): string | undefined {
  if (oid !== OID.mgf1 || parameters === undefined) return undefined;
  return readWhole(parameters, 'MGF1 parameters', (reader) => readAlgorithm(reader)).oid;
}
