import type { FaultRow } from '../fault.ts';

/** Connections on which TLS does not come about. */
export const transportFaults: readonly FaultRow[] = [
  {
    code: 'DEVCA_FAULT_TLS_TO_PLAIN',
    title: 'the client speaks TLS to a port that does not',
    causes: [
      'the port serves plain HTTP, or another protocol such as SSH or a database',
      'the protocol begins in the clear and turns to TLS later (STARTTLS: SMTP, IMAP, LDAP, PostgreSQL, MySQL)',
      'TLS is not turned on in the server, or the address says https where http is meant',
      'a proxy answers with an error page in the clear',
    ],
    question: 'does "curl -v http://HOST:PORT/" get an answer?',
    fixes: [
      'run "devca handshake HOST:PORT": it says what the port answered instead',
      'run "devca handshake HOST:PORT --starttls smtp" (imap, pop3, ldap, postgres, mysql, xmpp, ftp) for such protocols',
      'by hand: turn TLS on in the server (nginx "listen 443 ssl", Apache "SSLEngine on", HAProxy "bind :443 ssl crt FILE")',
      'by hand: use http:// or the right port',
    ],
    observed: {
      go: [
        'http: server gave HTTP response to HTTPS client',
        'tls: first record does not look like a TLS handshake',
      ],
      java: ['Unsupported or unrecognized SSL message', 'Unrecognized SSL message, plaintext connection'],
      rustls: ['received corrupt message of type InvalidContentType'],
      firefox: ['SSL_ERROR_RX_RECORD_TOO_LONG'],
      gnutls: ['An unexpected TLS packet was received'],
      postgresql: ['server does not support SSL, but SSL was required'],
      mariadb: ['SSL is required, but the server does not support it'],
    },
    documented: {
      openssl: ['SSL routines … record layer failure', 'SSL routines … packet length too long'],
      python: ['RECORD_LAYER_FAILURE'],
      node: ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_RECORD_LAYER_FAILURE'],
      rustls: ['CorruptMessage'],
      firefox: ['SSL_ERROR_RX_UNKNOWN_RECORD_TYPE'],
      mariadb: [
        "SSL connection error: SSL is required but the server doesn't support it",
        "Server doesn't support SSL",
      ],
      dotnet: [
        'Cannot determine the frame size or a corrupted frame was received',
        'The handshake failed due to an unexpected packet format',
      ],
    },
  },
  {
    code: 'DEVCA_FAULT_PLAIN_TO_TLS',
    title: 'the client speaks plain HTTP (or another clear protocol) to a TLS port',
    causes: [
      'the address says http where https is meant',
      'a proxy in front does not turn to TLS towards the server',
      'TLS is turned off in the client, as with sslmode=disable',
    ],
    question: 'does the same address work with https instead of http?',
    fixes: [
      'run "devca handshake HOST:PORT" to see that the port speaks TLS',
      'by hand: use https:// in the address; in nginx proxy_pass https://...; in a database sslmode=verify-full',
      'by hand: redirect http to https on a port of its own',
    ],
    observed: {
      nginx: [
        'The plain HTTP request was sent to HTTPS port',
        'client sent plain HTTP request to HTTPS port',
      ],
      apache: ["You're speaking plain HTTP to an SSL-enabled server port", 'HTTP spoken on HTTPS port'],
      go: ['Client sent an HTTP request to an HTTPS server'],
      openssl: ['SSL routines … http request'],
      postgresql: ['no pg_hba.conf entry for host … no encryption'],
    },
    documented: {
      node: ['ERR_SSL_HTTP_REQUEST'],
      openssl: ['SSL routines … https proxy request'],
      postgresql: ['no pg_hba.conf entry for host … SSL off', 'connection is insecure (try using'],
      mariadb: ['Connections using insecure transport are prohibited'],
      java: ['This combination of host and port requires TLS'],
    },
  },
  {
    code: 'DEVCA_FAULT_CLOSED_IN_HANDSHAKE',
    title: 'the other side closed the connection during the handshake without saying why',
    causes: [
      'a server with mutual TLS refuses the client without an alert, as Node does',
      'the port expects another protocol, or a load balancer has no server behind it',
      'the server crashed or was restarted, or limits connections',
      'a firewall or proxy ends connections with unwanted names',
    ],
    question: "does the server's log show an error, or does it ask for a client certificate?",
    fixes: [
      'run "devca handshake HOST:PORT" to see after which message it ends, and whether a certificate was asked for',
      'run "devca handshake HOST:PORT --cert FILE --key FILE" if the server wants a client certificate',
      "by hand: read the server's log at that time; try from the server's own machine",
    ],
    observed: {
      node: ['Client network socket disconnected before secure TLS connection was established'],
      python: ['EOF occurred in violation of protocol'],
      java: ['SSL peer shut down incorrectly'],
      rustls: ['tls handshake eof'],
      curl: ['SSL_ERROR_SYSCALL in connection to'],
      gnutls: ['The TLS connection was non-properly terminated'],
      chrome: ['ERR_CONNECTION_CLOSED'],
    },
    documented: {
      firefox: ['PR_END_OF_FILE_ERROR'],
      nginx: ['peer closed connection in SSL handshake', 'client closed connection while SSL handshaking'],
      java: [
        'Remote host closed connection during handshake',
        'SSLPeerUnverifiedException: peer not authenticated',
      ],
      ruby: ['SSL_connect SYSCALL returned=5 errno=0'],
      dotnet: ['Received an unexpected EOF or 0 bytes from the transport stream'],
      haproxy: ['Connection closed during SSL handshake'],
      curl: ['TLS connect error: error:00000000:lib(0)::reason(0)'],
      chrome: ['net_error -100'],
    },
  },
  {
    code: 'DEVCA_FAULT_RESET',
    title: 'the other side reset the connection',
    causes: [
      'the program crashed or was stopped, or its queue is full',
      'a firewall, proxy or load balancer ended the connection',
      'a server refused a client certificate and closed at once, so that the alert was lost',
    ],
    question: 'does it happen at once and every time, from every client?',
    fixes: [
      'run "devca handshake HOST:PORT" to see after which message the reset comes',
      "by hand: read the server's log; try from the server's own machine, without anything in between",
    ],
    observed: {
      curl: ['Recv failure: Connection reset by peer'],
      python: ['ConnectionResetError'],
      openssl: ['write:errno=104'],
      go: ['read: connection reset by peer'],
      java: ['SocketException: Connection reset'],
      rustls: ['Connection reset by peer (os error 104)'],
      chrome: ['ERR_CONNECTION_RESET'],
    },
    documented: {
      firefox: ['PR_CONNECT_RESET_ERROR'],
      dotnet: ['An existing connection was forcibly closed by the remote host'],
      schannel: ['WSAECONNRESET', 'OS error 10054'],
      mariadb: ['Error while reading … Connection reset'],
      chrome: ['net_error -101'],
    },
  },
];
