import { entry } from './entry.ts';

/** Handshakes: reaching the other side, the bytes on the wire, captures. */
export const wireErrors = {
  DEVCA_WIRE_MALFORMED: entry<{ what: string; reason: string; offset: number }>({
    exit: 4,
    what: (c) => `the ${c.what} is malformed: ${c.reason} at byte ${c.offset}`,
    fix: () => [
      'look for a proxy or another protocol between the two sides; TLS ends such a connection itself',
    ],
    see: 'RFC 8446 section 6.2',
  }),
  DEVCA_WIRE_LIMIT: entry<{ what: string; size: number; limit: number; unit: string }>({
    exit: 4,
    what: (c) => `the ${c.what} has ${c.size} ${c.unit}, more than the limit of ${c.limit}`,
    fix: () => ['look at the other side: no sound TLS implementation sends so much'],
  }),
  DEVCA_WIRE_TARGET_INVALID: entry<{ target: string; reason: string }>({
    exit: 2,
    what: (c) => `"${c.target}" is not a host to connect to: ${c.reason}`,
    fix: () => ['give HOST, HOST:PORT, [IPv6]:PORT or an https:// address'],
  }),
  DEVCA_WIRE_HOST_UNKNOWN: entry<{ host: string; detail: string }>({
    exit: 1,
    what: (c) => `the name "${c.host}" has no address (${c.detail})`,
    fix: (c) => [
      'check the name for a typing error, and your DNS server or /etc/hosts',
      `or name the address to connect to, as in "devca handshake ${c.host} --connect 127.0.0.1:443"`,
    ],
  }),
  DEVCA_WIRE_CONNECTION_REFUSED: entry<{ address: string }>({
    exit: 1,
    what: (c) => `nothing listens on ${c.address}: the connection was refused`,
    fix: () => ['start the server, or give the port that it listens on'],
  }),
  DEVCA_WIRE_CONNECTION_TIMEOUT: entry<{ address: string; timeoutMs: number }>({
    exit: 1,
    what: (c) =>
      `no answer from ${c.address} within ${c.timeoutMs} ms: the port is filtered or the host is down`,
    fix: () => ['check the address and the firewall between here and there'],
  }),
  DEVCA_WIRE_CONNECTION_FAILED: entry<{ address: string; detail: string }>({
    exit: 1,
    what: (c) => `cannot connect to ${c.address}: ${c.detail}`,
    fix: () => ['check the address, the route and the network interface'],
  }),
  DEVCA_WIRE_PROXY_FAILED: entry<{ proxy: string; detail: string }>({
    exit: 1,
    what: (c) => `the proxy ${c.proxy} did not open a tunnel: ${c.detail}`,
    fix: () => ['check the address of the proxy and which hosts and ports it allows'],
    see: 'RFC 9110 section 9.3.6',
  }),
  DEVCA_WIRE_STARTTLS_FAILED: entry<{ protocol: string; address: string; detail: string }>({
    exit: 4,
    what: (c) => `${c.address} did not begin TLS over ${c.protocol}: ${c.detail}`,
    fix: (c) => [
      `check that the server speaks ${c.protocol} on this port and has TLS switched on`,
      'or leave "--starttls" out if TLS begins at once on this port',
    ],
  }),
  DEVCA_WIRE_CLIENT_CERTIFICATE: entry<{ detail: string }>({
    exit: 1,
    what: (c) => `the certificate and key cannot be used: ${c.detail}`,
    fix: () => ['give a certificate file (with its chain) and the unencrypted key that belongs to it'],
  }),
  DEVCA_WIRE_LISTEN_FAILED: entry<{ address: string; detail: string }>({
    exit: 1,
    what: (c) => `cannot listen on ${c.address}: ${c.detail}`,
    fix: () => ['choose another port, or end the program that holds this one'],
  }),
  DEVCA_WIRE_OPTION_UNSUPPORTED: entry<{ option: string; value: string; detail: string }>({
    exit: 2,
    what: (c) => `the runtime's TLS library cannot use ${c.option} "${c.value}": ${c.detail}`,
    fix: () => ['leave the option out, or choose a value that this runtime knows'],
  }),
  DEVCA_WIRE_KEY_LOG_INVALID: entry<{ source: string; line: number; reason: string }>({
    exit: 1,
    what: (c) => `"${c.source}" is not a TLS key log: ${c.reason} at line ${c.line}`,
    fix: () => ['give the file that SSLKEYLOGFILE names in the program that made the connection'],
    see: 'RFC 9850',
  }),
  DEVCA_WIRE_CAPTURE_INVALID: entry<{ source: string; reason: string; offset: number }>({
    exit: 1,
    what: (c) => `"${c.source}" is not a capture that can be read: ${c.reason} at byte ${c.offset}`,
    fix: () => [
      'give a pcapng or pcap file, as Wireshark, tcpdump and "devca handshake --pcapng" write them',
    ],
  }),
  DEVCA_WIRE_CAPTURE_EMPTY: entry<{ source: string; packets: number }>({
    exit: 1,
    what: (c) => `"${c.source}" holds no TLS connection (${c.packets} packets were looked at)`,
    fix: () => ['capture from before the connection is made until after it has ended'],
  }),
};
