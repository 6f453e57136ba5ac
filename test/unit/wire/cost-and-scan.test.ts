import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { afterAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/platform/clock.ts';
import { systemRandom } from '../../../src/platform/random.ts';
import { encodeClientHello } from '../../../src/wire/client-hello-builder.ts';
import { readConversation } from '../../../src/wire/conversation.ts';
import { GrowingKeyLog } from '../../../src/wire/key-log.ts';
import { measureCost } from '../../../src/wire/measure-cost.ts';
import { negotiationOf } from '../../../src/wire/negotiation.ts';
import { scanServer } from '../../../src/wire/scan-server.ts';
import { statisticsOf } from '../../../src/wire/statistics.ts';
import { findingCodes } from '../../../src/wire/tables/finding-table.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';

const { root, intermediate } = makeAuthority();
const ec = makeCertificate({ commonName: 'localhost', names: ['localhost'], issuer: intermediate });
const rsa = makeCertificate({ commonName: 'localhost', issuer: intermediate, keyType: 'rsa-2048' });
const world = { clock: systemClock, random: systemRandom };
const servers: tls.Server[] = [];
const sockets = new Set<tls.TLSSocket>();
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

async function listen(options: tls.TlsOptions = {}): Promise<{ target: string; connect: string }> {
  const server = tls.createServer(
    { cert: ec.pem + intermediate.pem, key: ec.keyPem, ...options },
    (socket) => {
      sockets.add(socket.on('error', () => {}).resume());
    },
  );
  servers.push(server.on('tlsClientError', () => {}).listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { target: `localhost:${port}`, connect: `127.0.0.1:${port}` };
}

describe('the cost of handshakes', () => {
  it('is measured for full and for resumed ones', async () => {
    const { target, connect } = await listen();
    const cost = await measureCost(target, { connect }, 5, world);
    expect(cost).toMatchObject({
      runs: 5,
      failures: 0,
      full: { roundTrips: 1 },
      initialWindow: { exceeded: false },
    });
    expect(cost.full?.tls.count).toBe(5);
    expect(cost.resumed?.tls.count).toBe(5);
    expect(cost.resumed?.bytesReceived).toBeLessThan(cost.full?.bytesReceived ?? 0);
    expect(cost.maxEarlyDataSize).toBeNull();
  });

  it('comes with tips that follow from it', async () => {
    const { target, connect } = await listen({
      cert: rsa.pem + intermediate.pem,
      key: rsa.keyPem,
      maxVersion: 'TLSv1.2',
      secureOptions: 0x4000, // SSL_OP_NO_TICKET
      ALPNProtocols: ['http/1.1'],
    });
    const { tips, full } = await measureCost(target, { connect }, 2, world);
    expect(full?.roundTrips).toBe(2);
    expect(tips.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['DEVCA_WIRE_TIP_ECDSA', 'DEVCA_WIRE_TIP_HTTP2', 'DEVCA_WIRE_TIP_TLS13']),
    );
  });

  it('counts handshakes that did not come about', async () => {
    const { target, connect } = await listen({ requestCert: true, rejectUnauthorized: true, ca: root.pem });
    const cost = await measureCost(target, { connect }, 2, world);
    expect(cost).toMatchObject({ failures: 2, full: null, resumed: null, savedPercent: null, tips: [] });
  });
});

describe('statistics', () => {
  it('are values that were measured', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(statisticsOf(values)).toMatchObject({
      count: 100,
      min: 1,
      median: 50,
      p90: 90,
      p99: 99,
      max: 100,
      mean: 51,
    });
    expect(statisticsOf(values)?.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(100);
    expect(statisticsOf([7])).toMatchObject({
      min: 7,
      median: 7,
      p99: 7,
      histogram: [{ from: 7, count: 1 }],
    });
    expect(statisticsOf([])).toBeUndefined();
  });
});

describe('a client_hello of our own', () => {
  it('says what it offers', () => {
    const bytes = encodeClientHello({
      random: Buffer.alloc(32, 7),
      versions: [0x0304, 0x0303],
      cipherSuites: [0x1301, 0xc02b],
      groups: [0x001d],
      signatureSchemes: [0x0403],
      serverName: 'api.test',
      alpn: ['h2', 'http/1.1'],
      keyShares: [{ group: 0x001d, key: Buffer.alloc(32, 1) }],
    });
    const transcript = readConversation([{ at: 0, from: 'client', bytes }], new GrowingKeyLog());
    expect(transcript.problems).toEqual([]);
    expect(negotiationOf(transcript)).toMatchObject({
      serverName: 'api.test',
      offered: {
        versions: ['TLSv1.3', 'TLSv1.2'],
        cipherSuites: ['TLS_AES_128_GCM_SHA256', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
        groups: ['x25519'],
        keyShares: ['x25519'],
        signatureSchemes: ['ecdsa_secp256r1_sha256'],
        alpn: ['h2', 'http/1.1'],
      },
    });
  });
});

describe('a scan', () => {
  it('finds what a modern server accepts, and nothing wrong with it', async () => {
    const { target, connect } = await listen({
      ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256',
      ecdhCurve: 'X25519:P-256',
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    expect(await scanServer(target, { connect, roots: [root.pem] }, world)).toMatchObject({
      versions: ['TLSv1.3', 'TLSv1.2'],
      cipherSuites: {
        'TLSv1.3': ['TLS_AES_128_GCM_SHA256'],
        'TLSv1.2': ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'],
      },
      groups: ['x25519', 'secp256r1'],
      signatureSchemes: ['ecdsa_secp256r1_sha256'],
      resumption: { 'TLSv1.3': true, 'TLSv1.2': true },
      clientCertificate: 'none',
      alpn: ['h2', 'http/1.1'],
      compression: false,
      secureRenegotiation: true,
      unanswered: 0,
      grade: 'A',
      findings: [],
    });
  });

  it('finds what is wrong with an old one', async () => {
    const { target, connect } = await listen({
      cert: rsa.pem + intermediate.pem,
      key: rsa.keyPem,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.2',
      ciphers: 'AES128-SHA:AES128-GCM-SHA256:ECDHE-RSA-NULL-SHA:@SECLEVEL=0',
      secureOptions: 0x4000,
      requestCert: true,
      rejectUnauthorized: false,
    });
    const scan = await scanServer(target, { connect }, world);
    expect(scan).toMatchObject({
      versions: ['TLSv1.2', 'TLSv1.1', 'TLSv1'],
      clientCertificate: 'optional',
      grade: 'F',
    });
    expect(scan.findings.map(({ code }) => code)).toEqual(
      expect.arrayContaining([
        'DEVCA_WIRE_SCAN_VERSION',
        'DEVCA_WIRE_SCAN_WEAK_SUITES',
        'DEVCA_WIRE_SCAN_NO_FORWARD_SECRECY',
        'DEVCA_WIRE_SCAN_CBC',
        'DEVCA_WIRE_SCAN_NO_TLS13',
      ]),
    );
    for (const { fix } of scan.findings) expect(fix).not.toBe('');
    expect(scan.connections).toBeLessThanOrEqual(250);
  });

  it('finds that a client certificate is required', async () => {
    const { target, connect } = await listen({ requestCert: true, rejectUnauthorized: true, ca: root.pem });
    expect((await scanServer(target, { connect }, world)).clientCertificate).toBe('required');
  });

  it('fails where there is no server', async () => {
    const { target, connect } = await listen();
    servers.at(-1)?.close();
    await expect(scanServer(target, { connect }, world)).rejects.toMatchObject({
      code: 'DEVCA_WIRE_CONNECTION_REFUSED',
    });
  });
});

describe('the codes of findings', () => {
  it('are in the area of the wire', () => {
    for (const code of findingCodes()) expect(code).toMatch(/^DEVCA_WIRE_[A-Z0-9_]+$/);
  });
});
