import type { Candidates, FaultCode, Wordings } from '../fault.ts';
import type { CodeRow } from './code-names.ts';

/**
 * One TLS alert (RFC 8446 section 6.2). The candidates are for a client that received it, and so are about the client;
 * `atServer` are those for a server that received it.
 */
export interface AlertRow extends CodeRow {
  readonly go?: string;
  readonly gnutls?: string;
  readonly rustls?: string;
  readonly observed?: Wordings;
  readonly documented?: Wordings;
  /** From which it was seen; `sent`: in what curl prints of the alerts that it sends. */
  readonly seen?: readonly ('openssl' | 'go' | 'gnutls' | 'rustls' | 'sent')[];
}

const REASON = 'what does the log of the side that sent the alert say? The alert itself does not tell more';

/** A client that refused the server's certificate without saying more. */
export const refusedServer: Candidates = {
  likely: ['DEVCA_FAULT_UNKNOWN_CA', 'DEVCA_FAULT_NAME_MISMATCH'],
  possible: [
    'DEVCA_FAULT_MISSING_INTERMEDIATE',
    'DEVCA_FAULT_SELF_SIGNED',
    'DEVCA_FAULT_EXPIRED',
    'DEVCA_FAULT_NOT_YET_VALID',
    'DEVCA_FAULT_WRONG_EKU',
    'DEVCA_FAULT_WEAK_KEY',
    'DEVCA_FAULT_WEAK_SIGNATURE',
    'DEVCA_FAULT_NAME_CONSTRAINT',
    'DEVCA_FAULT_CRITICAL_EXTENSION',
    'DEVCA_FAULT_NO_SAN',
    'DEVCA_FAULT_IP_MISMATCH',
    'DEVCA_FAULT_NOT_A_CA',
    'DEVCA_FAULT_PATH_LENGTH',
    'DEVCA_FAULT_ISSUER_EXPIRED',
    'DEVCA_FAULT_WRONG_KEY_USAGE',
    'DEVCA_FAULT_CA_AS_END_ENTITY',
    'DEVCA_FAULT_SIGNATURE_INVALID',
    'DEVCA_FAULT_REVOKED',
    'DEVCA_FAULT_CRL_MISSING',
    'DEVCA_FAULT_CRL_EXPIRED',
  ],
  question:
    'run "devca verify HOST:PORT --host NAME" with the name that the client uses: what does it object to?',
};

const server = (likely: readonly FaultCode[], possible: readonly FaultCode[] = []): Candidates => ({
  likely,
  possible,
  question: 'run "devca verify HOST:PORT --host NAME": what does it object to?',
});

const broken = { likely: ['DEVCA_FAULT_PROTOCOL_ERROR'] } as const;

