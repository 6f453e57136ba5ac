import { sign } from 'node:crypto';
import { type AlgorithmIdentifier, buildAlgorithm } from './algorithm.ts';
import { encodeNull } from './der-writer.ts';
import { isRsa, type KeyType, type PrivateKey } from './key.ts';
import { OID } from './oid.ts';

/** Signs with a key that it does not show. */
export interface Signer {
  readonly algorithm: AlgorithmIdentifier;
  /** DER of the public key that belongs to it. */
  readonly subjectPublicKeyInfo: Uint8Array;
  sign(tbs: Uint8Array): Uint8Array;
}

export function createSigner(key: PrivateKey): Signer {
  const { hash, algorithm } = signatureOf(key.type);
  return {
    algorithm,
    subjectPublicKeyInfo: key.subjectPublicKeyInfo,
    sign: (tbs) => sign(hash, tbs, key.keyObject),
  };
}

/** RFC 4055 section 5 wants NULL parameters for RSA, RFC 5758 section 3.2 and RFC 8410 section 3 want none. */
function signatureOf(type: KeyType): { hash: string | null; algorithm: AlgorithmIdentifier } {
  if (isRsa(type))
    return { hash: 'sha256', algorithm: buildAlgorithm(OID.sha256WithRSAEncryption, encodeNull()) };
  if (type === 'ec-p384') return { hash: 'sha384', algorithm: buildAlgorithm(OID.ecdsaWithSha384) };
  if (type === 'ed25519') return { hash: null, algorithm: buildAlgorithm(OID.ed25519) };
  return { hash: 'sha256', algorithm: buildAlgorithm(OID.ecdsaWithSha256) };
}
