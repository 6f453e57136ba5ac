import type { SharedNames } from '../fault.ts';
import { type CodeRow, namesOfRow } from './code-names.ts';

const CHAIN =
  'what does Safari or "security verify-cert" say about the chain: an unknown root, a date, or a rule of Apple (825 days, subjectAltName, SHA-256)?';

/** NSURLError codes, from Foundation. */
const urlRows: readonly CodeRow[] = [
  { number: -1001, name: 'NSURLErrorTimedOut', likely: ['DEVCA_FAULT_TIMEOUT'] },
  { number: -1003, name: 'NSURLErrorCannotFindHost', likely: ['DEVCA_FAULT_NAME_NOT_FOUND'] },
  { number: -1004, name: 'NSURLErrorCannotConnectToHost', likely: ['DEVCA_FAULT_PORT_CLOSED'] },
  {
    number: -1005,
    name: 'NSURLErrorNetworkConnectionLost',
    likely: ['DEVCA_FAULT_RESET', 'DEVCA_FAULT_CLOSED_IN_HANDSHAKE'],
    question: 'does it happen every time?',
  },
  { number: -1009, name: 'NSURLErrorNotConnectedToInternet', likely: ['DEVCA_FAULT_UNREACHABLE'] },
  {
    number: -1200,
    name: 'NSURLErrorSecureConnectionFailed',
    likely: ['DEVCA_FAULT_VERSION', 'DEVCA_FAULT_CIPHER'],
    possible: [
      'DEVCA_FAULT_UNKNOWN_CA',
      'DEVCA_FAULT_CLIENT_CERT_MISSING',
      'DEVCA_FAULT_TLS_TO_PLAIN',
      'DEVCA_FAULT_VALIDITY_TOO_LONG',
    ],
    question: 'which number stands beside "_kCFStreamErrorCodeKey"? It names the reason',
  },
  {
    number: -1201,
    name: 'NSURLErrorServerCertificateHasBadDate',
    likely: ['DEVCA_FAULT_EXPIRED'],
    possible: ['DEVCA_FAULT_ISSUER_EXPIRED', 'DEVCA_FAULT_CLOCK_WRONG'],
    question: 'is the clock right?',
  },
  {
    number: -1202,
    name: 'NSURLErrorServerCertificateUntrusted',
    likely: ['DEVCA_FAULT_UNKNOWN_CA'],
    possible: [
      'DEVCA_FAULT_NAME_MISMATCH',
      'DEVCA_FAULT_MISSING_INTERMEDIATE',
      'DEVCA_FAULT_VALIDITY_TOO_LONG',
      'DEVCA_FAULT_SELF_SIGNED',
      'DEVCA_FAULT_DISTRUSTED',
    ],
    question: CHAIN,
  },
  {
    number: -1203,
    name: 'NSURLErrorServerCertificateHasUnknownRoot',
    likely: ['DEVCA_FAULT_UNKNOWN_CA'],
    possible: ['DEVCA_FAULT_SELF_SIGNED', 'DEVCA_FAULT_ROOT_SENT'],
    question: CHAIN,
  },
  {
    number: -1204,
    name: 'NSURLErrorServerCertificateNotYetValid',
    likely: ['DEVCA_FAULT_NOT_YET_VALID'],
    possible: ['DEVCA_FAULT_CLOCK_WRONG'],
    question: 'is the clock right?',
  },
  { number: -1205, name: 'NSURLErrorClientCertificateRejected', likely: ['DEVCA_FAULT_CLIENT_CERT_REFUSED'] },
  { number: -1206, name: 'NSURLErrorClientCertificateRequired', likely: ['DEVCA_FAULT_CLIENT_CERT_MISSING'] },
];

