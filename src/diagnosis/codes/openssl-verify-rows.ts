import type { Candidates, FaultCode } from '../fault.ts';
import type { CodeRow } from './code-names.ts';

/** One result of OpenSSL's certificate verification: `X509_V_ERR_*`. Node's `code` is the name without the prefix. */
export interface VerifyRow extends CodeRow {
  /** As OpenSSL 3 prints it. */
  readonly text: string;
  /** From which it was seen: OpenSSL prints text and number, Node text and name, others the text alone. */
  readonly seen?: 'openssl' | 'node' | 'both' | 'text';
}

const ISSUER_QUESTION =
  'how many certificates does the server send ("devca handshake HOST:PORT" shows them)? One alone means that the intermediate is missing; a complete chain to a root that the client does not have means that the root is not trusted; a product name as the issuer means a proxy';

/** At a server these are about the client's certificate. */
const unknownClient: Candidates = {
  likely: ['DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER'],
  possible: [],
  question: 'does the client send its intermediate, and has the server the root?',
};

/** An issuer that cannot be found, whoever words it. */
export const issuerNotFound: Candidates & { readonly atServer: Candidates } = {
  likely: ['DEVCA_FAULT_UNKNOWN_CA', 'DEVCA_FAULT_MISSING_INTERMEDIATE'],
  possible: ['DEVCA_FAULT_TRUST_STALE', 'DEVCA_FAULT_TRUST_OVERRIDDEN', 'DEVCA_FAULT_PROXY_INTERCEPTION'],
  question: ISSUER_QUESTION,
  atServer: unknownClient,
};

const one = (code: FaultCode): { readonly likely: readonly FaultCode[] } => ({ likely: [code] });

const strict = one('DEVCA_FAULT_STRICT_PROFILE');
const notCa = one('DEVCA_FAULT_NOT_A_CA');
const badCrl = one('DEVCA_FAULT_CRL_INVALID');
const malformed = one('DEVCA_FAULT_CERTIFICATE_MALFORMED');
const otherIssuer = one('DEVCA_FAULT_SIGNATURE_INVALID');
const constraint = one('DEVCA_FAULT_NAME_CONSTRAINT');

