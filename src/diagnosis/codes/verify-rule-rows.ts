import { one } from './candidates.ts';
import type { VerifyRow } from './verify-row.ts';

const strict = one('DEVCA_FAULT_STRICT_PROFILE');
const notCa = one('DEVCA_FAULT_NOT_A_CA');
const badCrl = one('DEVCA_FAULT_CRL_INVALID');
const malformed = one('DEVCA_FAULT_CERTIFICATE_MALFORMED');
const otherIssuer = one('DEVCA_FAULT_SIGNATURE_INVALID');
const constraint = one('DEVCA_FAULT_NAME_CONSTRAINT');

/** Results from 44: names, strength, and the rules of -x509_strict. */
export const verifyRuleRows: readonly VerifyRow[] = [
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
    otherwise: ['curl', 'python'],
  },
  { number: 63, name: 'EMAIL_MISMATCH', text: 'email address mismatch', ...one('DEVCA_FAULT_NAME_MISMATCH') },
  {
    number: 64,
    name: 'IP_ADDRESS_MISMATCH',
    text: 'IP address mismatch',
    ...one('DEVCA_FAULT_IP_MISMATCH'),
    seen: 'openssl',
    otherwise: ['curl', 'python'],
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
