import { createPublicKey, type KeyObject } from 'node:crypto';
import { buildAlgorithm, encodeSubjectPublicKeyInfo } from '../pki/algorithm.ts';
import type { Certificate } from '../pki/certificate.ts';
import { tryReadWhole } from '../pki/der-reader.ts';
import { OID, oidText } from '../pki/oid.ts';
import { encodePem } from '../pki/pem.ts';
import type { ValidationPolicy } from './request.ts';

/** What is said about a key that is refused, and what would be taken instead. */
export interface KeyRefusal {
  readonly key: string;
  readonly expected: string;
}

/** DSA parameters may be left out of a certificate, and then are those of its issuer (RFC 3279 section 2.3.2). */
export const inheritsParameters = (certificate: Certificate): boolean =>
  certificate.publicKeyAlgorithm.oid === OID.dsa && certificate.publicKeyAlgorithm.parameters === undefined;

/** The key of a certificate for the crypto library; undefined where that cannot read it. */
export function keyObjectOf(certificate: Certificate, parameters?: Uint8Array): KeyObject | undefined {
  if (parameters !== undefined) return importKey(withParameters(certificate, parameters));
  if (keys.has(certificate)) return keys.get(certificate);
  const key = importKey(certificate.subjectPublicKeyInfo);
  keys.set(certificate, key);
  return key;
}

/**
 * Whether the key is too weak, too large to be checked in time, or of a form that RFC 5480 forbids. `webpki` takes
 * what the web's clients take (CA/B Forum BR section 6.1.5), and the EdDSA and ML-DSA that some of them don't. To
 * read a key takes as long as a signature: one that is known to be readable is not read.
 */
export function refuseKey(
  certificate: Certificate,
  policy: ValidationPolicy,
  isKnown = false,
): KeyRefusal | undefined {
  const { oid, parameters } = certificate.publicKeyAlgorithm;
  const refusal =
    oid === OID.rsaEncryption || oid === OID.rsassaPss
      ? refuseRsa(certificate, policy)
      : oid === OID.ecPublicKey
        ? refuseCurve(parameters, policy)
        : policy === 'webpki' && !MODERN_KEYS.has(oid)
          ? { key: oidText(oid), expected: WEBPKI_KEYS }
          : undefined;
  if (refusal !== undefined || isKnown || !READABLE_KEYS.has(oid)) return refusal;
  const key = `a ${oidText(oid)} that is no key`;
  return keyObjectOf(certificate) === undefined ? { key, expected: WEBPKI_KEYS } : undefined;
}

const WEBPKI_KEYS = 'RSA of 2048 bits and more, or ECDSA with P-256, P-384 or P-521';

const MODERN_KEYS = new Set<string>([OID.ed25519, OID.ed448, OID.mlDsa44, OID.mlDsa65, OID.mlDsa87]);

/** Kinds that every runtime can read, so that what it cannot read is malformed. */
const READABLE_KEYS = new Set<string>([OID.rsaEncryption, OID.ecPublicKey, OID.ed25519, OID.ed448]);

// Beyond this size one check takes milliseconds; Go and Chromium draw the same line.
const LARGEST_RSA = 8192;

const keys = new WeakMap<Certificate, KeyObject | undefined>();

function importKey(spki: Uint8Array): KeyObject | undefined {
  try {
    // As text, since the runtime takes three times as long for the same bytes.
    return createPublicKey(encodePem('PUBLIC KEY', spki));
  } catch {
    return undefined;
  }
}

function withParameters(
  { publicKeyAlgorithm, publicKeyBits }: Certificate,
  parameters: Uint8Array,
): Uint8Array {
  return encodeSubjectPublicKeyInfo(buildAlgorithm(publicKeyAlgorithm.oid, parameters), publicKeyBits);
}

function refuseRsa(certificate: Certificate, policy: ValidationPolicy): KeyRefusal | undefined {
  const size = rsaSize(certificate.publicKeyBits);
  if (size === undefined) return { key: 'an RSA key that cannot be read', expected: WEBPKI_KEYS };
  const { bits, exponentBits } = size;
  const smallest = policy === 'webpki' ? 2048 : 1024;
  if (bits < smallest || bits > LARGEST_RSA) {
    return { key: `RSA of ${bits} bits`, expected: `RSA of ${smallest} to ${LARGEST_RSA} bits` };
  }
  if (policy === 'webpki' && bits % 8 !== 0) {
    return { key: `RSA of ${bits} bits`, expected: 'a number of bits that can be divided by 8' };
  }
  if (exponentBits > 64 || exponentBits < 2) {
    return { key: `RSA with an exponent of ${exponentBits} bits`, expected: 'the exponent 65537' };
  }
  return undefined;
}

function rsaSize(publicKeyBits: Uint8Array): { bits: number; exponentBits: number } | undefined {
  return tryReadWhole(publicKeyBits, (reader) => {
    const key = reader.enter();
    const bits = bitLength(key.readInteger());
    const exponentBits = bitLength(key.readInteger());
    key.finish();
    return { bits, exponentBits };
  });
}

// Zero for a negative number, which is no modulus.
function bitLength(contents: Uint8Array): number {
  const start = contents[0] === 0 ? 1 : 0;
  const first = contents[start] ?? 0;
  if (start === 0 && first >= 0x80) return 0;
  return (contents.length - start) * 8 - Math.clz32(first) + 24;
}

// RFC 5480 section 2.1.1: only namedCurve. CVE-2020-0601 shows what comes of explicit parameters.
function refuseCurve(parameters: Uint8Array | undefined, policy: ValidationPolicy): KeyRefusal | undefined {
  const curve = parameters && tryReadWhole(parameters, (reader) => reader.readOid());
  if (curve === undefined) {
    return { key: 'an elliptic curve that is not given by its name', expected: 'P-256, P-384 or P-521' };
  }
  if (policy === 'rfc5280' || WEBPKI_CURVES.has(curve)) return undefined;
  return { key: `ECDSA with the curve ${oidText(curve)}`, expected: 'P-256, P-384 or P-521' };
}

const WEBPKI_CURVES = new Set<string>([OID.p256, OID.p384, OID.p521]);
