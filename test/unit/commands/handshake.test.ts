import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, describe, expect, it } from '@jest/globals';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';
import { makeAuthority, makeCertificate } from '../wire/certificates.ts';

const home = scratchFolder();
const { root, intermediate } = makeAuthority();
const server = makeCertificate({
  commonName: 'localhost',
  names: ['localhost', '127.0.0.1'],
  issuer: intermediate,
});
const client = makeCertificate({ commonName: 'alice', purposes: ['clientAuth'], issuer: intermediate });
const file = (name: string, text: string): string => {
  const path = join(home, name);
  writeFileSync(path, text);
  return path;
};
const roots = file('root.pem', root.pem);
const serverFile = file('server.pem', server.pem + intermediate.pem + server.keyPem);
const clientFile = file('client.pem', client.pem + intermediate.pem);
const clientKey = file('client-key.pem', client.keyPem);
const both = file('both.pem', client.pem + intermediate.pem + client.keyPem);

const sockets = new Set<{ destroy(): void }>();
const listener = tls
  .createServer(
    {
      cert: server.pem + intermediate.pem,
      key: server.keyPem,
      requestCert: true,
      rejectUnauthorized: false,
      ca: root.pem,
      ALPNProtocols: ['h2'],
    },
    (socket) => {
      sockets.add(socket.on('error', () => {}).resume());
    },
  )
  .listen(0, '127.0.0.1');
await once(listener, 'listening');
const { port } = listener.address() as AddressInfo;
const target = `localhost:${port}`;
const connect = `127.0.0.1:${port}`;
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  listener.close();
});

async function handshake(...argv: string[]) {
  const world = testWorld({ home, now: new Date() });
  const status = await run(['handshake', ...argv], world);
  return { status, ...world.written };
}

const json = async (...argv: string[]) => {
  const { status, out } = await handshake(...argv, '--json');
  return { status, document: JSON.parse(out) };
};