export const alertRows: readonly AlertRow[] = [
  {
    number: 10,
    name: 'unexpected_message',
    ...broken,
    gnutls: 'Unexpected message',
    documented: { firefox: ['SSL_ERROR_HANDSHAKE_UNEXPECTED_ALERT'] },
  },
  {
    number: 20,
    name: 'bad_record_mac',
    ...broken,
    go: 'bad record MAC',
    documented: { firefox: ['SSL_ERROR_BAD_MAC_ALERT'] },
  },
  {
    number: 22,
    name: 'record_overflow',
    ...broken,
    documented: { firefox: ['SSL_ERROR_RECORD_OVERFLOW_ALERT'] },
  },
  {
    number: 40,
    name: 'handshake_failure',
    likely: ['DEVCA_FAULT_CIPHER', 'DEVCA_FAULT_CLIENT_CERT_MISSING'],
    possible: [
      'DEVCA_FAULT_SIGNATURE_SCHEME',
      'DEVCA_FAULT_CLIENT_CERT_NOT_SENT',
      'DEVCA_FAULT_VERSION',
      'DEVCA_FAULT_SNI_UNKNOWN',
    ],
    question:
      'does the server ask for a client certificate ("devca handshake HOST:PORT" shows a certificate_request)? Then it misses one; else nothing fits both sides',
    atServer: server(['DEVCA_FAULT_CIPHER'], ['DEVCA_FAULT_SIGNATURE_SCHEME']),
    go: 'handshake failure',
    gnutls: 'Handshake failed',
    rustls: 'HandshakeFailure',
    observed: { firefox: ['SSL_ERROR_HANDSHAKE_FAILURE_ALERT'] },
    seen: ['openssl', 'go', 'gnutls', 'rustls'],
  },
  {
    number: 42,
    name: 'bad_certificate',
    likely: ['DEVCA_FAULT_CLIENT_CERT_REFUSED', 'DEVCA_FAULT_CLIENT_CERT_MISSING'],
    possible: [
      'DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER',
      'DEVCA_FAULT_CLIENT_CERT_EXPIRED',
      'DEVCA_FAULT_CLIENT_CERT_WRONG_EKU',
    ],
    question:
      'did the client send a certificate? Servers in Go before 1.21 send this alert for a missing one too',
    atServer: refusedServer,
    go: 'bad certificate',
    gnutls: 'Certificate is bad',
    rustls: 'BadCertificate',
    documented: { firefox: ['SSL_ERROR_BAD_CERT_ALERT'] },
    seen: ['openssl', 'sent'],
  },
  {
    number: 43,
    name: 'unsupported_certificate',
    likely: ['DEVCA_FAULT_CLIENT_CERT_WRONG_EKU'],
    question: REASON,
    atServer: server(
      ['DEVCA_FAULT_WRONG_EKU'],
      ['DEVCA_FAULT_CA_AS_END_ENTITY', 'DEVCA_FAULT_WRONG_KEY_USAGE'],
    ),
    go: 'unsupported certificate',
    gnutls: 'Certificate is not supported',
    rustls: 'UnsupportedCertificate',
    documented: { firefox: ['SSL_ERROR_UNSUPPORTED_CERT_ALERT'] },
    seen: ['openssl', 'go', 'gnutls', 'rustls', 'sent'],
  },
  {
    number: 44,
    name: 'certificate_revoked',
    likely: ['DEVCA_FAULT_CLIENT_CERT_REVOKED'],
    question: REASON,
    atServer: server(['DEVCA_FAULT_REVOKED']),
    go: 'revoked certificate',
    gnutls: 'Certificate was revoked',
    rustls: 'CertificateRevoked',
    documented: { firefox: ['SSL_ERROR_REVOKED_CERT_ALERT'] },
    seen: ['openssl', 'go', 'gnutls', 'rustls', 'sent'],
  },
  {
    number: 45,
    name: 'certificate_expired',
    likely: ['DEVCA_FAULT_CLIENT_CERT_EXPIRED'],
    possible: ['DEVCA_FAULT_CRL_EXPIRED'],
    question:
      "has the client's certificate expired, or the server's revocation list? OpenSSL sends one alert for both",
    atServer: server(
      ['DEVCA_FAULT_EXPIRED'],
      ['DEVCA_FAULT_ISSUER_EXPIRED', 'DEVCA_FAULT_NOT_YET_VALID', 'DEVCA_FAULT_CRL_EXPIRED'],
    ),
    go: 'expired certificate',
    gnutls: 'Certificate is expired',
    rustls: 'CertificateExpired',
    documented: { firefox: ['SSL_ERROR_EXPIRED_CERT_ALERT'] },
    seen: ['openssl', 'go', 'gnutls', 'rustls', 'sent'],
  },
  {
    number: 46,
    name: 'certificate_unknown',
    likely: ['DEVCA_FAULT_CLIENT_CERT_REFUSED'],
    possible: [
      'DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER',
      'DEVCA_FAULT_CLIENT_CERT_WRONG_EKU',
      'DEVCA_FAULT_CLIENT_CERT_EXPIRED',
    ],
    question: REASON,
    atServer: refusedServer,
    go: 'unknown certificate',
    gnutls: 'Unknown certificate',
    rustls: 'CertificateUnknown',
    documented: { firefox: ['SSL_ERROR_CERTIFICATE_UNKNOWN_ALERT'] },
    seen: ['openssl', 'sent'],
  },
  {
    number: 47,
    name: 'illegal_parameter',
    ...broken,
    atServer: server(['DEVCA_FAULT_PROTOCOL_ERROR'], ['DEVCA_FAULT_WRONG_KEY_USAGE']),
    gnutls: 'Illegal parameter',
    rustls: 'IllegalParameter',
    documented: { firefox: ['SSL_ERROR_ILLEGAL_PARAMETER_ALERT'] },
    seen: ['openssl'],
  },
  {
    number: 48,
    name: 'unknown_ca',
    likely: ['DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER'],
    possible: ['DEVCA_FAULT_CRL_MISSING'],
    question:
      'does the server check revocation lists? A list that is missing for one authority of the chain is reported as an unknown authority',
    atServer: server(
      ['DEVCA_FAULT_UNKNOWN_CA', 'DEVCA_FAULT_MISSING_INTERMEDIATE'],
      [
        'DEVCA_FAULT_SELF_SIGNED',
        'DEVCA_FAULT_ROOT_SENT',
        'DEVCA_FAULT_NOT_A_CA',
        'DEVCA_FAULT_PATH_LENGTH',
        'DEVCA_FAULT_ISSUER_EXPIRED',
        'DEVCA_FAULT_CRL_MISSING',
      ],
    ),
    go: 'unknown certificate authority',
    gnutls: 'CA is unknown',
    rustls: 'UnknownCA',
    documented: { firefox: ['SSL_ERROR_UNKNOWN_CA_ALERT'] },
    seen: ['openssl', 'go', 'gnutls', 'rustls', 'sent'],
  },
  {
    number: 49,
    name: 'access_denied',
    likely: ['DEVCA_FAULT_CLIENT_CERT_NOT_MAPPED'],
    question: REASON,
    gnutls: 'Access was denied',
    rustls: 'AccessDenied',
    documented: { firefox: ['SSL_ERROR_ACCESS_DENIED_ALERT'] },
  },
  {
    number: 50,
    name: 'decode_error',
    ...broken,
    go: 'error decoding message',
    rustls: 'DecodeError',
    documented: { firefox: ['SSL_ERROR_DECODE_ERROR_ALERT'] },
  },
  {
    number: 51,
    name: 'decrypt_error',
    likely: ['DEVCA_FAULT_KEY_MISMATCH', 'DEVCA_FAULT_PROTOCOL_ERROR'],
    question: 'does the client\'s key belong to its certificate ("devca verify CERT --key KEY")?',
    atServer: server(
      ['DEVCA_FAULT_SIGNATURE_INVALID', 'DEVCA_FAULT_KEY_MISMATCH'],
      ['DEVCA_FAULT_WEAK_KEY', 'DEVCA_FAULT_WEAK_SIGNATURE', 'DEVCA_FAULT_PROTOCOL_ERROR'],
    ),
    go: 'error decrypting message',
    rustls: 'DecryptError',
    documented: { firefox: ['SSL_ERROR_DECRYPT_ERROR_ALERT'] },
    seen: ['openssl', 'sent'],
  },
  {
    number: 70,
    name: 'protocol_version',
    likely: ['DEVCA_FAULT_VERSION'],
    go: 'protocol version not supported',
    gnutls: 'Error in protocol version',
    rustls: 'ProtocolVersion',
    observed: { firefox: ['SSL_ERROR_PROTOCOL_VERSION_ALERT'] },
    seen: ['openssl', 'go', 'gnutls', 'rustls'],
  },
  {
    number: 71,
    name: 'insufficient_security',
    likely: ['DEVCA_FAULT_CIPHER'],
    go: 'insufficient security level',
    gnutls: 'Insufficient security',
  },
  {
    number: 80,
    name: 'internal_error',
    likely: ['DEVCA_FAULT_PEER_INTERNAL_ERROR'],
    possible: ['DEVCA_FAULT_VERSION', 'DEVCA_FAULT_WRONG_KEY_USAGE'],
    question:
      'does the log of the other side show an error? OpenSSL also sends this alert where it cannot use the chosen old version',
    rustls: 'InternalError',
    documented: { firefox: ['SSL_ERROR_INTERNAL_ERROR_ALERT'] },
    seen: ['openssl'],
  },
  {
    number: 86,
    name: 'inappropriate_fallback',
    likely: ['DEVCA_FAULT_VERSION'],
    rustls: 'InappropriateFallback',
    documented: {
      firefox: ['SSL_ERROR_INAPPROPRIATE_FALLBACK_ALERT'],
      chrome: ['ERR_SSL_INAPPROPRIATE_FALLBACK'],
    },
  },
  {
    number: 90,
    name: 'user_canceled',
    likely: ['DEVCA_FAULT_CLOSED_IN_HANDSHAKE'],
    documented: { firefox: ['SSL_ERROR_USER_CANCELED_ALERT'] },
  },
  {
    number: 100,
    name: 'no_renegotiation',
    likely: ['DEVCA_FAULT_LEGACY_RENEGOTIATION'],
    documented: { firefox: ['SSL_ERROR_NO_RENEGOTIATION_ALERT'] },
  },
  {
    number: 109,
    name: 'missing_extension',
    ...broken,
    rustls: 'MissingExtension',
    documented: { firefox: ['SSL_ERROR_MISSING_EXTENSION_ALERT'] },
  },
  {
    number: 110,
    name: 'unsupported_extension',
    ...broken,
    documented: { firefox: ['SSL_ERROR_UNSUPPORTED_EXTENSION_ALERT'] },
  },
  {
    number: 112,
    name: 'unrecognized_name',
    likely: ['DEVCA_FAULT_SNI_UNKNOWN'],
    go: 'unrecognized name',
    gnutls: 'The server name sent was not recognized',
    rustls: 'UnrecognisedName',
    seen: ['openssl', 'go', 'gnutls', 'rustls'],
  },
  {
    number: 113,
    name: 'bad_certificate_status_response',
    likely: ['DEVCA_FAULT_REVOCATION_UNKNOWN'],
    documented: { firefox: ['SSL_ERROR_BAD_CERT_STATUS_RESPONSE_ALERT'] },
  },
  { number: 115, name: 'unknown_psk_identity', ...broken },
  {
    number: 116,
    name: 'certificate_required',
    likely: ['DEVCA_FAULT_CLIENT_CERT_MISSING'],
    possible: ['DEVCA_FAULT_CLIENT_CERT_NOT_SENT', 'DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER'],
    question:
      'is a certificate configured in the client? Then it kept it back, because its issuer is not among the authorities that the server names',
    go: 'certificate required',
    gnutls: 'Certificate is required',
    rustls: 'CertificateRequired',
    observed: { firefox: ['SSL_ERROR_RX_CERTIFICATE_REQUIRED_ALERT'] },
    seen: ['openssl', 'go', 'gnutls', 'rustls'],
  },
  {
    number: 120,
    name: 'no_application_protocol',
    likely: ['DEVCA_FAULT_ALPN'],
    gnutls: 'No supported application protocol could be negotiated',
    go: 'no application protocol',
    rustls: 'NoApplicationProtocol',
    seen: ['openssl', 'go', 'gnutls', 'rustls'],
  },
];
