import { refusedServer } from '../codes/candidates.ts';
import type { SharedNames } from '../fault.ts';

/** Wordings for handshakes and connections that end, from clients that know no more. */
export const connectionNames: readonly SharedNames[] = [
  {
    likely: ['DEVCA_FAULT_KEY_TYPE_UNSUPPORTED', 'DEVCA_FAULT_VERSION', 'DEVCA_FAULT_CIPHER'],
    possible: ['DEVCA_FAULT_SIGNATURE_SCHEME'],
    question:
      'is the key of the certificate Ed25519 or P-521 ("devca show FILE")? If not, "devca handshake HOST:PORT --scan" shows versions and suites',
    observed: { chrome: ['ERR_SSL_VERSION_OR_CIPHER_MISMATCH'] },
    documented: { chrome: ['net_error -113'] },
  },
  {
    likely: ['DEVCA_FAULT_CIPHER', 'DEVCA_FAULT_KEY_TYPE_UNSUPPORTED'],
    possible: ['DEVCA_FAULT_SIGNATURE_SCHEME'],
    question: 'is the key of the certificate Ed25519 ("devca show FILE")?',
    observed: { firefox: ['SSL_ERROR_NO_CYPHER_OVERLAP'] },
    documented: {},
  },
  {
    likely: ['DEVCA_FAULT_TLS_TO_PLAIN'],
    possible: ['DEVCA_FAULT_ALPN', 'DEVCA_FAULT_PROTOCOL_ERROR', 'DEVCA_FAULT_CLIENT_CERT_MISSING'],
    question:
      'does the port answer to "curl http://HOST:PORT/"? If not, "devca handshake HOST:PORT" shows the alert',
    observed: { chrome: ['ERR_SSL_PROTOCOL_ERROR'] },
    documented: { chrome: ['net_error -107'] },
  },
  {
    likely: ['DEVCA_FAULT_TLS_TO_PLAIN'],
    possible: ['DEVCA_FAULT_PROXY_CONNECT', 'DEVCA_FAULT_VERSION'],
    question: 'what does the port answer to "curl http://HOST:PORT/", and is a proxy set?',
    atServer: {
      likely: ['DEVCA_FAULT_PLAIN_TO_TLS'],
      possible: ['DEVCA_FAULT_VERSION'],
      question: 'does the client use the scheme or setting for TLS?',
    },
    observed: {
      openssl: ['wrong version number'],
      curl: ['curl: (35) … wrong version number'],
      node: ['ERR_SSL_WRONG_VERSION_NUMBER'],
      python: ['[SSL: WRONG_VERSION_NUMBER]'],
    },
    documented: { openssl: ['unknown protocol'] },
  },
  {
    likely: ['DEVCA_FAULT_PLAIN_TO_TLS', 'DEVCA_FAULT_CLIENT_CERT_MISSING'],
    possible: ['DEVCA_FAULT_CLIENT_CERT_REFUSED', 'DEVCA_FAULT_CLOSED_IN_HANDSHAKE', 'DEVCA_FAULT_RESET'],
    question:
      'is the address http:// for a port that speaks TLS, or does the server ask for a client certificate?',
    atServer: refusedServer,
    observed: {
      curl: ['Empty reply from server'],
      node: ['socket hang up'],
      python: ['Remote end closed connection without response'],
      java: ['Unexpected end of file from server'],
      rustls: ['connection closed before message completed'],
      chrome: ['ERR_EMPTY_RESPONSE'],
      wget: ['No data received'],
      bun: ['The socket connection was closed unexpectedly'],
      go: ['Get "http … EOF'],
      ruby: ['EOFError: end of file reached'],
    },
    documented: {
      java: ['header parser received no bytes'],
      chrome: ['ERR_SOCKET_NOT_CONNECTED'],
      redis: ['Server closed the connection'],
    },
  },
  {
    likely: ['DEVCA_FAULT_CLOSED_IN_HANDSHAKE'],
    possible: ['DEVCA_FAULT_CLIENT_CERT_MISSING', 'DEVCA_FAULT_CLIENT_CERT_REFUSED', 'DEVCA_FAULT_RESET'],
    question:
      'does the server ask for a client certificate ("devca handshake HOST:PORT")? Node and others refuse by closing',
    observed: { openssl: ['unexpected eof while reading'] },
    documented: {},
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
    atServer: {
      ...refusedServer,
      likely: ['DEVCA_FAULT_UNKNOWN_CA', 'DEVCA_FAULT_NAME_MISMATCH', 'DEVCA_FAULT_RESET'],
    },
    observed: {
      node: ['read ECONNRESET'],
      redis: ['Error: Connection reset by peer'],
      php: ['SSL: Connection reset by peer'],
    },
    documented: {},
  },
  {
    likely: ['DEVCA_FAULT_PROTOCOL_ERROR'],
    possible: [...refusedServer.likely, ...refusedServer.possible],
    question: refusedServer.question,
    atServer: refusedServer,
    observed: { go: ['local error: tls: bad record MAC'] },
    documented: {},
  },
  {
    likely: ['DEVCA_FAULT_SIGNATURE_SCHEME', 'DEVCA_FAULT_KEY_TYPE_UNSUPPORTED'],
    possible: [],
    question: 'is the key of the certificate Ed25519 or P-521, and the client a browser?',
    observed: { openssl: ['no suitable signature algorithm'] },
    documented: {},
  },
  {
    likely: ['DEVCA_FAULT_FILE_MISSING', 'DEVCA_FAULT_TRUST_FILE_MISSING'],
    possible: ['DEVCA_FAULT_KEY_MISMATCH'],
    question:
      'which of the files that the client was given does not exist: --ssl-ca, --ssl-cert or --ssl-key?',
    observed: { mariadb: ['TLS/SSL error: No such file or directory'] },
    documented: {},
  },
  {
    likely: ['DEVCA_FAULT_TRUST_FILE_MISSING'],
    possible: ['DEVCA_FAULT_PEM_INVALID'],
    question: 'does the file of trusted roots exist, and does it hold certificates in PEM form?',
    observed: { curl: ['error setting certificate file'] },
    documented: {},
  },
  {
    likely: ['DEVCA_FAULT_KEY_MISMATCH'],
    possible: ['DEVCA_FAULT_FILE_MISSING', 'DEVCA_FAULT_PEM_INVALID', 'DEVCA_FAULT_KEY_PERMISSIONS'],
    question:
      'does the key file exist, and does it belong to the certificate ("devca verify CERT --key KEY")?',
    observed: { mariadb: ['SSL error: Unable to get private key'] },
    documented: { apache: ['AH02564'] },
  },
  {
    likely: ['DEVCA_FAULT_CLOSED_IN_HANDSHAKE', 'DEVCA_FAULT_RESET'],
    possible: [
      'DEVCA_FAULT_CLIENT_CERT_MISSING',
      'DEVCA_FAULT_CLIENT_CERT_REFUSED',
      'DEVCA_FAULT_PLAIN_TO_TLS',
      'DEVCA_FAULT_TLS_TO_PLAIN',
    ],
    question:
      'does the server ask for a client certificate ("devca handshake HOST:PORT")? Node and others refuse by closing',
    observed: {
      go: ['Get "https … EOF'],
      java: ['Remote host terminated the handshake'],
      firefox: ['NS_ERROR_NET_RESET'],
      gnutls: ['Error in the pull function'],
    },
    documented: {
      go: ['TLS handshake error from … EOF'],
      firefox: ['NS_ERROR_NET_INTERRUPT', 'NS_ERROR_NET_EMPTY_RESPONSE'],
      curl: ['OpenSSL SSL_read: SSL_ERROR_SYSCALL'],
      python: ['SSLZeroReturnError', 'TLS/SSL connection has been closed'],
      ruby: ['SSL_connect SYSCALL'],
    },
  },
  {
    likely: ['DEVCA_FAULT_CLIENT_CERT_MISSING', 'DEVCA_FAULT_CLIENT_CERT_REFUSED'],
    possible: ['DEVCA_FAULT_RESET', 'DEVCA_FAULT_CLOSED_IN_HANDSHAKE'],
    question:
      'does the server ask for a client certificate? In TLS 1.3 its refusal comes after the handshake, and some clients lose the alert',
    observed: {
      git: ['GnuTLS recv error (-12): A TLS fatal alert has been received'],
      wget: ['The specified session has been invalidated for some reason'],
      mariadb: ['Lost connection to server at … system error: 104'],
    },
    documented: {
      java: ['SocketException: Broken pipe'],
      python: ['BrokenPipeError'],
      node: ['write EPIPE'],
      go: ['write: broken pipe'],
      rustls: ['stream closed because of a broken pipe', 'Broken pipe (os error 32)'],
      curl: ['getpeername() failed with errno 107'],
      mariadb: ["Lost connection to MySQL server at 'reading authorization packet'"],
    },
  },
  {
    likely: ['DEVCA_FAULT_CLIENT_CERT_MISSING'],
    possible: ['DEVCA_FAULT_CLIENT_CERT_NOT_MAPPED', 'DEVCA_FAULT_PLAIN_TO_TLS'],
    question:
      'does the user have REQUIRE X509 or REQUIRE SUBJECT? MariaDB reports a missing or other certificate like a wrong password',
    observed: { mariadb: ['ERROR 1045 (28000): Access denied for user'] },
    documented: {},
  },
  {
    likely: ['DEVCA_FAULT_PEM_INVALID', 'DEVCA_FAULT_KEY_PASSPHRASE'],
    possible: ['DEVCA_FAULT_FILE_MISSING', 'DEVCA_FAULT_KEY_MISMATCH', 'DEVCA_FAULT_KEY_PERMISSIONS'],
    question: 'does "openssl pkey -in KEY -noout" complain, or ask for a passphrase?',
    observed: {
      python: ['[SSL] PEM lib'],
      curl: ['unable to set private key file'],
      openssl: ['DECODER routines … unsupported', 'Could not read client certificate private key from'],
      node: ['ERR_OSSL_UNSUPPORTED'],
    },
    documented: { openssl: ['unable to load Private Key'] },
  },
];
