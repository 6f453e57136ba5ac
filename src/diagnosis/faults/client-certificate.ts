import type { FaultRow } from '../fault.ts';

/** What a server has against the certificate of a client, in mutual TLS. */
export const clientCertificateFaults: readonly FaultRow[] = [
  {
    code: 'DEVCA_FAULT_CLIENT_CERT_MISSING',
    title: 'the server requires a client certificate and got none',
    causes: [
      'no certificate is configured in the client',
      'the client was redirected to another host or port, or goes through a proxy that ends TLS',
      'the certificate is configured, but the client chose not to send it (Go and Java)',
    ],
    question: 'is the client without a certificate and key in its configuration?',
    fixes: [
      'run "devca issue NAME --profile client", then give the client its fullchain and key files',
      'run "devca handshake HOST:PORT --cert FILE --key FILE" to see whether the server takes them',
      'by hand: curl --cert FILE --key FILE; https.Agent({ cert, key }); load_cert_chain(cert, key); import a .p12 into the browser',
    ],
    observed: {
      nginx: ['No required SSL certificate was sent', 'client sent no required SSL certificate'],
      openssl: ['peer did not return a certificate'],
      go: ["tls: client didn't provide a certificate"],
      postgresql: ['connection requires a valid client certificate'],
      chrome: ['ERR_BAD_SSL_CLIENT_AUTH_CERT'],
    },
    documented: {
      chrome: [
        'net_error -117',
        'net_error -110',
        'ERR_SSL_CLIENT_AUTH_CERT_NEEDED',
        'ERR_SSL_CLIENT_AUTH_NO_COMMON_ALGORITHMS',
      ],
      firefox: ['SSL_ERROR_NO_CERTIFICATE'],
      dotnet: ['The remote certificate was not provided', 'RemoteCertificateNotAvailable'],
      java: ['Empty client certificate chain', 'Empty server certificate chain'],
      rustls: ['NoCertificatesPresented', 'peer sent no certificates'],
      gnutls: ['No certificate was found'],
    },
  },
  {
    code: 'DEVCA_FAULT_CLIENT_CERT_NOT_SENT',
    title:
      'the client has a certificate and kept it back, because the server did not ask for one from its issuer',
    causes: [
      'Go, Java and browsers send a certificate only where its chain leads to an authority that the server names',
      'the client has the certificate without the intermediate, so the chain cannot be followed to the named root',
      'the key type does not fit the signature schemes that the server asks for',
    ],
    question:
      'is a certificate configured in a Go or Java client or a browser, and its issuer not in the list of acceptable authorities?',
    fixes: [
      'run "devca handshake HOST:PORT --cert FILE --key FILE": it holds the chain against the list of acceptable authorities',
      'by hand: give the client the fullchain file as its certificate; for Java "openssl pkcs12 -export -in FULLCHAIN -inkey KEY -out client.p12"',
      "by hand: put root and intermediate into the server's client-CA file",
    ],
    observed: {},
    documented: {
      java: [
        'No available certificate or key corresponds to the SSL cipher suites',
        'no X.509 certificate for client authentication, use empty Certificate message instead',
      ],
    },
  },
  {
    code: 'DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER',
    title: "the server does not know the issuer of the client's certificate",
    causes: [
      "the server's client-CA file lacks the root, or holds another one of the same name",
      'the client sends its certificate without the intermediate',
      'the server has a revocation list that does not cover every authority of the chain, and reports that as an unknown authority',
    ],
    question: "does the server's client-CA file lack the root, or does the client send one certificate only?",
    fixes: [
      'run "devca verify CERT --purpose client --roots CAFILE" with the server\'s client-CA file',
      'run "devca handshake HOST:PORT --cert FULLCHAIN --key FILE" with the fullchain file of the client',
      "by hand: put root and intermediate into the server's client-CA file and reload it (ssl_client_certificate, SSLCACertificateFile, ca-file, ssl_ca_file)",
      'by hand: where the server has a revocation list, put that of every authority of the chain into it',
    ],
    observed: {
      nginx: ['client SSL certificate verify error: (19:', 'client SSL certificate verify error: (21:'],
      apache: ['Certificate Verification: Error (19)', 'Certificate Verification: Error (20)'],
    },
    documented: {
      nginx: [
        'client SSL certificate verify error: (2:',
        'client SSL certificate verify error: (18:',
        'client SSL certificate verify error: (20:',
      ],
      apache: [
        'Certificate Verification: Error (2)',
        'Certificate Verification: Error (18)',
        'Certificate Verification: Error (21)',
      ],
    },
  },
  {
    code: 'DEVCA_FAULT_CLIENT_CERT_EXPIRED',
    title: "the client's certificate has expired or is not valid yet",
    causes: [
      'it was not renewed in time, or the client still holds the old file',
      'the clock of the server is wrong',
    ],
    question: "is the server's time outside notBefore and notAfter of the client's certificate?",
    fixes: [
      'run "devca renew NAME", then restart the client',
      'run "devca list --expiring 30d" to see what is due next',
      'by hand: compare "date -u" on the server with the certificate',
    ],
    observed: {
      nginx: ['client SSL certificate verify error: (10:'],
      apache: ['Certificate Verification: Error (10)'],
    },
    documented: {
      nginx: ['client SSL certificate verify error: (9:'],
      apache: ['Certificate Verification: Error (9)'],
    },
  },
  {
    code: 'DEVCA_FAULT_CLIENT_CERT_WRONG_EKU',
    title: "the client's certificate is not meant for clients (extended key usage)",
    causes: [
      'a server certificate is used by a client',
      'a service has a certificate for one direction only',
    ],
    question: 'does "openssl x509 -noout -ext extendedKeyUsage" lack "TLS Web Client Authentication"?',
    fixes: [
      'run "devca issue NAME --profile client", or "--profile service" for both directions',
      'run "devca verify FILE --purpose client" to check before deploying',
    ],
    observed: {
      nginx: ['client SSL certificate verify error: (26:'],
      apache: ['Certificate Verification: Error (26)'],
    },
    documented: {},
  },
  {
    code: 'DEVCA_FAULT_CLIENT_CERT_REVOKED',
    title: "the client's certificate has been revoked",
    causes: ['somebody revoked it, or rekeyed and revoked the old one', 'the client still uses the old file'],
    question: "is its serial number in the server's revocation list?",
    fixes: ['run "devca show NAME" to see when and why, then "devca issue NAME --profile client"'],
    observed: {
      nginx: ['client SSL certificate verify error: (23:'],
      apache: ['Certificate Verification: Error (23)'],
    },
    documented: {},
  },
  {
    code: 'DEVCA_FAULT_CLIENT_CERT_REFUSED',
    title: "the server refuses the client's certificate and does not say why",
    causes: [
      'its issuer is unknown to the server',
      'it has expired, is for servers only, or has been revoked',
      'servers in Go before 1.21 and in Java report every reason with one alert; Node sends none',
    ],
    question: "does the server's own log give a reason?",
    fixes: [
      'run "devca verify CERT --purpose client --roots CAFILE" with the server\'s client-CA file: it names the reason',
      "by hand: read the server's log (nginx error_log info, Apache LogLevel info, -Djavax.net.debug=ssl:handshake, tlsClientError in Node)",
    ],
    observed: { nginx: ['The SSL certificate error'] },
    documented: {
      chrome: [
        'ERR_SSL_CLIENT_AUTH_SIGNATURE_FAILED',
        'ERR_SSL_CLIENT_AUTH_PRIVATE_KEY_ACCESS_DENIED',
        'ERR_SSL_CLIENT_AUTH_CERT_BAD_FORMAT',
      ],
    },
  },
  {
    code: 'DEVCA_FAULT_CLIENT_CERT_NOT_MAPPED',
    title: "the client's certificate is good, but not for this user",
    causes: [
      'the common name is not the name of the database or broker user',
      'the user map is missing or has the name in another form: RFC 2253 order, or OpenSSL with slashes',
      'the user asked for is another than the certificate says',
    ],
    question: "does the server's log show a user name that it read from the certificate?",
    fixes: [
      'run "devca show NAME": it prints the subject in both forms',
      'run "devca issue USER --profile client" for a certificate whose common name is the user',
      'by hand: pg_ident.conf with map= in pg_hba.conf; REQUIRE SUBJECT in MariaDB; ssl_cert_login_from in RabbitMQ',
    ],
    observed: {
      postgresql: [
        'certificate authentication failed for user',
        'provided user name … and authenticated user name … do not match',
      ],
    },
    documented: { postgresql: ['no match in usermap'] },
  },
];
