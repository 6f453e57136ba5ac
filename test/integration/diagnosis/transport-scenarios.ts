import { readFileSync } from 'node:fs';
import { closedPort, httpServer, opensslServer, rawServer, tlsServer } from './fault-servers.ts';
import { fault, type Material, type Plan } from './scenario.ts';

/** Servers whose certificate is good and whose handshake or connection is not. */
export function transportPlans({ pki, intermediate }: Material): Plan[] {
  const good = pki.write(pki.issue('good', intermediate), [intermediate]);
  const rsa = pki.write(pki.issue('good-rsa', intermediate, { key: 'rsa' }), [intermediate]);
  const pair = { cert: readFileSync(good.cert), key: readFileSync(good.key) };
  const rsaPair = { cert: readFileSync(rsa.cert), key: readFileSync(rsa.key) };
  const files = ['-cert', good.cert, '-key', good.key, '-cert_chain', good.cert];
  const plan = (id: string, name: string, start: Plan['start'], more: Partial<Plan> = {}): Plan => ({
    id,
    faults: [fault(name)],
    start,
    ...more,
  });
  return [
    plan('version', 'VERSION', () =>
      tlsServer({ ...rsaPair, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ),
    plan('version-client-old', 'VERSION', () => tlsServer({ ...pair, minVersion: 'TLSv1.3' }), {
      maxTls12: true,
    }),
    plan('cipher', 'CIPHER', () =>
      tlsServer({ ...pair, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-NULL-SHA@SECLEVEL=0' }),
    ),
    plan('alpn', 'ALPN', () => tlsServer({ ...pair, ALPNProtocols: ['nothing/1'] }), { alpn: 'http/1.1' }),
    plan('sni', 'SNI_UNKNOWN', () =>
      opensslServer([
        ...files,
        '-servername',
        'known.test',
        '-servername_fatal',
        '-cert2',
        good.cert,
        '-key2',
        good.key,
      ]),
    ),
    plan('tls-to-plain', 'TLS_TO_PLAIN', httpServer),
    plan('tls-to-ssh', 'TLS_TO_PLAIN', () => rawServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2p1\r\n'))),
    plan('plain-to-tls', 'PLAIN_TO_TLS', () => tlsServer(pair), { scheme: 'http' }),
    plan('closed-in-handshake', 'CLOSED_IN_HANDSHAKE', () => rawServer((socket) => socket.end())),
    plan('reset', 'RESET', () => rawServer((socket) => socket.resetAndDestroy())),
    plan('timeout', 'TIMEOUT', () => rawServer(() => undefined)),
    plan('refused', 'PORT_CLOSED', closedPort),
    plan('dns', 'NAME_NOT_FOUND', closedPort, { host: 'missing.invalid' }),
  ];
}