/** From openssl/x509_vfy.h; what says nothing of its own about a chain is left out. */
export const verifyRows: readonly VerifyRow[] = [
  {
    number: 2,
    name: 'UNABLE_TO_GET_ISSUER_CERT',
    text: 'unable to get issuer certificate',
    ...issuerNotFound,
    possible: ['DEVCA_FAULT_CLIENT_CERT_MISSING'],
    question: 'is it a server that says so? Node reports a missing client certificate in these words',
  },
  {
    number: 3,
    name: 'UNABLE_TO_GET_CRL',
    text: 'unable to get certificate CRL',
    ...one('DEVCA_FAULT_CRL_MISSING'),
    seen: 'both',
  },
  {
    number: 4,
    name: 'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
    text: "unable to decrypt certificate's signature",
    ...otherIssuer,
  },
  {
    number: 5,
    name: 'UNABLE_TO_DECRYPT_CRL_SIGNATURE',
    text: "unable to decrypt CRL's signature",
    ...badCrl,
  },
  {
    number: 6,
    name: 'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
    text: 'unable to decode issuer public key',
    ...malformed,
  },
  {
    number: 7,
    name: 'CERT_SIGNATURE_FAILURE',
    text: 'certificate signature failure',
    ...otherIssuer,
    seen: 'both',
  },
  { number: 8, name: 'CRL_SIGNATURE_FAILURE', text: 'CRL signature failure', ...badCrl },
  {
    number: 9,
    name: 'CERT_NOT_YET_VALID',
    text: 'certificate is not yet valid',
    ...one('DEVCA_FAULT_NOT_YET_VALID'),
    seen: 'both',
  },
  {
    number: 10,
    name: 'CERT_HAS_EXPIRED',
    text: 'certificate has expired',
    likely: ['DEVCA_FAULT_EXPIRED'],
    possible: ['DEVCA_FAULT_ISSUER_EXPIRED', 'DEVCA_FAULT_CLOCK_WRONG'],
    question: 'is it the server\'s own certificate (depth 0) or one above it? "devca verify HOST:PORT" tells',
    atServer: { likely: ['DEVCA_FAULT_CLIENT_CERT_EXPIRED'], possible: [], question: '' },
    seen: 'both',
  },
  { number: 11, name: 'CRL_NOT_YET_VALID', text: 'CRL is not yet valid', ...one('DEVCA_FAULT_CRL_EXPIRED') },
  {
    number: 12,
    name: 'CRL_HAS_EXPIRED',
    text: 'CRL has expired',
    ...one('DEVCA_FAULT_CRL_EXPIRED'),
    seen: 'both',
  },
  {
    number: 13,
    name: 'ERROR_IN_CERT_NOT_BEFORE_FIELD',
    text: "format error in certificate's notBefore field",
    ...malformed,
  },
  {
    number: 14,
    name: 'ERROR_IN_CERT_NOT_AFTER_FIELD',
    text: "format error in certificate's notAfter field",
    ...malformed,
  },
  {
    number: 15,
    name: 'ERROR_IN_CRL_LAST_UPDATE_FIELD',
    text: "format error in CRL's lastUpdate field",
    ...badCrl,
  },
  {
    number: 16,
    name: 'ERROR_IN_CRL_NEXT_UPDATE_FIELD',
    text: "format error in CRL's nextUpdate field",
    ...badCrl,
  },
  {
    number: 18,
    name: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    text: 'self-signed certificate',
    ...one('DEVCA_FAULT_SELF_SIGNED'),
    seen: 'both',
  },
  {
    number: 19,
    name: 'SELF_SIGNED_CERT_IN_CHAIN',
    text: 'self-signed certificate in certificate chain',
    likely: ['DEVCA_FAULT_ROOT_SENT'],
    possible: ['DEVCA_FAULT_PROXY_INTERCEPTION', 'DEVCA_FAULT_TRUST_STALE', 'DEVCA_FAULT_TRUST_OVERRIDDEN'],
    question: 'is the self-signed certificate the root that was expected, or that of a proxy?',
    atServer: unknownClient,
    seen: 'both',
  },
  {
    number: 20,
    name: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    text: 'unable to get local issuer certificate',
    ...issuerNotFound,
    seen: 'both',
  },
  {
    number: 21,
    name: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    text: 'unable to verify the first certificate',
    ...issuerNotFound,
    likely: ['DEVCA_FAULT_MISSING_INTERMEDIATE', 'DEVCA_FAULT_UNKNOWN_CA'],
    // Bun's BoringSSL says so for these too.
    possible: [...issuerNotFound.possible, 'DEVCA_FAULT_SELF_SIGNED', 'DEVCA_FAULT_NOT_A_CA'],
    seen: 'node',
  },
  {
    number: 22,
    name: 'CERT_CHAIN_TOO_LONG',
    text: 'certificate chain too long',
    ...one('DEVCA_FAULT_PATH_LENGTH'),
  },
  {
    number: 23,
    name: 'CERT_REVOKED',
    text: 'certificate revoked',
    ...one('DEVCA_FAULT_REVOKED'),
    seen: 'both',
  },
  {
    number: 24,
    name: 'NO_ISSUER_PUBLIC_KEY',
    text: "issuer certificate doesn't have a public key",
    ...malformed,
  },
  {
    number: 25,
    name: 'PATH_LENGTH_EXCEEDED',
    text: 'path length constraint exceeded',
    ...one('DEVCA_FAULT_PATH_LENGTH'),
    seen: 'both',
  },
  {
    number: 26,
    name: 'INVALID_PURPOSE',
    text: 'unsuitable certificate purpose',
    likely: ['DEVCA_FAULT_WRONG_EKU'],
    possible: ['DEVCA_FAULT_WRONG_KEY_USAGE', 'DEVCA_FAULT_CA_AS_END_ENTITY'],
    question:
      'does "openssl x509 -noout -ext extendedKeyUsage,keyUsage,basicConstraints" show the wrong purpose, no Digital Signature, or CA:TRUE?',
    atServer: { likely: ['DEVCA_FAULT_CLIENT_CERT_WRONG_EKU'], possible: [], question: '' },
    seen: 'both',
  },
  { number: 27, name: 'CERT_UNTRUSTED', text: 'certificate not trusted', ...one('DEVCA_FAULT_DISTRUSTED') },
  { number: 28, name: 'CERT_REJECTED', text: 'certificate rejected', ...one('DEVCA_FAULT_DISTRUSTED') },
  { number: 29, name: 'SUBJECT_ISSUER_MISMATCH', text: 'subject issuer mismatch', ...otherIssuer },
  {
    number: 30,
    name: 'AKID_SKID_MISMATCH',
    text: 'authority and subject key identifier mismatch',
    ...otherIssuer,
  },
  {
    number: 31,
    name: 'AKID_ISSUER_SERIAL_MISMATCH',
    text: 'authority and issuer serial number mismatch',
    ...otherIssuer,
  },
  {
    number: 32,
    name: 'KEYUSAGE_NO_CERTSIGN',
    text: 'key usage does not include certificate signing',
    ...notCa,
    seen: 'text',
  },
  {
    number: 33,
    name: 'UNABLE_TO_GET_CRL_ISSUER',
    text: 'unable to get CRL issuer certificate',
    ...one('DEVCA_FAULT_CRL_INVALID'),
  },
  {
    number: 34,
    name: 'UNHANDLED_CRITICAL_EXTENSION',
    text: 'unhandled critical extension',
    ...one('DEVCA_FAULT_CRITICAL_EXTENSION'),
    seen: 'both',
  },
  { number: 35, name: 'KEYUSAGE_NO_CRL_SIGN', text: 'key usage does not include CRL signing', ...badCrl },
  {
    number: 36,
    name: 'UNHANDLED_CRITICAL_CRL_EXTENSION',
    text: 'unhandled critical CRL extension',
    ...badCrl,
  },
  {
    number: 37,
    name: 'INVALID_NON_CA',
    text: 'invalid non-CA certificate (has CA markings)',
    ...one('DEVCA_FAULT_CA_AS_END_ENTITY'),
  },
  {
    number: 39,
    name: 'KEYUSAGE_NO_DIGITAL_SIGNATURE',
    text: 'key usage does not include digital signature',
    ...one('DEVCA_FAULT_WRONG_KEY_USAGE'),
  },
  {
    number: 41,
    name: 'INVALID_EXTENSION',
    text: 'invalid or inconsistent certificate extension',
    ...malformed,
  },
  { number: 44, name: 'DIFFERENT_CRL_SCOPE', text: 'different CRL scope', ...badCrl },
  {
    number: 47,
    name: 'PERMITTED_VIOLATION',
    text: 'permitted subtree violation',
    ...constraint,
    seen: 'both',
  },
  { number: 48, name: 'EXCLUDED_VIOLATION', text: 'excluded subtree violation', ...constraint },
  {
    number: 51,
    name: 'UNSUPPORTED_CONSTRAINT_TYPE',
    text: 'unsupported name constraint type',
    ...constraint,
  },
  {
    number: 52,
    name: 'UNSUPPORTED_CONSTRAINT_SYNTAX',
    text: 'unsupported or invalid name constraint syntax',
    ...constraint,
  },
  { number: 53, name: 'UNSUPPORTED_NAME_SYNTAX', text: 'unsupported or invalid name syntax', ...constraint },
  { number: 54, name: 'CRL_PATH_VALIDATION_ERROR', text: 'CRL path validation error', ...badCrl },
  {
    number: 62,
    name: 'HOSTNAME_MISMATCH',
    text: 'hostname mismatch',
    ...one('DEVCA_FAULT_NAME_MISMATCH'),
    seen: 'openssl',
  },
  { number: 63, name: 'EMAIL_MISMATCH', text: 'email address mismatch', ...one('DEVCA_FAULT_NAME_MISMATCH') },
  {
    number: 64,
    name: 'IP_ADDRESS_MISMATCH',
    text: 'IP address mismatch',
    ...one('DEVCA_FAULT_IP_MISMATCH'),
    seen: 'openssl',
  },
  {
    number: 66,
    name: 'EE_KEY_TOO_SMALL',
    text: 'EE certificate key too weak',
    ...one('DEVCA_FAULT_WEAK_KEY'),
    seen: 'openssl',
  },
  {
    number: 67,
    name: 'CA_KEY_TOO_SMALL',
    text: 'CA certificate key too weak',
    ...one('DEVCA_FAULT_WEAK_KEY'),
  },
  {
    number: 68,
    name: 'CA_MD_TOO_WEAK',
    text: 'CA signature digest algorithm too weak',
    ...one('DEVCA_FAULT_WEAK_SIGNATURE'),
    seen: 'openssl',
  },
  {
    number: 71,
    name: 'NO_VALID_SCTS',
    text: 'Certificate Transparency required, but no valid SCTs found',
    ...one('DEVCA_FAULT_TRANSPARENCY'),
  },
  {
    number: 73,
    name: 'OCSP_VERIFY_NEEDED',
    text: 'OCSP verification needed',
    ...one('DEVCA_FAULT_REVOCATION_UNKNOWN'),
  },
  {
    number: 74,
    name: 'OCSP_VERIFY_FAILED',
    text: 'OCSP verification failed',
    ...one('DEVCA_FAULT_REVOCATION_UNKNOWN'),
  },
  {
    number: 75,
    name: 'OCSP_CERT_UNKNOWN',
    text: 'OCSP unknown cert',
    ...one('DEVCA_FAULT_REVOCATION_UNKNOWN'),
  },
  {
    number: 76,
    name: 'UNSUPPORTED_SIGNATURE_ALGORITHM',
    text: 'Cannot find certificate signature algorithm',
    ...malformed,
  },
  {
    number: 77,
    name: 'SIGNATURE_ALGORITHM_MISMATCH',
    text: 'subject signature algorithm and issuer public key algorithm mismatch',
    ...otherIssuer,
  },
  {
    number: 78,
    name: 'SIGNATURE_ALGORITHM_INCONSISTENCY',
    text: 'cert info signature and signature algorithm mismatch',
    ...malformed,
  },
  { number: 79, name: 'INVALID_CA', text: 'invalid CA certificate', ...notCa, seen: 'openssl' },
  { number: 80, name: 'PATHLEN_INVALID_FOR_NON_CA', text: 'Path length invalid for non-CA cert', ...strict },
  {
    number: 81,
    name: 'PATHLEN_WITHOUT_KU_KEY_CERT_SIGN',
    text: 'Path length given without key usage keyCertSign',
    ...strict,
  },
  {
    number: 82,
    name: 'KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA',
    text: 'Key usage keyCertSign invalid for non-CA cert',
    ...strict,
  },
  { number: 83, name: 'ISSUER_NAME_EMPTY', text: 'Issuer name empty', ...strict },
  { number: 84, name: 'SUBJECT_NAME_EMPTY', text: 'Subject name empty', ...strict },
  {
    number: 85,
    name: 'MISSING_AUTHORITY_KEY_IDENTIFIER',
    text: 'Missing Authority Key Identifier',
    ...strict,
  },
  { number: 86, name: 'MISSING_SUBJECT_KEY_IDENTIFIER', text: 'Missing Subject Key Identifier', ...strict },
  { number: 87, name: 'EMPTY_SUBJECT_ALT_NAME', text: 'Empty Subject Alternative Name extension', ...strict },
  {
    number: 88,
    name: 'EMPTY_SUBJECT_SAN_NOT_CRITICAL',
    text: 'Subject empty and Subject Alt Name extension not critical',
    ...strict,
  },
  {
    number: 89,
    name: 'CA_BCONS_NOT_CRITICAL',
    text: 'Basic Constraints of CA cert not marked critical',
    ...strict,
  },
  {
    number: 90,
    name: 'AUTHORITY_KEY_IDENTIFIER_CRITICAL',
    text: 'Authority Key Identifier marked critical',
    ...strict,
  },
  {
    number: 91,
    name: 'SUBJECT_KEY_IDENTIFIER_CRITICAL',
    text: 'Subject Key Identifier marked critical',
    ...strict,
  },
  {
    number: 92,
    name: 'CA_CERT_MISSING_KEY_USAGE',
    text: 'CA cert does not include key usage extension',
    ...strict,
  },
  {
    number: 93,
    name: 'EXTENSIONS_REQUIRE_VERSION_3',
    text: 'Using cert extension requires at least X509v3',
    ...strict,
  },
  {
    number: 94,
    name: 'EC_KEY_EXPLICIT_PARAMS',
    text: 'Certificate public key has explicit ECC parameters',
    ...malformed,
  },
];
