import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ownCodeFaults } from '../../../src/diagnosis/own-code-faults.ts';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';
import { makeAuthority, makeCertificate, type TestCertificate } from '../wire/certificates.ts';

const home = scratchFolder();
const DAY = 86_400_000;
const { root, intermediate } = makeAuthority();
const stranger = makeAuthority('stranger');
const issuedBy = (issuer: TestCertificate, changes: Partial<Parameters<typeof makeCertificate>[0]> = {}) =>
  makeCertificate({ commonName: 'localhost', names: ['localhost'], issuer, ...changes });
const sound = issuedBy(intermediate);
const past = { notBefore: new Date(Date.now() - 10 * DAY), notAfter: new Date(Date.now() - DAY) };

const file = (name: string, text: string | Uint8Array): string => {
  const path = join(home, name);
  writeFileSync(path, text);
  return path;
};
const roots = file('root.pem', root.pem);
const pair = (name: string, certificate: TestCertificate): string[] => [
  '--cert',
  file(`${name}.pem`, certificate.pem + intermediate.pem),
  '--key',
  file(`${name}-key.pem`, certificate.keyPem),
];

const closing: { close(): unknown }[] = [];
const sockets = new Set<Socket>();
const quiet = (socket: Socket): Socket => {
  sockets.add(socket);
  return socket.on('error', () => {});
};
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of closing) await server.close();
});

