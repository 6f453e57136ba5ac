import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { DevcaError } from '../errors/devca-error.ts';
import type { CertificationRequest } from '../pki/certification-request.ts';
import { tryReadWhole } from '../pki/der-reader.ts';
import type { CertifiedKey, CertifiedKeyType } from '../pki/key.ts';
import { OID, oidText } from '../pki/oid.ts';
import { encodePem } from '../pki/pem.ts';
import { type SignatureScheme, signatureSchemeOf } from '../validation/signature-scheme.ts';

/**
 * The key of a request, once its sender has shown to have the private half and it is one that devca certifies.
 * Throws DEVCA_CSR_KEY and DEVCA_CSR_SIGNATURE.
 */
export function provenKey(request: CertificationRequest, source: string): CertifiedKey {
  const keyObject = importKey(request.subjectPublicKeyInfo);
  if (keyObject === undefined) throw refused(source, 'a key that cannot be read');
  const type = typeOf(request, keyObject, source);
  checkSignature(request, keyObject, source);
  return { type, subjectPublicKeyInfo: request.subjectPublicKeyInfo };
}

const SMALLEST_RSA = 2048;

/** Beyond that one check takes milliseconds, and clients refuse it. */
const LARGEST_RSA = 8192;

function importKey(subjectPublicKeyInfo: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey(encodePem('PUBLIC KEY', subjectPublicKeyInfo));
  } catch {
    return undefined;
  }
}

function typeOf(
  { publicKeyAlgorithm, publicKeyBits }: CertificationRequest,
  { asymmetricKeyDetails }: KeyObject,
  source: string,
): CertifiedKeyType {
  const { oid, parameters } = publicKeyAlgorithm;
  if (oid === OID.ed25519) return 'ed25519';
  if (oid === OID.ecPublicKey) {
    const curve = parameters && tryReadWhole(parameters, (reader) => reader.readOid());
    // RFC 5480 section 2.1.1: by its name, since explicit parameters can be forged (CVE-2020-0601).
    if (curve === undefined) throw refused(source, 'an elliptic curve that is not given by its name');
    // RFC 5480 section 2.2; hardly any client reads a compressed point.
    if (publicKeyBits[0] !== 0x04) throw refused(source, 'a compressed point of an elliptic curve');
    const type = TYPE_OF_CURVE[curve];
    if (type === undefined) throw refused(source, `a key on the curve ${oidText(curve)}`);
    return type;
  }
  if (oid !== OID.rsaEncryption) throw refused(source, `a key of the kind ${oidText(oid)}`);
  const { modulusLength = 0, publicExponent = 0n } = asymmetricKeyDetails ?? {};
  if (modulusLength < SMALLEST_RSA || modulusLength > LARGEST_RSA || modulusLength % 8 !== 0)
    throw refused(source, `RSA of ${modulusLength} bits`);
  if (publicExponent < 3n || publicExponent % 2n === 0n || publicExponent >= 2n ** 64n)
    throw refused(source, `RSA with the exponent ${publicExponent}`);
  return `rsa-${modulusLength}`;
}

const TYPE_OF_CURVE: Readonly<Record<string, CertifiedKeyType>> = {
  [OID.p256]: 'ec-p256',
  [OID.p384]: 'ec-p384',
};

/** Any hash will do: to forge a proof of possession is worth nothing without a second preimage. */
function checkSignature(request: CertificationRequest, key: KeyObject, source: string): void {
  const scheme = signatureSchemeOf(request.signatureAlgorithm);
  const fail = (reason: string) => new DevcaError('DEVCA_CSR_SIGNATURE', { source, reason });
  const algorithm = oidText(request.signatureAlgorithm.oid);
  if ('unsupported' in scheme)
    throw fail(`its signature by ${algorithm} is not checked: ${scheme.unsupported}`);
  if (!scheme.keyAlgorithms.includes(request.publicKeyAlgorithm.oid))
    throw fail(`it has a ${oidText(request.publicKeyAlgorithm.oid)} key, and a signature by ${algorithm}`);
  if (!holds(request, key, scheme)) throw fail('its signature does not belong to its key');
}

function holds(
  { tbs, signature }: CertificationRequest,
  key: KeyObject,
  { hash, saltLength }: SignatureScheme,
): boolean {
  const input =
    saltLength === undefined ? key : { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
  try {
    return verify(hash, tbs, input, signature);
  } catch {
    return false;
  }
}

const refused = (source: string, key: string): DevcaError =>
  new DevcaError('DEVCA_CSR_KEY', {
    source,
    key,
    expected: `a P-256, P-384 or Ed25519 key, or RSA of ${SMALLEST_RSA} to ${LARGEST_RSA} bits`,
  });
