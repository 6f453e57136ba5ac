import { row } from './finding-row.ts';

/** Tips that follow from measured costs. */
export const COST_FINDINGS = {
  DEVCA_WIRE_TIP_ECDSA: row<{ key: string; bytes: number }>({
    severity: 'info',
    message: (c) =>
      `the server's key is ${c.key}: signing costs about ten times what ECDSA does, and the chain has ${c.bytes} bytes`,
    fix: () => 'serve a certificate with an EC P-256 key ("devca issue --key-type ec-p256")',
  }),
  DEVCA_WIRE_TIP_RESUMPTION: row<{ detail: string }>({
    severity: 'warning',
    message: (c) => `no handshake was resumed: ${c.detail}`,
    fix: () =>
      'switch session tickets on, with the same keys in every process (nginx: "ssl_session_tickets on")',
  }),
  DEVCA_WIRE_TIP_RESUMPTION_SAVES: row<{ percent: number; microseconds: number }>({
    severity: 'info',
    message: (c) => `resumption saves ${c.percent} % of the time (${c.microseconds} µs)`,
    fix: () =>
      'let clients keep connections and sessions instead of making new ones (keep-alive, one agent or pool)',
  }),
  DEVCA_WIRE_TIP_HTTP2: row<{ alpn: string }>({
    severity: 'info',
    message: (c) =>
      `the server chose ${c.alpn} though HTTP/2 was offered: every parallel request costs a handshake`,
    fix: () => 'switch HTTP/2 on (nginx: "listen 443 ssl http2")',
  }),
  DEVCA_WIRE_TIP_TLS13: row<{ protocol: string }>({
    severity: 'info',
    message: (c) => `${c.protocol} takes two round trips where TLSv1.3 takes one`,
    fix: () => 'allow TLSv1.3 (nginx: "ssl_protocols TLSv1.2 TLSv1.3")',
  }),
} as const;
