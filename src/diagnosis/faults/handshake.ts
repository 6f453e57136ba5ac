import type { FaultRow } from '../fault.ts';

/** Client and server that cannot agree. */
export const handshakeFaults: readonly FaultRow[] = [
  {
    code: 'DEVCA_FAULT_VERSION',
    title: 'client and server have no TLS version in common',
    causes: [
      'one side is old and knows TLS 1.0 or 1.1 only, which the other has turned off',
      'one side is configured for TLS 1.3 alone',
      'an old OpenSSL or Java configuration limits the versions',
    ],
    question: 'does "devca handshake HOST:PORT --tls 1.2" succeed where the failing client does not?',
    fixes: [
      'run "devca handshake HOST:PORT --scan" to see which versions the server has',
      'by hand: allow TLS 1.2 and 1.3 on both sides (ssl_protocols TLSv1.2 TLSv1.3; SSLProtocol -all +TLSv1.2 +TLSv1.3)',
      'by hand: update the older side',
    ],
    observed: {
      openssl: ['SSL routines … unsupported protocol', 'legacy sigalg disallowed or unsupported'],
    },
    documented: {
      openssl: [
        'no protocols available',
        'version too low',
        'tlsv1 alert inappropriate fallback',
        'version too high',
      ],
      chrome: [
        'ERR_SSL_OBSOLETE_VERSION',
        'ERR_SSL_VERSION_INTERFERENCE',
        'ERR_SSL_FALLBACK_BEYOND_MINIMUM_VERSION',
      ],
      firefox: [
        'SSL_ERROR_UNSUPPORTED_VERSION',
        'SSL_ERROR_SSL2_DISABLED',
        'SSL_ERROR_INVALID_VERSION_RANGE',
      ],
      go: [
        'tls: no supported versions satisfy',
        'tls: client offered only unsupported versions',
        'tls: server selected unsupported protocol version',
      ],
      java: [
        'No appropriate protocol',
        'The server selected protocol version … is not accepted by client preferences',
        'Client requested protocol … is not enabled or supported in server context',
      ],
      rustls: [
        'PeerIncompatible(Tls12NotOffered',
        'PeerIncompatible(Tls13RequiredForQuic',
        'peer is incompatible: ServerTlsVersionIsDisabledByOurConfig',
        'SupportedVersionsExtensionRequired',
      ],
      node: [
        'ERR_SSL_UNSUPPORTED_PROTOCOL',
        'ERR_TLS_PROTOCOL_VERSION_CONFLICT',
        'ERR_TLS_INVALID_PROTOCOL_VERSION',
      ],
    },
  },
  {
    code: 'DEVCA_FAULT_CIPHER',
    title: 'client and server have no cipher suite in common',
    causes: [
      'one side allows a few suites only',
      'the server has an ECDSA certificate and the client knows RSA suites only, or the other way round',
      'a security level or policy (SECLEVEL, FIPS, crypto-policies) removes what the other side has',
    ],
    question: 'do the suites that the client offers and those of the server have none in common?',
    fixes: [
      'run "devca handshake HOST:PORT --scan" to see which suites the server has',
      'run "devca issue NAME --key-type rsa-2048" for clients that know RSA only',
      'by hand: remove the cipher setting on both sides; the defaults of today fit each other',
    ],
    observed: { openssl: ['no shared cipher'] },
    documented: {
      go: [
        'tls: no cipher suite supported by both client and server',
        'tls: server chose an unconfigured cipher suite',
      ],
      java: ['no cipher suites in common', 'No negotiable cipher suite'],
      firefox: ['SSL_ERROR_UNSUPPORTED_CERTIFICATE_TYPE', 'SSL_ERROR_INSUFFICIENT_SECURITY_ALERT'],
      rustls: ['NoCipherSuitesInCommon', 'NoKxGroupsInCommon'],
      gnutls: ['No supported cipher suites have been found', 'Could not negotiate a supported cipher suite'],
      schannel: ['Schannel … 36874'],
      openssl: ['no suitable key share', 'no ciphers available', 'no suitable groups'],
    },
  },
  {
    code: 'DEVCA_FAULT_CIPHER_LIST',
    title: 'the cipher list in the configuration names no suite that the library has',
    causes: [
      'a typing error in the list',
      'the list is in the notation of another library, or names TLS 1.3 suites where they are not configured',
    ],
    question: 'does "openssl ciphers LIST" fail?',
    fixes: [
      'run "devca handshake HOST:PORT" to see which suite is chosen without it',
      'by hand: remove the setting; the defaults are good',
    ],
    observed: {
      curl: ['failed setting cipher list'],
      node: ['ERR_SSL_NO_CIPHER_MATCH'],
      openssl: ['no cipher match'],
    },
    documented: {
      java: ['Unsupported CipherSuite', 'Unsupported ciphersuite'],
      nginx: ['SSL_CTX_set_cipher_list … failed'],
    },
  },
  {
    code: 'DEVCA_FAULT_SIGNATURE_SCHEME',
    title: "no signature scheme fits the certificate's key",
    causes: [
      'the key is Ed25519, P-521 or RSA-PSS, and the other side does not offer such signatures',
      'RSA with 1024 bits is too short for the schemes of TLS 1.3',
    ],
    question: "is the certificate's key something other than P-256 or RSA of 2048 bits and more?",
    fixes: ['run "devca issue NAME --key-type ec-p256", which every client takes'],
    observed: {},
    documented: {
      openssl: ['no shared signature algorithms', 'wrong signature type'],
      go: [
        "tls: peer doesn't support any of the certificate's signature algorithms",
        'tls: certificate used with invalid signature algorithm',
      ],
      java: [
        'Unable to negotiate a valid signature scheme',
        'No supported signature algorithm',
        'No supported CertificateVerify signature algorithm',
      ],
      rustls: ['NoSignatureSchemesInCommon', 'NoCertificateRequestSignatureSchemesInCommon'],
      firefox: ['SSL_ERROR_UNSUPPORTED_SIGNATURE_ALGORITHM', 'SSL_ERROR_NO_SUPPORTED_SIGNATURE_ALGORITHM'],
    },
  },
  {
    code: 'DEVCA_FAULT_KEY_TYPE_UNSUPPORTED',
    title: 'browsers do not accept this kind of key in a certificate',
    causes: [
      'the key is Ed25519, which neither Chrome nor Firefox takes',
      'the key is P-521, which Chrome does not take',
    ],
    question: 'does "openssl x509 -noout -text" show ED25519 or P-521 as the public key?',
    fixes: [
      'run "devca issue NAME --key-type ec-p256", then reload the server',
      'by hand: "openssl ecparam -genkey -name prime256v1" for a key of your own',
    ],
    observed: {},
    documented: { firefox: ['SEC_ERROR_UNSUPPORTED_ELLIPTIC_CURVE'] },
  },
  {
    code: 'DEVCA_FAULT_ALPN',
    title: 'client and server have no application protocol in common (ALPN)',
    causes: [
      'the server speaks HTTP/2 or gRPC only and the client offers HTTP/1.1, or the other way round',
      'the server offers a protocol list of another service',
    ],
    question: 'does "openssl s_client -connect HOST:PORT -alpn h2,http/1.1" say "No ALPN negotiated"?',
    fixes: [
      'run "devca handshake HOST:PORT --alpn h2,http/1.1" to see what the server chooses',
      'by hand: allow both h2 and http/1.1 on the server; gRPC needs h2',
    ],
    observed: { openssl: ['no application protocol'], firefox: ['SSL_ERROR_NEXT_PROTOCOL_NO_PROTOCOL'] },
    documented: {
      go: [
        'tls: client requested unsupported application protocols',
        'tls: server selected unadvertised ALPN protocol',
        'http2: unexpected ALPN protocol',
      ],
      chrome: ['ERR_ALPN_NEGOTIATION_FAILED'],
      firefox: ['SSL_ERROR_NEXT_PROTOCOL_DATA_INVALID'],
      grpc: ['Cannot check peer: missing selected ALPN property', 'missing selected ALPN property'],
      rustls: ['NoApplicationProtocol'],
      node: ['ERR_TLS_ALPN_CALLBACK_INVALID_RESULT'],
    },
  },
  {
    code: 'DEVCA_FAULT_SNI_UNKNOWN',
    title: 'the server does not know the host name that the client asks for (SNI)',
    causes: [
      'the server has no site with this name, and is strict about it',
      'the client connects by IP address and sends no name',
      'a proxy in between sends another name',
    ],
    question: 'does it succeed with a name that the server is configured for?',
    fixes: [
      'run "devca handshake HOST:PORT --servername NAME" with a name that is configured',
      'by hand: add the name to the server (server_name, ServerName and ServerAlias, crt-list), or turn strictness off',
    ],
    observed: {
      openssl: ['tlsv1 unrecognized name', 'final_server_name:callback failed'],
      chrome: ['ERR_SSL_UNRECOGNIZED_NAME_ALERT'],
      firefox: ['SSL_ERROR_UNRECOGNIZED_NAME_ALERT'],
    },
    documented: {
      java: ['handshake alert: unrecognized_name'],
      go: [
        'tls: no certificates configured',
        'tls: either ServerName or InsecureSkipVerify must be specified',
      ],
      nginx: ['ssl_reject_handshake'],
      apache: ['AH02033', 'AH02034'],
    },
  },
  {
    code: 'DEVCA_FAULT_MISDIRECTED',
    title: 'the request came over a connection that was made for another host name',
    causes: [
      'a browser reuses one HTTP/2 connection for two names that the certificate shares, and the sites want different TLS settings',
      'the Host header differs from the name in the handshake (SNI)',
    ],
    question:
      'does the certificate have the names of both sites, of which only one wants client certificates?',
    fixes: [
      'run "devca issue NAME" once for each site, so that they share no certificate',
      'by hand: give all names of one port the same TLS settings, or turn HTTP/2 off for them',
    ],
    observed: {},
    documented: {
      apache: ['AH02032', 'have no compatible SSL setup'],
      nginx: [
        '421 Misdirected Request',
        'client attempted to request the server name different from the one that was negotiated',
      ],
    },
  },
  {
    code: 'DEVCA_FAULT_PROTOCOL_ERROR',
    title: 'one side received a handshake message that it does not accept',
    causes: [
      'something between the two changes or injects data: a proxy, a load balancer in the wrong mode, a middlebox',
      'one side has a faulty or very old TLS library',
      'a firewall stumbles over a large client_hello, as with post-quantum key shares',
    ],
    question: 'does it work when both run on one machine, without anything in between?',
    fixes: [
      'run "devca handshake HOST:PORT --pcapng FILE" and look at the last message before the alert',
      'by hand: try without the proxy or load balancer, then with TLS 1.2 only',
    ],
    observed: {},
    documented: {
      chrome: ['ERR_SSL_BAD_RECORD_MAC_ALERT', 'ERR_SSL_DECRYPT_ERROR_ALERT'],
      openssl: [
        'SSL routines … unexpected message',
        'decryption failed or bad record mac',
        'data between ccs and finished',
        'SSL routines … excessive message size',
        'SSL routines … length mismatch',
      ],
      go: [
        'tls: received unexpected handshake message',
        'tls: oversized record received',
        'tls: downgrade attempt detected',
      ],
      gnutls: [
        'A packet with illegal or unsupported version was received',
        'An illegal parameter has been received',
      ],
    },
  },
  {
    code: 'DEVCA_FAULT_PEER_INTERNAL_ERROR',
    title: 'the other side failed for a reason of its own',
    causes: [
      'the server could not load a certificate for the name, or a callback of its program failed',
      'an old client met an old server: OpenSSL answers with this alert where signature schemes do not fit',
      'a faulty server',
    ],
    question: "does the server's own log show an error at that time?",
    fixes: [
      'run "devca handshake HOST:PORT --scan" to see whether any version or suite works',
      "by hand: read the server's log",
    ],
    observed: {},
    documented: { schannel: ['Schannel … 36888'] },
  },
  {
    code: 'DEVCA_FAULT_LEGACY_RENEGOTIATION',
    title: 'the server wants the old, unsafe kind of renegotiation',
    causes: [
      'the server or an appliance in front of it is older than RFC 5746 (2010)',
      'a company proxy that opens TLS is that old',
    ],
    question:
      'does "openssl s_client -connect HOST:PORT" say "Secure Renegotiation IS NOT supported" with TLS 1.2?',
    fixes: [
      'run "devca handshake HOST:PORT --scan" to see what the server has',
      'by hand: update the server; for a test only -legacy_server_connect or UnsafeLegacyServerConnect',
    ],
    observed: {},
    documented: {
      openssl: ['unsafe legacy renegotiation disabled'],
      firefox: ['SSL_ERROR_UNSAFE_NEGOTIATION', 'SSL_ERROR_RENEGOTIATION_NOT_ALLOWED'],
      gnutls: ['Safe renegotiation failed'],
      go: ['tls: no renegotiation'],
    },
  },
];
