import { faultOfProblem, type NamedFault, namedFault } from '../../diagnosis/named-fault.ts';
import { COST_FINDINGS } from './cost-findings.ts';
import { type Finding, type FindingRow, row } from './finding-row.ts';
import { SCAN_FINDINGS } from './scan-findings.ts';

export type { Finding } from './finding-row.ts';

/** One row per finding: how bad, what was seen, what mends it. */
const FINDINGS = {
  ...COST_FINDINGS,
  ...SCAN_FINDINGS,
  DEVCA_WIRE_PLAIN_HTTP: row<{ address: string }>({
    severity: 'error',
    message: (c) => `${c.address} answered in plain HTTP: no TLS is spoken on this port`,
    fix: () =>
      'use http://, give the port that has TLS, or switch TLS on in the server (nginx: "listen 443 ssl")',
  }),
  DEVCA_WIRE_NEEDS_STARTTLS: row<{ address: string; protocol: string }>({
    severity: 'error',
    message: (c) =>
      `${c.address} greets in plain ${c.protocol.toUpperCase()}: TLS begins there after a command`,
    fix: (c) => `add "--starttls ${c.protocol}"`,
  }),
  DEVCA_WIRE_OTHER_PROTOCOL: row<{ address: string; protocol: string; sample: string }>({
    severity: 'error',
    message: (c) => `${c.address} speaks ${c.protocol}, not TLS; it began with "${c.sample}"`,
    fix: () => 'give the port on which the server speaks TLS',
  }),
  DEVCA_WIRE_CLOSED: row<{ address: string; after: string }>({
    severity: 'error',
    message: (c) => `${c.address} closed the connection after ${c.after}, without an alert`,
    fix: (c) =>
      c.after.startsWith('server')
        ? "look at the server's log: it refuses the client certificate without saying so (Node does), or a proxy stands between"
        : 'add "--starttls postgres" or "--starttls ldap" if it is one of those; else look at the log of the server: it has no certificate for this name, or a proxy stands between',
  }),
  DEVCA_WIRE_RESET: row<{ address: string; after: string }>({
    severity: 'error',
    message: (c) => `${c.address} reset the connection after ${c.after}`,
    fix: () => "look at the server's log, and for a firewall or load balancer that cuts TLS connections",
  }),
  DEVCA_WIRE_STALLED: row<{ address: string; after: string; timeoutMs: number }>({
    severity: 'error',
    message: (c) => `${c.address} sent nothing more within ${c.timeoutMs} ms after ${c.after}`,
    fix: () =>
      'look whether the server waits for something else (a plain protocol, a PROXY header), or for a path that drops large packets',
  }),
  DEVCA_WIRE_CLIENT_PLAIN_HTTP: row<{ address: string }>({
    severity: 'error',
    message: (c) => `the client ${c.address} spoke plain HTTP to a port with TLS`,
    fix: () => 'let the client use https://',
  }),
  DEVCA_WIRE_CLIENT_CLOSED: row<{ address: string; after: string }>({
    severity: 'error',
    message: (c) => `the client ${c.address} closed the connection after ${c.after}, without an alert`,
    fix: () =>
      "it refuses the server's certificate without saying so, as Node, Bun and curl (for a wrong name) do: look at what the client itself says",
  }),
  DEVCA_WIRE_CLIENT_RESET: row<{ address: string; after: string }>({
    severity: 'error',
    message: (c) => `the client ${c.address} reset the connection after ${c.after}`,
    fix: () => 'look at what the client itself says; Bun refuses a certificate in this way',
  }),
  DEVCA_WIRE_CLIENT_REFUSED: row<{ reason: string }>({
    severity: 'error',
    message: (c) => `the client certificate was refused: ${c.reason}`,
    fix: () => 'give the client a certificate (with its chain) from an authority that the server trusts',
  }),
  DEVCA_WIRE_GARBAGE: row<{ address: string; detail: string }>({
    severity: 'error',
    message: (c) => `${c.address} sent bytes that are not TLS: ${c.detail}`,
    fix: () => 'look for a proxy or another protocol between the two sides',
  }),
  DEVCA_WIRE_ALERT: row<{ sender: string; description: string; meaning: string; fix: string | undefined }>({
    severity: 'error',
    message: (c) => `the ${c.sender} refused with ${c.description}: ${c.meaning}`,
    fix: (c) => [c.fix, `run "devca explain ${c.description}" for every cause`].filter(Boolean).join('; '),
  }),
  DEVCA_WIRE_LOCAL_FAILURE: row<{ detail: string }>({
    severity: 'error',
    message: (c) => `the runtime's TLS gave up: ${c.detail}`,
    fix: () => 'compare what was offered with what the server chose, in the messages',
  }),
  DEVCA_WIRE_CHAIN_ORDER: row<{ positions: string }>({
    severity: 'warning',
    message: (c) => `the certificates are served in the wrong order (out of place: ${c.positions})`,
    fix: () =>
      'put the end entity first and each issuer behind what it issued, as in "cat cert.pem intermediate.pem"',
  }),
  DEVCA_WIRE_CHAIN_DUPLICATE: row<{ positions: string }>({
    severity: 'warning',
    message: (c) => `a certificate is served twice (position ${c.positions})`,
    fix: () => 'remove the second copy from the file that the server is given',
  }),
  DEVCA_WIRE_CHAIN_UNRELATED: row<{ positions: string }>({
    severity: 'warning',
    message: (c) => `a certificate that has nothing to do with the chain is served (position ${c.positions})`,
    fix: () => 'remove it from the file that the server is given',
  }),
  DEVCA_WIRE_CHAIN_ROOT_SENT: row<{ subject: string; bytes: number }>({
    severity: 'info',
    message: (c) => `the root "${c.subject}" is served too: ${c.bytes} bytes that no client uses`,
    fix: () => 'leave the root out of the file that the server is given',
  }),
  DEVCA_WIRE_CHAIN_INCOMPLETE: row<{ issuer: string; urls: string }>({
    severity: 'error',
    message: (c) => `the chain ends at "${c.issuer}", which is neither sent nor a trusted root`,
    fix: (c) =>
      c.urls === ''
        ? 'give the server the fullchain file (certificate and intermediates), or trust the root if the issuer is one'
        : `give the server the fullchain file; the missing certificate can be had from ${c.urls}`,
  }),
  DEVCA_WIRE_CHAIN_MALFORMED: row<{ position: number; detail: string }>({
    severity: 'error',
    message: (c) => `certificate ${c.position} of the chain cannot be read: ${c.detail}`,
    fix: () => 'issue it again; "openssl x509 -text" shows what is in it',
  }),
  DEVCA_WIRE_CHAIN_LARGE: row<{ bytes: number; window: number }>({
    severity: 'warning',
    message: (c) =>
      `the server's first flight has ${c.bytes} bytes, more than the ${c.window} that may be sent before the client answers`,
    fix: () =>
      'serve a shorter chain without the root, with ECDSA keys: it saves a round trip on a fresh connection',
  }),
  DEVCA_WIRE_CLIENT_SILENT: row<{ client: string; reason: string }>({
    severity: 'warning',
    message: (c) => `a ${c.client} client would silently send no certificate: ${c.reason}`,
    fix: () =>
      "serve the client's issuer in the server's list (nginx ssl_client_certificate, Apache SSLCACertificateFile), and give the client its whole chain",
  }),
  DEVCA_WIRE_CLIENT_CERTIFICATE_WANTED: row<{ authorities: string }>({
    severity: 'info',
    message: (c) => `the server asks for a client certificate (${c.authorities})`,
    fix: () => 'give one with "--cert FILE --key FILE"',
  }),
  DEVCA_WIRE_VERSION_OLD: row<{ version: string; risk: string }>({
    severity: 'warning',
    message: (c) => `${c.version} was chosen: ${c.risk}`,
    fix: () => 'allow TLSv1.2 and TLSv1.3 only (nginx: "ssl_protocols TLSv1.2 TLSv1.3")',
  }),
  DEVCA_WIRE_NO_FORWARD_SECRECY: row<{ cipherSuite: string }>({
    severity: 'warning',
    message: (c) =>
      `${c.cipherSuite} has no forward secrecy: who gets the key later reads what was recorded today`,
    fix: () => 'offer ECDHE suites only (nginx: "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20")',
  }),
  DEVCA_WIRE_CIPHER_WEAK: row<{ cipherSuite: string; risk: string }>({
    severity: 'warning',
    message: (c) => `${c.cipherSuite} is weak: ${c.risk}`,
    fix: () => 'offer AEAD suites only (nginx: "ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20")',
  }),
  DEVCA_WIRE_RETRIED: row<{ group: string }>({
    severity: 'info',
    message: (c) => `the server wanted a key share of ${c.group}, which cost a round trip`,
    fix: () => 'let the server accept x25519 or secp256r1 too (nginx: "ssl_ecdh_curve X25519:prime256v1")',
  }),
  DEVCA_WIRE_DOWNGRADE: row<{ version: string }>({
    severity: 'warning',
    message: (c) =>
      `the server says that it can do more than ${c.version}: somebody or some setting holds it down`,
    fix: () => 'leave "--tls" out, and look for a middlebox if that changes nothing',
  }),
  DEVCA_WIRE_EARLY_DATA: row<{ bytes: number }>({
    severity: 'info',
    message: (c) =>
      `the server takes early data (0-RTT) up to ${c.bytes} bytes, which an attacker can replay`,
    fix: () =>
      'let only safe requests through early (RFC 8470), or switch it off (nginx: "ssl_early_data off")',
  }),
  DEVCA_WIRE_TICKET_LONG: row<{ seconds: number }>({
    severity: 'warning',
    message: (c) => `a session ticket is valid for ${c.seconds} s; RFC 8446 allows a week`,
    fix: () => 'shorten the lifetime of sessions in the server',
  }),
  DEVCA_WIRE_NO_SECRETS: row<Record<never, never>>({
    severity: 'info',
    message: () => 'the secrets of this connection are not at hand, so what is encrypted stays closed',
    fix: () => 'set SSLKEYLOGFILE in the program that connects, and give the file with "--keylog FILE"',
  }),
  DEVCA_WIRE_WRONG_SECRETS: row<{ connections: number }>({
    severity: 'warning',
    message: (c) => `the secrets given for ${c.connections} of the connections do not open them`,
    fix: () => 'give the key log that was written by the program that made these very connections',
  }),
  DEVCA_WIRE_CAPTURE_TRUNCATED: row<{ detail: string }>({
    severity: 'warning',
    message: (c) => `the capture is not complete: ${c.detail}`,
    fix: () => 'capture whole packets ("tcpdump -s 0") from before the connection until after its end',
  }),
} as const;

export type FindingCode = keyof typeof FINDINGS;

type ContextOf<Code extends FindingCode> =
  (typeof FINDINGS)[Code] extends FindingRow<infer Context> ? Context : never;

/** `fault` where it is another than the code alone stands for. */
export function finding<Code extends FindingCode>(
  code: Code,
  context: ContextOf<Code>,
  fault: NamedFault | null = faultOfCode(code),
): Finding {
  const { severity, message, fix } = FINDINGS[code] as unknown as FindingRow<ContextOf<Code>>;
  return {
    code,
    severity,
    message: message(context),
    fix: fix(context),
    ...(severity === 'error' && fault !== null ? { fault } : {}),
  };
}

function faultOfCode(code: string): NamedFault | null {
  const fault = faultOfProblem({ code }, undefined);
  return (fault === undefined ? undefined : namedFault(fault, 'handshake')) ?? null;
}

/** Every code that a finding may have. */
export const findingCodes = (): readonly string[] => Object.keys(FINDINGS);
