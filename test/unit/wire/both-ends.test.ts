import { once } from 'node:events';
import { connect } from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/platform/clock.ts';
import { systemRandom } from '../../../src/platform/random.ts';
import { handshakeBetween } from '../../../src/wire/between.ts';
import {
  type HandshakeServer,
  type ServedHandshake,
  serveHandshakes,
} from '../../../src/wire/serve-handshakes.ts';
import { reportServed } from '../../../src/wire/served-report.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';

const { root, intermediate } = makeAuthority();
const identity = makeCertificate({
  commonName: 'localhost',
  names: ['localhost', '127.0.0.1'],
  issuer: intermediate,
});
const alice = makeCertificate({ commonName: 'alice', purposes: ['clientAuth'], issuer: intermediate });
const stranger = makeCertificate({ commonName: 'mallory', purposes: ['clientAuth'] });
const server = { cert: identity.pem + intermediate.pem, key: identity.keyPem };
const world = { clock: systemClock, random: systemRandom };

let running: HandshakeServer | undefined;
afterEach(() => running?.close());

async function serve(options: Partial<Parameters<typeof serveHandshakes>[0]> = {}) {
  let deliver: (served: ServedHandshake) => void = () => {};
  const served = new Promise<ServedHandshake>((resolve) => {
    deliver = resolve;
  });
  running = await serveHandshakes(
    { ...server, port: 0, timeoutMs: 1000, ...options },
    (one) => deliver(one),
    world,
  );
  return { port: running.port, report: async () => (await reportServed(await served, {}, world)).report };
}

async function call(port: number, options: tls.ConnectionOptions = {}): Promise<void> {
  const socket = tls.connect({ port, host: '127.0.0.1', ca: root.pem, ...options });
  socket.on('error', () => {});
  socket.on('secureConnect', () => socket.end('hello'));
  socket.resume();
  await new Promise<void>((resolve) => socket.on('close', () => resolve()));
}

describe('a listening inspector', () => {
  it('shows a handshake from its side', async () => {
    const { port, report } = await serve({ clientCertificate: 'want', clientRoots: [root.pem] });
    await call(port, { cert: alice.pem + intermediate.pem, key: alice.keyPem });
    expect(await report()).toMatchObject({
      established: true,
      protocol: 'TLSv1.3',
      findings: [],
      clientChain: [{ subject: 'CN=alice' }, { subject: 'CN=wire test intermediate' }],
      verification: { runtime: { authorized: true } },
    });
  });

  it('answers a browser', async () => {
    const { port } = await serve();
    const socket = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    expect(bytes.toString()).toMatch(/^HTTP\/1.1 200 OK[\s\S]*devca saw this handshake: TLSv1.3/);
    socket.destroy();
  });

  it('names a client without a certificate', async () => {
    const { port, report } = await serve({ clientCertificate: 'need', clientRoots: [root.pem] });
    await call(port);
    expect(await report()).toMatchObject({
      established: false,
      alert: { from: 'server', description: 'certificate_required' },
      findings: [{ code: 'DEVCA_WIRE_ALERT' }],
    });
  });

  it('names a client whose certificate is refused', async () => {
    const { port, report } = await serve({ clientCertificate: 'need', clientRoots: [root.pem] });
    await call(port, { cert: stranger.pem, key: stranger.keyPem });
    expect((await report()).findings).toMatchObject([
      { code: 'DEVCA_WIRE_CLIENT_REFUSED', message: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT') },
    ]);
  });

  it('names a client that refuses the server without a word, as Node does', async () => {
    const { port, report } = await serve();
    await call(port, { ca: stranger.pem });
    const { findings, established } = await report();
    expect([established, findings.map(({ code }) => code)]).toEqual([false, ['DEVCA_WIRE_CLIENT_CLOSED']]);
  });

  it('names a client that speaks plain HTTP, and one that says nothing', async () => {
    const http = await serve();
    const socket = connect(http.port, '127.0.0.1');
    socket.on('error', () => {}).write('GET / HTTP/1.1\r\n\r\n');
    expect((await http.report()).findings[0]?.code).toBe('DEVCA_WIRE_CLIENT_PLAIN_HTTP');
    await running?.close();
    const silent = await serve({ timeoutMs: 100 });
    connect(silent.port, '127.0.0.1').on('error', () => {});
    expect((await silent.report()).findings[0]?.code).toBe('DEVCA_WIRE_STALLED');
  });

  it('cannot listen on a port that is taken, or with a key of another certificate', async () => {
    const { port } = await serve();
    await expect(serveHandshakes({ ...server, port }, () => {}, world)).rejects.toMatchObject({
      code: 'DEVCA_WIRE_LISTEN_FAILED',
    });
    await expect(
      serveHandshakes({ ...server, key: alice.keyPem, port: 0 }, () => {}, world),
    ).rejects.toMatchObject({
      code: 'DEVCA_WIRE_CLIENT_CERTIFICATE',
    });
  });
});

describe('a handshake between two certificates', () => {
  const client = { cert: alice.pem + intermediate.pem, key: alice.keyPem, roots: [root.pem] };

  it.each(['TLSv1.3', 'TLSv1.2'] as const)('shows both views on one timeline, %s', async (maxVersion) => {
    const { report } = await handshakeBetween(
      'localhost',
      { server: { ...server, clientCertificate: 'need', clientRoots: [root.pem], maxVersion }, client },
      world,
    );
    expect(report.established).toBe(true);
    expect(report.client.protocol).toBe(maxVersion);
    expect(report.server.clientChain[0]?.subject).toBe('CN=alice');
    const paired = report.timeline.filter(({ sentAt, receivedAt }) => sentAt !== null && receivedAt !== null);
    expect(paired.length).toBeGreaterThanOrEqual(10);
    for (const { sentAt, receivedAt } of paired) expect(receivedAt).toBeGreaterThanOrEqual(sentAt ?? 0);
    expect(report.timeline[0]).toMatchObject({ type: 'client_hello', sentAt: 0 });
  });

  it('shows a refusal from both sides', async () => {
    const { report } = await handshakeBetween(
      'localhost',
      {
        server: { ...server, clientCertificate: 'need', clientRoots: [root.pem] },
        client: { roots: [root.pem] },
      },
      world,
    );
    expect(report.established).toBe(false);
    expect(report.client.alert).toMatchObject({ from: 'server', description: 'certificate_required' });
    expect(report.server.alert).toMatchObject({ from: 'server', description: 'certificate_required' });
  });
});
