import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type PageServer, type ServerLimits, startPageServer } from '../../../src/server/page-server.ts';

const open: PageServer[] = [];
const served: string[] = [];

async function serve(
  limits: Partial<ServerLimits> = {},
  { address = '127.0.0.1', port = 0 } = {},
): Promise<PageServer> {
  const server = await startPageServer({
    address,
    port,
    limits,
    files: () =>
      new Map([
        [
          '/secret',
          { label: 'the page', headers: { 'Content-Type': 'text/html' }, body: () => Buffer.from('hello') },
        ],
        ['/agent', { label: 'who', headers: {}, body: (agent: string) => Buffer.from(agent) }],
      ]),
    onServed: (label, to) => served.push(`${to} ${label}`),
  });
  open.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
  served.splice(0);
});

/** All that comes back on one connection. */
function talk({ port }: PageServer, text: string, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

const request = (server: PageServer, line: string, ...headers: string[]): string =>
  [line, `Host: 127.0.0.1:${server.port}`, ...headers, '', ''].join('\r\n');

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('the server of pages', () => {
  it('serves what it has, once a connection, and says so', async () => {
    const server = await serve();
    const answer = await talk(server, request(server, 'GET /secret HTTP/1.1').repeat(2));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\nContent-Length: 5\r\n[\s\S]*\r\n\r\nhello$/);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(served).toEqual(['127.0.0.1 the page']);
    expect(statusOf(await talk(server, request(server, 'GET /secret?from=a-scanner HTTP/1.1')))).toBe(200);
  });

  it('answers HEAD without a body, and does not say that something was taken', async () => {
    const server = await serve();
    expect(await talk(server, request(server, 'HEAD /secret HTTP/1.1'))).toMatch(
      /^HTTP\/1\.1 200 OK\r\n[\s\S]*Content-Length: 5[\s\S]*\r\n\r\n$/,
    );
    expect(served).toEqual([]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH', 'PROPFIND'])(
    'refuses %s',
    async (method) => {
      const server = await serve();
      const answer = await talk(server, request(server, `${method} /secret HTTP/1.1`));
      expect(statusOf(answer)).toBe(405);
      expect(answer).toContain('Allow: GET, HEAD');
    },
  );

  it('opens no tunnel and switches to no other protocol', async () => {
    const server = await serve();
    expect(await talk(server, request(server, 'CONNECT example.com:443 HTTP/1.1'))).toBe('');
    const upgrade = request(server, 'GET /secret HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket');
    expect(statusOf(await talk(server, upgrade))).toBe(200);
  });

  it('answers nobody who was led here by another name', async () => {
    const server = await serve();
    const as = (host: string) => talk(server, `GET /secret HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    for (const host of [
      'evil.example',
      `evil.example:${server.port}`,
      '127.0.0.1',
      '127.0.0.1:1',
      `localhost:${server.port}`,
    ])
      expect([host, statusOf(await as(host))]).toEqual([host, 421]);
    expect(served).toEqual([]);
  });

  it('wants exactly one Host', async () => {
    const server = await serve();
    const own = `Host: 127.0.0.1:${server.port}\r\n`;
    expect(statusOf(await talk(server, 'GET /secret HTTP/1.1\r\n\r\n'))).toBe(400);
    expect(statusOf(await talk(server, 'GET /secret HTTP/1.0\r\n\r\n'))).toBe(400);
    expect(statusOf(await talk(server, `GET /secret HTTP/1.1\r\n${own}Host: evil.example\r\n\r\n`))).toBe(
      400,
    );
    expect(statusOf(await talk(server, `GET /secret HTTP/1.0\r\n${own}\r\n`))).toBe(200);
  });

  it.each([
    '/',
    '/secret/',
    '/Secret',
    '//secret',
    '/./secret',
    '/secret/../secret',
    '/%73ecret',
    '/..%2f..%2fetc/passwd',
    '*',
    '/secret%00',
    '/toString',
    'http://127.0.0.1/secret',
  ])('has nothing at %s', async (path) => {
    const server = await serve();
    expect(statusOf(await talk(server, request(server, `GET ${path} HTTP/1.1`)))).toBe(404);
  });

  it('sends its headers with every answer, a refusal too', async () => {
    const server = await serve();
    for (const path of ['/secret', '/nothing']) {
      const answer = await talk(server, request(server, `GET ${path} HTTP/1.1`));
      for (const header of [
        "Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        'Cache-Control: no-store',
        'Referrer-Policy: no-referrer',
        'X-Content-Type-Options: nosniff',
        'X-Frame-Options: DENY',
        'Connection: close',
      ])
        expect(answer).toContain(`\r\n${header}\r\n`);
    }
  });

  it.each([
    ['noise', '\u0000\u0001\u0002\r\n\r\n', 400],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003', 400],
    ['a header without end', `GET /secret HTTP/1.1\r\nX: ${'x'.repeat(9_000)}`, 431],
    ['a path without end', `GET /${'x'.repeat(9_000)} HTTP/1.1\r\n`, 431],
    ['two lengths', 'GET /secret HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    [
      'a body of two kinds',
      'GET /secret HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
    ],
    ['a folded header', 'GET /secret HTTP/1.1\r\nHost: x\r\n y\r\n\r\n', 400],
  ])('refuses %s', async (_what, text, status) => {
    const server = await serve();
    expect(statusOf(await talk(server, text))).toBe(status);
    expect(statusOf(await talk(server, request(server, 'GET /secret HTTP/1.1')))).toBe(200);
  });

  it('reads no body', async () => {
    const server = await serve();
    const answer = await talk(server, request(server, 'GET /secret HTTP/1.1', 'Content-Length: 1000000'));
    expect(statusOf(answer)).toBe(200);
  });

  it('ends a connection on which nothing is said, or a header comes byte by byte', async () => {
    const server = await serve({ headersMs: 300 });
    const begin = performance.now();
    expect(await talk(server, '')).toMatch(/^(HTTP\/1\.1 408|$)/);
    const slow = connect(server.port, '127.0.0.1');
    slow.on('error', () => undefined);
    const drip = setInterval(() => slow.write('x'), 50);
    slow.write('GET /secret HTTP/1.1\r\nX: ');
    await new Promise((resolve) => slow.once('close', resolve));
    clearInterval(drip);
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  it('ends a connection that has lasted long enough, whatever it does', async () => {
    const server = await serve({ connectionMs: 200 });
    expect(await talk(server, 'GET /secret HTTP/1.1\r\n')).toBe('');
  });

  it('lets one address have so many connections and no more, and forgets those that ended', async () => {
    const server = await serve({ connectionsPerAddress: 3 });
    const held: Socket[] = [];
    for (let count = 0; count < 3; count++) {
      const socket = connect(server.port, '127.0.0.1');
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.once('connect', resolve));
      held.push(socket);
    }
    await pause(50);
    expect(await talk(server, request(server, 'GET /secret HTTP/1.1'))).toBe('');
    for (const socket of held) socket.destroy();
    await pause(50);
    expect(statusOf(await talk(server, request(server, 'GET /secret HTTP/1.1')))).toBe(200);
  });

  it('lets all together have so many and no more', async () => {
    const server = await serve({ connections: 1 });
    const held = connect(server.port, '127.0.0.1');
    held.on('error', () => undefined);
    await new Promise((resolve) => held.once('connect', resolve));
    await pause(50);
    expect(await talk(server, request(server, 'GET /secret HTTP/1.1'))).toBe('');
    held.destroy();
  });

  it('serves on IPv6, with brackets in the Host', async () => {
    const server = await serve({}, { address: '::1' });
    expect(server.origin).toBe(`http://[::1]:${server.port}`);
    const ask = (host: string) => talk(server, `GET /secret HTTP/1.1\r\nHost: ${host}\r\n\r\n`, '::1');
    expect(statusOf(await ask(`[::1]:${server.port}`))).toBe(200);
    expect(statusOf(await ask(`[0:0:0:0:0:0:0:1]:${server.port}`))).toBe(421);
    expect(served).toEqual(['::1 the page']);
  });

  it('listens on its one address alone', async () => {
    const server = await serve({}, { address: '127.0.0.1' });
    const elsewhere = new Promise((resolve) => {
      connect(server.port, '127.0.0.2')
        .on('error', resolve)
        .on('connect', () => resolve('connected'));
    });
    expect(await elsewhere).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('says which port is taken: DEVCA_SERVER_PORT_IN_USE', async () => {
    const { port } = await serve();
    await expect(serve({}, { port })).rejects.toMatchObject({ code: 'DEVCA_SERVER_PORT_IN_USE' });
  });

  it('says that an address is not there: DEVCA_SERVER_LISTEN_FAILED', async () => {
    await expect(serve({}, { address: '203.0.113.77' })).rejects.toMatchObject({
      code: 'DEVCA_SERVER_LISTEN_FAILED',
    });
  });

  it('ends open connections when it ends', async () => {
    const server = await serve();
    const answer = talk(server, 'GET /secret HTTP/1.1\r\n');
    await pause(50);
    await server.close();
    expect(await answer).toBe('');
    await server.close();
  });
});