/** Secure Transport and Security framework results (OSStatus), from SecureTransport.h and SecBase.h. */
const statusRows: readonly CodeRow[] = [
  { number: -9800, name: 'errSSLProtocol', likely: ['DEVCA_FAULT_PROTOCOL_ERROR'] },
  { number: -9801, name: 'errSSLNegotiation', likely: ['DEVCA_FAULT_CIPHER'] },
  { number: -9805, name: 'errSSLClosedGraceful', likely: ['DEVCA_FAULT_CLOSED_IN_HANDSHAKE'] },
  { number: -9806, name: 'errSSLClosedAbort', likely: ['DEVCA_FAULT_CLOSED_IN_HANDSHAKE'] },
  {
    number: -9807,
    name: 'errSSLXCertChainInvalid',
    likely: ['DEVCA_FAULT_UNKNOWN_CA'],
    possible: [
      'DEVCA_FAULT_MISSING_INTERMEDIATE',
      'DEVCA_FAULT_SELF_SIGNED',
      'DEVCA_FAULT_VALIDITY_TOO_LONG',
      'DEVCA_FAULT_DISTRUSTED',
    ],
    question: CHAIN,
  },
  { number: -9808, name: 'errSSLBadCert', likely: ['DEVCA_FAULT_CERTIFICATE_MALFORMED'] },
  {
    number: -9812,
    name: 'errSSLUnknownRootCert',
    likely: ['DEVCA_FAULT_UNKNOWN_CA'],
    possible: ['DEVCA_FAULT_ROOT_SENT'],
    question: CHAIN,
  },
  {
    number: -9813,
    name: 'errSSLNoRootCert',
    likely: ['DEVCA_FAULT_UNKNOWN_CA'],
    possible: ['DEVCA_FAULT_MISSING_INTERMEDIATE'],
    question: CHAIN,
  },
  { number: -9814, name: 'errSSLCertExpired', likely: ['DEVCA_FAULT_EXPIRED'] },
  { number: -9815, name: 'errSSLCertNotYetValid', likely: ['DEVCA_FAULT_NOT_YET_VALID'] },
  { number: -9816, name: 'errSSLClosedNoNotify', likely: ['DEVCA_FAULT_CLOSED_IN_HANDSHAKE'] },
  { number: -9818, name: 'errSSLBadCipherSuite', likely: ['DEVCA_FAULT_CIPHER'] },
  { number: -9819, name: 'errSSLPeerUnexpectedMsg', likely: ['DEVCA_FAULT_PROTOCOL_ERROR'] },
  { number: -9820, name: 'errSSLPeerBadRecordMac', likely: ['DEVCA_FAULT_PROTOCOL_ERROR'] },
  {
    number: -9824,
    name: 'errSSLPeerHandshakeFail',
    likely: ['DEVCA_FAULT_CIPHER', 'DEVCA_FAULT_CLIENT_CERT_MISSING'],
    question: 'does the server ask for a client certificate?',
  },
  { number: -9825, name: 'errSSLPeerBadCert', likely: ['DEVCA_FAULT_CLIENT_CERT_REFUSED'] },
  { number: -9826, name: 'errSSLPeerUnsupportedCert', likely: ['DEVCA_FAULT_CLIENT_CERT_WRONG_EKU'] },
  { number: -9827, name: 'errSSLPeerCertRevoked', likely: ['DEVCA_FAULT_CLIENT_CERT_REVOKED'] },
  { number: -9828, name: 'errSSLPeerCertExpired', likely: ['DEVCA_FAULT_CLIENT_CERT_EXPIRED'] },
  { number: -9829, name: 'errSSLPeerCertUnknown', likely: ['DEVCA_FAULT_CLIENT_CERT_REFUSED'] },
  { number: -9831, name: 'errSSLPeerUnknownCA', likely: ['DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER'] },
  { number: -9832, name: 'errSSLPeerAccessDenied', likely: ['DEVCA_FAULT_CLIENT_CERT_NOT_MAPPED'] },
  { number: -9836, name: 'errSSLPeerProtocolVersion', likely: ['DEVCA_FAULT_VERSION'] },
  { number: -9837, name: 'errSSLPeerInsufficientSecurity', likely: ['DEVCA_FAULT_CIPHER'] },
  { number: -9838, name: 'errSSLPeerInternalError', likely: ['DEVCA_FAULT_PEER_INTERNAL_ERROR'] },
  { number: -9842, name: 'errSSLClientCertRequested', likely: ['DEVCA_FAULT_CLIENT_CERT_MISSING'] },
  { number: -9843, name: 'errSSLHostNameMismatch', likely: ['DEVCA_FAULT_NAME_MISMATCH'] },
  { number: -9844, name: 'errSSLConnectionRefused', likely: ['DEVCA_FAULT_PORT_CLOSED'] },
  { number: -67602, name: 'errSecHostNameMismatch', likely: ['DEVCA_FAULT_NAME_MISMATCH'] },
  { number: -67609, name: 'errSecInvalidExtendedKeyUsage', likely: ['DEVCA_FAULT_WRONG_EKU'] },
  { number: -67654, name: 'errSecTrustSettingDeny', likely: ['DEVCA_FAULT_DISTRUSTED'] },
  { number: -67818, name: 'errSecCertificateExpired', likely: ['DEVCA_FAULT_EXPIRED'] },
  { number: -67819, name: 'errSecCertificateNotValidYet', likely: ['DEVCA_FAULT_NOT_YET_VALID'] },
  { number: -67820, name: 'errSecCertificateRevoked', likely: ['DEVCA_FAULT_REVOKED'] },
  {
    number: -67843,
    name: 'errSecNotTrusted',
    likely: ['DEVCA_FAULT_UNKNOWN_CA'],
    possible: ['DEVCA_FAULT_DISTRUSTED'],
    question: CHAIN,
  },
  {
    number: -67901,
    name: 'errSecCertificateValidityPeriodTooLong',
    likely: ['DEVCA_FAULT_VALIDITY_TOO_LONG'],
  },
];

const named = (row: CodeRow, texts: readonly string[]): SharedNames =>
  namesOfRow(row, {}, { apple: [row.name, ...texts] });

/** Every code by its number, as `-9813`. */
export const appleRows: readonly CodeRow[] = [...urlRows, ...statusRows];

export const appleNames: readonly SharedNames[] = [
  ...urlRows.map((row) =>
    named(row, [`NSURLErrorDomain Code=${row.number}`, `NSURLErrorDomain error ${row.number}`]),
  ),
  ...statusRows.map((row) =>
    named(row, [
      `OSStatus ${row.number}`,
      `kCFStreamErrorCodeKey=${row.number}`,
      `NSOSStatusErrorDomain Code=${row.number}`,
    ]),
  ),
];