async function portOf(server: ReturnType<typeof createServer>): Promise<number> {
  closing.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const plain = (onConnection: (socket: Socket) => void): Promise<number> =>
  portOf(createServer((socket) => onConnection(quiet(socket))));

const serve = (certificate: TestCertificate, chain: TestCertificate[], options: tls.TlsOptions = {}) =>
  portOf(
    tls.createServer(
      { cert: [certificate, ...chain].map(({ pem }) => pem).join(''), key: certificate.keyPem, ...options },
      (socket) => quiet(socket).resume(),
    ),
  );

/** Answers a client_hello with what a real server sends, as it was changed. */
async function changed(change: (flight: Buffer) => Buffer): Promise<number> {
  const inner = await serve(sound, [intermediate], { maxVersion: 'TLSv1.2' });
  return plain((socket) => {
    const upstream = quiet(connect(inner, '127.0.0.1'));
    socket.pipe(upstream);
    upstream.once('data', (bytes: Buffer) => socket.write(change(bytes)));
  });
}

const afterHello = (flight: Buffer, rest: Buffer): Buffer =>
  Buffer.concat([flight.subarray(0, 5 + flight.readUInt16BE(3)), rest]);

async function handshake(argv: readonly string[]) {
  const world = testWorld({ home, now: new Date() });
  const status = await run(['handshake', ...argv, '--roots', roots, '--timeout', '400'], world);
  return { status, ...world.written };
}

const at = (port: number): string[] => [`localhost:${port}`, '--connect', `127.0.0.1:${port}`];

interface Named {
  readonly code: string;
  readonly fault?: { readonly code: string; readonly fix: string };
}

/** What is named: by the refusal or by the chain's best problem. */
async function named(port: number, flags: readonly string[] = []) {
  const { status, out } = await handshake([...at(port), ...flags, '--json']);
  const { established, findings, verification } = JSON.parse(out);
  const [first]: Named[] = established ? verification.problems : findings;
  const text = await handshake([...at(port), ...flags]);
  expect(text.status).toBe(status);
  expect(text.out).toContain(`${first?.fault?.code}]`);
  expect(first?.fault?.fix).not.toMatch(/^run "devca handshake /);
  return [status, first?.code, first?.fault?.code.replace('DEVCA_FAULT_', '')];
}

describe('devca handshake names what is wrong with a server, and exits 4:', () => {
  const old = issuedBy(root, { ca: true, commonName: 'old', ...past });
  const certificates: [string, TestCertificate, TestCertificate[], string, string][] = [
    ['an expired certificate', issuedBy(intermediate, past), [intermediate], 'DEVCA_PATH_EXPIRED', 'EXPIRED'],
    ['an expired intermediate', issuedBy(old), [old], 'DEVCA_PATH_EXPIRED', 'ISSUER_EXPIRED'],
    [
      'another name',
      issuedBy(intermediate, { names: ['other.test'] }),
      [intermediate],
      'DEVCA_NAME_MISMATCH',
      'NAME_MISMATCH',
    ],
    [
      'an unknown root',
      issuedBy(stranger.intermediate),
      [stranger.intermediate],
      'DEVCA_PATH_MISSING_INTERMEDIATE',
      'UNKNOWN_CA',
    ],
    [
      'an unknown root that is sent',
      issuedBy(stranger.intermediate),
      [stranger.intermediate, stranger.root],
      'DEVCA_PATH_UNTRUSTED_ROOT',
      'UNKNOWN_CA',
    ],
    ['a missing intermediate', sound, [], 'DEVCA_PATH_MISSING_INTERMEDIATE', 'MISSING_INTERMEDIATE'],
    ['no issuer', makeCertificate({ commonName: 'x' }), [], 'DEVCA_PATH_SELF_SIGNED', 'SELF_SIGNED'],
    [
      'another purpose',
      issuedBy(intermediate, { purposes: ['clientAuth'] }),
      [intermediate],
      'DEVCA_PATH_PURPOSE',
      'WRONG_EKU',
    ],
  ];

  it.each(certificates)('%s', async (_what, certificate, chain, code, fault) => {
    expect(await named(await serve(certificate, chain))).toEqual([4, code, fault]);
  });

  it('an address that is not in the certificate', async () => {
    const port = await serve(sound, [intermediate]);
    const { status, out } = await handshake([`127.0.0.1:${port}`, '--json']);
    expect(status).toBe(4);
    expect(JSON.parse(out).verification.problems[0]).toMatchObject({
      fault: { code: 'DEVCA_FAULT_IP_MISMATCH' },
    });
  });

  const mutual = { requestCert: true, rejectUnauthorized: true, ca: root.pem };

  it.each(['TLSv1.3', 'TLSv1.2'] as const)('no client certificate, %s', async (maxVersion) => {
    const port = await serve(sound, [intermediate], { ...mutual, maxVersion });
    expect(await named(port)).toEqual([4, 'DEVCA_WIRE_ALERT', 'CLIENT_CERT_MISSING']);
  });

  it.each([
    ['that has expired', issuedBy(intermediate, { purposes: ['clientAuth'], ...past }), 'EXPIRED'],
    ['for servers', issuedBy(intermediate, { purposes: ['serverAuth'] }), 'WRONG_EKU'],
    [
      'of an unknown issuer',
      makeCertificate({ commonName: 'x', purposes: ['clientAuth'] }),
      'UNKNOWN_ISSUER',
    ],
  ] as const)('a client certificate %s, which Node refuses without a word', async (what, client, fault) => {
    const port = await serve(sound, [intermediate], mutual);
    expect(await named(port, pair(what.replaceAll(' ', '-'), client))).toEqual([
      4,
      'DEVCA_WIRE_CLOSED',
      `CLIENT_CERT_${fault}`,
    ]);
  });

  it.each<[string, tls.TlsOptions, string[], string]>([
    ['version', { minVersion: 'TLSv1.3' }, ['--tls', '1.2'], 'VERSION'],
    [
      'cipher suite',
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
      ['--tls', '1.2', '--ciphers', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
      'CIPHER',
    ],
    ['application protocol', { ALPNProtocols: ['mqtt'] }, ['--alpn', 'h2'], 'ALPN'],
  ])('no %s in common', async (_what, server, flags, fault) => {
    const port = await serve(sound, [intermediate], server);
    expect(await named(port, flags)).toEqual([4, 'DEVCA_WIRE_ALERT', fault]);
  });

  it.each<[string, (socket: Socket) => void, string, string]>([
    [
      'plain HTTP',
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
      'DEVCA_WIRE_PLAIN_HTTP',
      'TLS_TO_PLAIN',
    ],
    ['SSH', (socket) => socket.write('SSH-2.0-x\r\n'), 'DEVCA_WIRE_OTHER_PROTOCOL', 'TLS_TO_PLAIN'],
    ['SMTP', (socket) => socket.write('220 x ESMTP\r\n'), 'DEVCA_WIRE_NEEDS_STARTTLS', 'TLS_TO_PLAIN'],
    ['a reset', (socket) => socket.once('data', () => socket.resetAndDestroy()), 'DEVCA_WIRE_RESET', 'RESET'],
    // As PostgreSQL before 17, to which the record's header is an impossible length.
    [
      'PostgreSQL',
      (socket) => socket.once('data', () => socket.end()),
      'DEVCA_WIRE_CLOSED',
      'CLOSED_IN_HANDSHAKE',
    ],
    ['silence', (socket) => socket.resume(), 'DEVCA_WIRE_STALLED', 'TIMEOUT'],
    [
      'garbage',
      (socket) => socket.once('data', () => socket.write(Buffer.alloc(64, 0x99))),
      'DEVCA_WIRE_OTHER_PROTOCOL',
      'TLS_TO_PLAIN',
    ],
  ])('%s', async (_what, onConnection, code, fault) => {
    expect(await named(await plain(onConnection))).toEqual([4, code, fault]);
  });

  it('a port that wants STARTTLS, with the flag for it', async () => {
    const port = await plain((socket) => socket.once('data', () => socket.end()));
    expect((await handshake(at(port))).out).toContain('add "--starttls postgres"');
  });

  it.each<[string, (flight: Buffer) => Buffer, string, string]>([
    ['a stall in the middle', (flight) => flight.subarray(0, 200), 'DEVCA_WIRE_STALLED', 'TIMEOUT'],
    [
      'garbage in the middle',
      (flight) => afterHello(flight, Buffer.alloc(99, 0xee)),
      'DEVCA_WIRE_GARBAGE',
      'PROTOCOL_ERROR',
    ],
    [
      'a certificate message of 16 MiB',
      (flight) => afterHello(flight, Buffer.from('16030300080bffffff00000000', 'hex')),
      'DEVCA_WIRE_GARBAGE',
      'PROTOCOL_ERROR',
    ],
  ])('%s', async (_what, change, code, fault) => {
    expect(await named(await changed(change))).toEqual([4, code, fault]);
  });
});

describe('devca handshake exits 1 where nothing could be measured, and the error stands for a fault:', () => {
  async function failed(argv: readonly string[]) {
    const started = performance.now();
    const { status, out } = await handshake([...argv, '--json']);
    const { code } = JSON.parse(out).error;
    return { outcome: [status, code, ownCodeFaults[code]], ms: performance.now() - started };
  }

  it('an unknown host', async () => {
    const { outcome } = await failed(['no-such-host.invalid']);
    expect(outcome).toEqual([1, 'DEVCA_WIRE_HOST_UNKNOWN', 'DEVCA_FAULT_NAME_NOT_FOUND']);
  });

  it('a closed port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const { outcome } = await failed(at(port));
    expect(outcome).toEqual([1, 'DEVCA_WIRE_CONNECTION_REFUSED', 'DEVCA_FAULT_PORT_CLOSED']);
  });

  it('a port that answers nothing at all, within the time limit', async () => {
    const { outcome, ms } = await failed(at(await silentPort()));
    expect(outcome).toEqual([1, 'DEVCA_WIRE_CONNECTION_TIMEOUT', 'DEVCA_FAULT_TIMEOUT']);
    expect(ms).toBeLessThan(3000);
  });
});

/** A listener whose thread sleeps: once its queue is full, the system drops what comes, as a firewall does. */
async function silentPort(): Promise<number> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads');
     const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30000);
     });`,
    { eval: true },
  );
  closing.push({ close: () => worker.terminate() });
  const [port] = (await once(worker, 'message')) as [number];
  for (let count = 0; count < 20; count++) {
    const socket = connect(port, '127.0.0.1');
    quiet(socket);
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (socket.connecting) return port;
  }
  throw new Error('the queue does not fill');
}

describe('devca handshake --read', () => {
  const capture = join(home, 'good.pcapng');
  const read = async (...argv: string[]) => {
    const { status, out } = await handshake(['--read', ...argv, '--json']);
    return { status, document: JSON.parse(out) };
  };
  beforeAll(async () => {
    const port = await serve(sound, [intermediate]);
    expect((await handshake([...at(port), '--pcapng', capture])).status).toBe(0);
  });

  it('explains what it can of a capture that is cut off, and says what is lacking', async () => {
    const bytes = readFileSync(capture);
    expect(await read(file('cut.pcapng', bytes.subarray(0, bytes.length - 30)))).toMatchObject({
      status: 0,
      document: { findings: [{ code: 'DEVCA_WIRE_CAPTURE_TRUNCATED' }], connections: [{}] },
    });
  });

  it('refuses what is no key log, and what is no capture', async () => {
    expect(await read(capture, '--keylog', file('wrong.keys', 'no key log\n'))).toMatchObject({
      status: 1,
      document: { error: { code: 'DEVCA_WIRE_KEY_LOG_INVALID' } },
    });
    expect(await read(file('none.pcapng', Buffer.alloc(99, 1)))).toMatchObject({
      status: 1,
      document: { error: { code: 'DEVCA_WIRE_CAPTURE_INVALID' } },
    });
  });
});
