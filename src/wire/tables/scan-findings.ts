import { row } from './finding-row.ts';

/** What a scan finds fault with, worst first within a kind. */
export const SCAN_FINDINGS = {
  DEVCA_WIRE_SCAN_VERSION: row<{ version: string; risk: string }>({
    severity: 'warning',
    message: (c) => `the server accepts ${c.version}: ${c.risk}`,
    fix: () =>
      'nginx: "ssl_protocols TLSv1.2 TLSv1.3"; Apache: "SSLProtocol -all +TLSv1.2 +TLSv1.3"; HAProxy: "ssl-min-ver TLSv1.2"',
  }),
  DEVCA_WIRE_SCAN_BROKEN_VERSION: row<{ version: string; risk: string }>({
    severity: 'error',
    message: (c) => `the server accepts ${c.version}: ${c.risk}`,
    fix: () => 'nginx: "ssl_protocols TLSv1.2 TLSv1.3"; Apache: "SSLProtocol -all +TLSv1.2 +TLSv1.3"',
  }),
  DEVCA_WIRE_SCAN_NO_TLS13: row<Record<never, never>>({
    severity: 'info',
    message: () => 'the server does not speak TLSv1.3',
    fix: () => 'nginx: "ssl_protocols TLSv1.2 TLSv1.3"; Apache: "SSLProtocol -all +TLSv1.2 +TLSv1.3"',
  }),
  DEVCA_WIRE_SCAN_WEAK_SUITES: row<{ suites: string; risk: string }>({
    severity: 'error',
    message: (c) => `the server accepts ${c.suites}: ${c.risk}`,
    fix: () =>
      'nginx: "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20"; Apache: "SSLCipherSuite ECDHE+AESGCM:ECDHE+CHACHA20"',
  }),
  DEVCA_WIRE_SCAN_CBC: row<{ count: number }>({
    severity: 'info',
    message: (c) => `the server accepts ${c.count} CBC suites, which are kept for old clients only`,
    fix: () => 'nginx: "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20"',
  }),
  DEVCA_WIRE_SCAN_NO_FORWARD_SECRECY: row<{ suites: string }>({
    severity: 'warning',
    message: (c) => `the server accepts suites without forward secrecy: ${c.suites}`,
    fix: () => 'nginx: "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20"; Apache: "SSLCipherSuite ECDHE+AESGCM"',
  }),
  DEVCA_WIRE_SCAN_SMALL_DH: row<{ bits: number }>({
    severity: 'error',
    message: (c) => `the Diffie-Hellman prime has ${c.bits} bits (Logjam)`,
    fix: () => 'leave DHE suites out, or nginx: "ssl_dhparam" with a file of ffdhe2048 or more',
  }),
  DEVCA_WIRE_SCAN_SHA1: row<{ schemes: string }>({
    severity: 'warning',
    message: (c) => `the server signs with ${c.schemes}: SHA-1 is broken`,
    fix: () => "take @SECLEVEL=0 or SHA1 out of the server's cipher string and signature algorithms",
  }),
  DEVCA_WIRE_SCAN_COMPRESSION: row<Record<never, never>>({
    severity: 'error',
    message: () => 'the server compresses records (CRIME)',
    fix: () => 'switch TLS compression off (Apache: "SSLCompression off")',
  }),
  DEVCA_WIRE_SCAN_RENEGOTIATION: row<Record<never, never>>({
    severity: 'error',
    message: () => 'the server does not know secure renegotiation (RFC 5746)',
    fix: () => 'update the TLS library of the server',
  }),
  DEVCA_WIRE_SCAN_NO_RESUMPTION: row<{ versions: string }>({
    severity: 'info',
    message: (c) => `no session is resumed over ${c.versions}: every connection pays for a full handshake`,
    fix: () => 'nginx: "ssl_session_cache shared:tls:10m"; Apache: "SSLSessionCache shmcb:/run/tls(512000)"',
  }),
  DEVCA_WIRE_SCAN_UNANSWERED: row<{ probes: number }>({
    severity: 'warning',
    message: (c) => `${c.probes} probes got no answer, so what they ask for counts as not offered`,
    fix: () => 'scan again with a longer "--timeout"; the server may limit connections',
  }),
  DEVCA_WIRE_SCAN_BOUND: row<{ connections: number }>({
    severity: 'warning',
    message: (c) =>
      `the scan ended at its limit of ${c.connections} connections; what was not asked is not listed`,
    fix: () => 'nothing needs to be done: so many suites show that the server restricts nothing',
  }),
} as const;
