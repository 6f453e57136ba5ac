import { isDevcaError } from '../errors/devca-error.ts';
import { normalizeBer } from './ber.ts';
import { type DerElement, DerReader, TAG } from './der-reader.ts';
import { OID } from './oid.ts';

/** What a DER structure is, as far as its outermost elements tell; the upper-case ones have no certificate in them. */
export type DerKind =
  | 'certificate'
  | 'pkcs7'
  | 'pkcs12'
  | 'X509 CRL'
  | 'CERTIFICATE REQUEST'
  | 'PRIVATE KEY'
  | 'ENCRYPTED PRIVATE KEY'
  | 'PUBLIC KEY'
  | 'unknown';

/** Tells by form, not by name: a file called `.crt` may be any of these. */
export function derKind(bytes: Uint8Array): DerKind {
  const children = childrenOf(bytes);
  const [first, second, third] = children;
  if (first?.tag === TAG.oid) return oidOf(first) === OID.pkcs7SignedData ? 'pkcs7' : 'unknown';
  if (first?.tag === TAG.integer) {
    const isPfx = first.contents.length === 1 && first.contents[0] === 3 && second?.tag === TAG.sequence;
    if (isPfx) return 'pkcs12';
    const isKey = [TAG.sequence, TAG.integer, TAG.octetString].some((tag) => tag === second?.tag);
    return isKey ? 'PRIVATE KEY' : 'unknown';
  }
  if (first?.tag !== TAG.sequence) return 'unknown';
  if (second?.tag === TAG.octetString) return 'ENCRYPTED PRIVATE KEY';
  if (second?.tag === TAG.bitString) return 'PUBLIC KEY';
  if (second?.tag !== TAG.sequence || third?.tag !== TAG.bitString) return 'unknown';
  return signedKind(childrenOf(first.der));
}

/** A certificate, a request and a list are signed alike; what is signed tells them apart. */
function signedKind([first, second, third, fourth]: readonly DerElement[]): DerKind {
  if (first?.tag === 0xa0) return 'certificate';
  if (first?.tag === TAG.sequence) return 'X509 CRL';
  if (first?.tag !== TAG.integer || second?.tag !== TAG.sequence) return 'unknown';
  if (fourth?.tag === 0xa0) return 'CERTIFICATE REQUEST';
  const isList =
    third?.tag === TAG.sequence && [TAG.utcTime, TAG.generalizedTime].some((tag) => tag === fourth?.tag);
  return isList ? 'X509 CRL' : 'certificate';
}

/** The elements within the outermost one, as far as they can be read. */
function childrenOf(bytes: Uint8Array): DerElement[] {
  const children: DerElement[] = [];
  try {
    const reader = new DerReader(normalizeBer(bytes, 'file'), 'file').enter();
    while (!reader.isAtEnd && children.length < 8) children.push(reader.read());
  } catch (error) {
    if (!isDevcaError(error)) throw error;
  }
  return children;
}

function oidOf({ der }: DerElement): string {
  try {
    return new DerReader(der, 'file').readOid();
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return '';
  }
}
