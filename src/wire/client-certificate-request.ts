import { isDevcaError } from '../errors/devca-error.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { bytesToHex } from '../pki/fingerprint.ts';
import { publicKeyObject } from '../pki/key.ts';
import { nameEquals, parseName } from '../pki/name.ts';
import { formatName } from '../pki/name-text.ts';
import type { CertificateRequest } from './handshake-message.ts';

/** What a server asks of a client, held against the certificate that the client has. */
export interface ClientCertificateVerdict {
  /** The names that the server accepts issuers under; empty means any. */
  readonly acceptableAuthorities: readonly string[];
  readonly schemes: readonly string[];
  /** `null` without a certificate to hold against it. */
  readonly match: CertificateMatch | null;
}

export interface CertificateMatch {
  /** A certificate of the chain has an issuer that the server names. */
  readonly issuerAccepted: boolean;
  /** The key can sign with a scheme that the server accepts. */
  readonly keyAccepted: boolean;
  /** What each family of clients would do with this certificate, without being forced. */
  readonly clients: readonly ClientBehaviour[];
}

export interface ClientBehaviour {
  readonly client: 'OpenSSL, curl, Node, Python' | 'Go' | 'Java' | 'browsers';
  readonly sends: boolean;
  /** Why it would send an empty certificate message instead, without a word. */
  readonly reason: string | null;
}

/** Holds a chain (end entity first, DER) against a certificate_request. */
export function judgeClientCertificate(
  request: CertificateRequest,
  chain: readonly Uint8Array[],
): ClientCertificateVerdict {
  const parsed = chain.map(tryParse).filter((certificate) => certificate !== undefined);
  const endEntity = parsed[0];
  return {
    acceptableAuthorities: request.authorities.map(({ name }) => name),
    schemes: request.schemes.map(({ name }) => name),
    match: endEntity === undefined ? null : matchOf(request, endEntity, parsed),
  };
}

function matchOf(
  request: CertificateRequest,
  endEntity: Certificate,
  chain: readonly Certificate[],
): CertificateMatch {
  const any = request.authorities.length === 0;
  const issuers = chain.map(({ issuer }) => issuer);
  // Go compares the bytes of the names (crypto/tls SupportsCertificate), Java and browsers compare the names.
  const sameBytes = any || issuers.some(({ der }) => hasDer(request, der));
  const sameName =
    sameBytes || issuers.some((issuer) => authorityNamesOf(request).some((name) => nameEquals(name, issuer)));
  const usable = schemesOf(endEntity, request.certificateTypes.length > 0);
  const keyAccepted =
    request.schemes.length === 0 || request.schemes.some(({ name }) => usable.includes(name));
  const top = issuers.at(-1);
  const issuerReason = `none of the issuers in the chain (up to "${top === undefined ? '' : formatName(top)}") is in the server's list`;
  const keyReason = `the server accepts no signature that the key can make (${usable.join(', ') || 'none'})`;
  const judge = (client: ClientBehaviour['client'], issuerAccepted: boolean): ClientBehaviour => ({
    client,
    sends: issuerAccepted && keyAccepted,
    reason: !keyAccepted ? keyReason : issuerAccepted ? null : issuerReason,
  });
  return {
    issuerAccepted: sameName,
    keyAccepted,
    clients: [
      judge('OpenSSL, curl, Node, Python', true),
      sameBytes || !sameName
        ? judge('Go', sameBytes)
        : {
            client: 'Go',
            sends: false,
            reason: 'the issuer is in the list in another string type or case, and Go compares bytes',
          },
      judge('Java', sameName),
      judge('browsers', sameName),
    ],
  };
}

const hasDer = (request: CertificateRequest, der: Uint8Array): boolean => {
  const wanted = bytesToHex(der);
  return request.authorities.some((authority) => authority.der === wanted);
};

function authorityNamesOf(request: CertificateRequest) {
  return request.authorities.flatMap(({ der }) => {
    try {
      return [parseName(Buffer.from(der, 'hex'))];
    } catch (error) {
      if (!isDevcaError(error)) throw error;
      return [];
    }
  });
}

/** The schemes that a key can make (RFC 8446 section 4.2.3); before TLS 1.3 a curve is not bound to a hash. */
function schemesOf(certificate: Certificate, beforeTls13: boolean): readonly string[] {
  try {
    const key = publicKeyObject(certificate.subjectPublicKeyInfo);
    const curve = key.asymmetricKeyDetails?.namedCurve;
    const type = key.asymmetricKeyType ?? '';
    if (beforeTls13 && type === 'ec') return ECDSA_SCHEMES;
    return SCHEMES[curve ?? type] ?? [];
  } catch {
    // A key that the runtime does not know makes no signature here.
    return [];
  }
}

const RSA_HASHES = ['sha256', 'sha384', 'sha512'] as const;

const SCHEMES: Readonly<Record<string, readonly string[]>> = {
  rsa: [
    ...RSA_HASHES.map((hash) => `rsa_pss_rsae_${hash}`),
    ...RSA_HASHES.map((hash) => `rsa_pkcs1_${hash}`),
    'rsa_pkcs1_sha1',
  ],
  'rsa-pss': RSA_HASHES.map((hash) => `rsa_pss_pss_${hash}`),
  prime256v1: ['ecdsa_secp256r1_sha256', 'ecdsa_sha1'],
  secp384r1: ['ecdsa_secp384r1_sha384'],
  secp521r1: ['ecdsa_secp521r1_sha512'],
  ed25519: ['ed25519'],
  ed448: ['ed448'],
};

const ECDSA_SCHEMES = [
  'ecdsa_secp256r1_sha256',
  'ecdsa_secp384r1_sha384',
  'ecdsa_secp521r1_sha512',
  'ecdsa_sha1',
];

function tryParse(der: Uint8Array): Certificate | undefined {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return undefined;
  }
}
