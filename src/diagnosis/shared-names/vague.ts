import { issuerNotFound } from '../codes/candidates.ts';
import type { SharedNames } from '../fault.ts';

/** Any fault of a certificate. */
const verifyFailed = {
  ...issuerNotFound,
  possible: [
    ...issuerNotFound.possible,
    'DEVCA_FAULT_SELF_SIGNED',
    'DEVCA_FAULT_ROOT_SENT',
    'DEVCA_FAULT_EXPIRED',
    'DEVCA_FAULT_NAME_MISMATCH',
    'DEVCA_FAULT_WRONG_EKU',
    'DEVCA_FAULT_SIGNATURE_INVALID',
    'DEVCA_FAULT_NOT_YET_VALID',
    'DEVCA_FAULT_ISSUER_EXPIRED',
    'DEVCA_FAULT_WEAK_KEY',
    'DEVCA_FAULT_WEAK_SIGNATURE',
    'DEVCA_FAULT_NAME_CONSTRAINT',
    'DEVCA_FAULT_NOT_A_CA',
    'DEVCA_FAULT_PATH_LENGTH',
    'DEVCA_FAULT_CRITICAL_EXTENSION',
  ],
  question: 'run "devca verify HOST:PORT --host NAME": what does it object to? This program does not say',
} as const;

/** Wrappers: they say that TLS failed, and the reason stands beside them or nowhere. The most telling come first. */
export const vagueNames: readonly SharedNames[] = [
  {
    ...verifyFailed,
    vague: true,
    observed: {
      openssl: ['certificate verify failed'],
      gnutls: ['PKI verification of server certificate failed', 'The certificate is NOT trusted'],
      wget: ['ERROR: The certificate of … is not trusted'],
      java: ['PKIX path validation failed'],
      curl: ['SSL certificate problem', 'SSL certificate verification failed'],
    },
    documented: {
      rustls: ['invalid peer certificate'],
      go: ['tls: failed to verify certificate'],
      dotnet: ['The SSL connection could not be established', 'The remote certificate was rejected'],
      node: ['unspecified certificate verification error'],
      apple: ['Safari can’t establish a secure connection to the server'],
      chrome: ['Your connection is not private'],
    },
  },
  {
    likely: ['DEVCA_FAULT_CIPHER', 'DEVCA_FAULT_CLIENT_CERT_MISSING'],
    possible: [
      'DEVCA_FAULT_VERSION',
      'DEVCA_FAULT_PLAIN_TO_TLS',
      'DEVCA_FAULT_UNKNOWN_CA',
      'DEVCA_FAULT_NAME_MISMATCH',
      'DEVCA_FAULT_CLOSED_IN_HANDSHAKE',
    ],
    question: 'what does the client say? HAProxy has one line for all of these',
    vague: true,
    observed: { haproxy: ['SSL handshake failure'] },
    documented: {},
  },
  {
    likely: ['DEVCA_FAULT_TLS_TO_PLAIN', 'DEVCA_FAULT_CIPHER', 'DEVCA_FAULT_VERSION'],
    possible: [
      'DEVCA_FAULT_CLIENT_CERT_MISSING',
      'DEVCA_FAULT_CLIENT_CERT_REFUSED',
      'DEVCA_FAULT_ALPN',
      'DEVCA_FAULT_SNI_UNKNOWN',
      'DEVCA_FAULT_WRONG_KEY_USAGE',
      'DEVCA_FAULT_CRL_MISSING',
      'DEVCA_FAULT_PLAIN_TO_TLS',
      'DEVCA_FAULT_TIMEOUT',
      'DEVCA_FAULT_CLOSED_IN_HANDSHAKE',
    ],
    question:
      'run "devca handshake HOST:PORT": after which message does it end, and with which alert? This program does not say',
    vague: true,
    observed: {
      bun: ['The TLS handshake failed. Does the server speak TLS on this port'],
      wget: ['Unable to establish SSL connection'],
      gnutls: ['A TLS fatal alert has been received'],
      node: ['EPROTO'],
      python: ['SSLError'],
      php: ['Failed to enable crypto'],
      java: ['SSLHandshakeException'],
    },
    documented: {
      firefox: ['Secure Connection Failed'],
      openssl: ['ssl handshake failed', 'tls handshake failed'],
      chrome: ['handshake failed; returned -1'],
      schannel: ['SEC_E_UNSUPPORTED_FUNCTION', 'schannel: failed to receive handshake'],
    },
  },
  {
    likely: ['DEVCA_FAULT_CLIENT_CERT_MISSING', 'DEVCA_FAULT_CLOSED_IN_HANDSHAKE'],
    possible: [
      'DEVCA_FAULT_CLIENT_CERT_REFUSED',
      'DEVCA_FAULT_RESET',
      'DEVCA_FAULT_PORT_CLOSED',
      'DEVCA_FAULT_UNKNOWN_CA',
      'DEVCA_FAULT_TIMEOUT',
    ],
    question:
      'what is the cause of the error (err.cause in Node)? With "other side closed" the server most often wants a client certificate',
    vague: true,
    observed: { node: ['other side closed', 'UND_ERR_SOCKET', 'fetch failed'] },
    documented: { grpc: ['14 UNAVAILABLE: No connection established'] },
  },
  {
    likely: ['DEVCA_FAULT_RESET'],
    possible: [
      'DEVCA_FAULT_CLOSED_IN_HANDSHAKE',
      'DEVCA_FAULT_CLIENT_CERT_REFUSED',
      'DEVCA_FAULT_CLIENT_CERT_MISSING',
      'DEVCA_FAULT_PLAIN_TO_TLS',
    ],
    question: 'did the server ask for a client certificate? A refusal can look like a reset',
    vague: true,
    observed: {
      node: ['ECONNRESET'],
      redis: ['Error: Connection reset by peer'],
      openssl: ['Connection reset by peer'],
    },
    documented: {},
  },
  {
    likely: ['DEVCA_FAULT_PORT_CLOSED'],
    possible: ['DEVCA_FAULT_UNREACHABLE', 'DEVCA_FAULT_NAME_NOT_FOUND', 'DEVCA_FAULT_TIMEOUT'],
    question: 'does "nc -vz HOST PORT" connect?',
    vague: true,
    observed: { curl: ['Failed to connect to'], java: ['java.net.ConnectException'] },
    documented: { firefox: ['Unable to connect'], chrome: ["This site can't be reached"] },
  },
];