describe('devca handshake', () => {
  it('shows one handshake in three phases', async () => {
    const { status, out, error } = await handshake(target, '--connect', connect, '--roots', roots);
    expect({ status, error }).toEqual({ status: 0, error: '' });
    for (const text of [
      '1 hello and cipher suite',
      '2 certificates and authentication',
      '3 key exchange and Finished',
    ])
      expect(out).toContain(text);
    expect(out).toContain(
      'TLSv1.3 · TLS_AES_256_GCM_SHA384 · X25519MLKEM768 · ecdsa_secp256r1_sha256 · ALPN h2 · SNI localhost',
    );
    expect(out).toMatch(/-> client_hello +\d+ B {2}/);
    expect(out).toContain('devca: valid');
  });

  it('has every field with -v', async () => {
    const { out } = await handshake(target, '--connect', connect, '--roots', roots, '-v');
    expect(out).toContain('cipherSuite: TLS_AES_256_GCM_SHA384');
    expect(out).toContain('"name":"supported_versions"');
  });

  it('prints in the manner of curl with --curl', async () => {
    const { out } = await handshake(target, '--connect', connect, '--roots', roots, '--curl');
    for (const line of [
      `* Connected to localhost (127.0.0.1) port ${port}`,
      '* ALPN: offers h2,http/1.1',
      '* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384 / X25519MLKEM768 / ecdsa_secp256r1_sha256',
      '*  subject: CN=localhost',
      '*  SSL certificate verify ok.',
    ])
      expect(out).toContain(`${line}\n`.trim());
  });

  it('prints the documented shape with --json', async () => {
    const { status, document } = await json(
      target,
      '--connect',
      connect,
      '--roots',
      roots,
      '--cert',
      clientFile,
      '--key',
      clientKey,
    );
    expect(status).toBe(0);
    expect(document).toMatchObject({
      schema: 1,
      target,
      address: connect,
      protocol: 'TLSv1.3',
      cipherSuite: 'TLS_AES_256_GCM_SHA384',
      group: 'X25519MLKEM768',
      signatureScheme: 'ecdsa_secp256r1_sha256',
      alpn: 'h2',
      resumed: false,
      established: true,
      phases: {
        dns: null,
        tcp: expect.any(Number),
        hello: expect.any(Number),
        authentication: expect.any(Number),
        finished: expect.any(Number),
      },
      chain: [{ subject: 'CN=localhost' }, { subject: 'CN=wire test intermediate' }],
      verification: { valid: true, acceptedBy: [roots] },
      alert: null,
      findings: [],
    });
    expect(document.messages[0]).toMatchObject({
      at: 0,
      from: 'client',
      type: 'client_hello',
      encrypted: false,
    });
    expect(document.messages.map(({ type }: { type: string }) => type)).toContain('encrypted_extensions');
  });

  it('exits 4 where the chain is not valid', async () => {
    const other = file('other.pem', makeAuthority('other').root.pem);
    const { status, document } = await json(target, '--connect', connect, '--roots', other);
    expect(status).toBe(4);
    expect(document.verification).toMatchObject({ valid: false, runtime: { authorized: false } });
    expect(document.findings.map(({ code }: { code: string }) => code)).toContain(
      'DEVCA_WIRE_CHAIN_INCOMPLETE',
    );
  });

  it('exits 4 at a server without TLS, and 1 where there is none', async () => {
    const plain = createServer((socket) => {
      sockets.add(socket.on('error', () => {}).resume());
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const place = `127.0.0.1:${(plain.address() as AddressInfo).port}`;
    expect(await json(place, '--roots', roots)).toMatchObject({
      status: 4,
      document: { established: false, findings: [{ code: 'DEVCA_WIRE_PLAIN_HTTP' }] },
    });
    plain.close();
    await once(plain, 'close');
    expect(await json(place, '--roots', roots)).toMatchObject({
      status: 1,
      document: { error: { code: 'DEVCA_WIRE_CONNECTION_REFUSED' } },
    });
  });

  it('writes capture, key log and page, the secret ones for the owner only', async () => {
    const names = ['a.pcapng', 'a.keys', 'a.html'].map((name) => join(home, name));
    const [capture = '', keys = '', page = ''] = names;
    const written = ['--pcapng', capture, '--keylog', keys, '--html', page];
    expect((await handshake(target, '--connect', connect, '--roots', roots, ...written)).status).toBe(0);
    expect(names.map((name) => statSync(name).mode & 0o777)).toEqual([0o600, 0o600, 0o644]);
    expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>[\s\S]*client_hello[\s\S]*<\/html>\n$/);
    const { status, document } = await json('--read', capture);
    expect(status).toBe(0);
    expect(document.connections[0].messages.map(({ type }: { type: string }) => type)).toContain(
      'certificate_verify',
    );
    expect((await handshake('--read', capture, '--keylog', keys)).out).toContain('1 TLS connections');
  });

  it('shows a resumed handshake with --resume', async () => {
    const { status, document } = await json(target, '--connect', connect, '--roots', roots, '--resume');
    expect(status).toBe(0);
    expect(document).toMatchObject({ established: true, resumed: true, chain: [], roundTrips: 1 });
  });

  it('measures and scans', async () => {
    const cost = await json(target, '--connect', connect, '--roots', roots, '--repeat', '2');
    expect(cost).toMatchObject({ status: 0, document: { target, runs: 2, full: { roundTrips: 1 } } });
    const text = await handshake(target, '--connect', connect, '--roots', roots, '--repeat', '2');
    expect(text.out).toMatch(/^HANDSHAKE +RUNS +MEDIAN/);
    const scan = await handshake(target, '--connect', connect, '--roots', roots, '--scan');
    expect(scan).toMatchObject({ status: 0, out: expect.stringContaining('TLSv1.3, TLSv1.2') });
  });

  it('listens', async () => {
    const world = testWorld({ home, now: new Date() });
    const running = run(
      [
        'handshake',
        '--listen',
        '0',
        '--cert',
        serverFile,
        '--roots',
        roots,
        '--require-client-cert',
        '--json',
      ],
      world,
    );
    let at: string | undefined;
    while (at === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      at = /listening on 127\.0\.0\.1:(\d+)/.exec(world.written.error)?.[1];
    }
    const socket = tls.connect({
      port: Number(at),
      host: '127.0.0.1',
      rejectUnauthorized: false,
      cert: client.pem + intermediate.pem,
      key: client.keyPem,
    });
    socket.on('error', () => {}).on('secureConnect', () => socket.end('hi'));
    socket.resume();
    expect(await running).toBe(0);
    expect(JSON.parse(world.written.out)).toMatchObject({
      schema: 1,
      handshakes: [
        { established: true, clientChain: [{ subject: 'CN=alice' }, {}], verification: { valid: true } },
      ],
    });
  });

  it('shows both ends of a handshake', async () => {
    const page = join(home, 'both.html');
    const { status, out } = await handshake('--between', serverFile, both, '--roots', roots, '--html', page);
    expect(status).toBe(0);
    expect(out).toContain('both ends on one clock');
    expect(out).toMatch(/client +0\.000 ms --> +[\d.]+ ms server {2}client_hello/);
    expect(existsSync(page)).toBe(true);
  });

  it.each([
    [[], 'give HOST:PORT'],
    [['--between', 'a'], '"--between" needs the server certificate and the client certificate'],
    [[target, '--key', clientKey], '"--key" goes with "--cert"'],
    [[target, '--cert', clientFile], '"--cert FILE" needs "--key FILE"'],
    [[target, '--starttls', 'gopher'], '--starttls'],
    [[target, '--tls', '0.9'], '--tls'],
    [['http://localhost'], 'http:// has no TLS'],
  ])('refuses %j as wrong usage', async (argv, text) => {
    const { status, out, error } = await handshake(...argv);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(error).toContain(text);
  });
});
