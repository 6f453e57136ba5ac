import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type InspectOptions, inspect, inspectHandshake } from '../../../src/wire/inspect-handshake.ts';
import { STARTTLS_PROTOCOLS, type StartTlsProtocol } from '../../../src/wire/starttls.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';

const { root, intermediate } = makeAuthority();
const identity = makeCertificate({
  commonName: 'localhost',
  names: ['localhost', '127.0.0.1'],
  issuer: intermediate,
});
const credentials = { cert: identity.pem + intermediate.pem, key: identity.keyPem };
const world = { clock: { now: () => new Date() } };
const servers: { close(): void }[] = [];
afterAll(() => {
  for (const server of servers) server.close();
  for (const socket of sockets) socket.destroy();
});

const sockets = new Set<Socket>();

function quiet(socket: Socket): Socket {
  sockets.add(socket);
  return socket.on('error', () => {});
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const plainServer = (onConnection: (socket: Socket) => void): Promise<number> =>
  listening(createServer((socket) => onConnection(quiet(socket))));

const tlsServer = (options: tls.TlsOptions = {}): Promise<number> =>
  listening(tls.createServer({ ...credentials, ...options }, (socket) => quiet(socket).resume()));

const examine = (port: number, options: InspectOptions = {}) =>
  inspectHandshake(`localhost:${port}`, { connect: `127.0.0.1:${port}`, timeoutMs: 400, ...options }, world);

const firstFinding = async (port: number, options: InspectOptions = {}) => {
  const report = await examine(port, options);
  expect(report.established).toBe(false);
  return report.findings[0];
};

describe('a good server', () => {
  it('is reported whole', async () => {
    const report = await examine(await tlsServer({ ALPNProtocols: ['h2'] }), { roots: [root.pem] });
    expect(report).toMatchObject({
      established: true,
      protocol: 'TLSv1.3',
      alpn: 'h2',
      resumed: false,
      alert: null,
      roundTrips: 1,
      findings: [],
      verification: { valid: null, runtime: { authorized: true, code: null } },
    });
    expect(report.phases.dns).toBeNull();
    expect(report.phases.tcp).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('is judged by validation for each set of roots', async () => {
    const questions: unknown[] = [];
    const report = await examine(await tlsServer(), {
      rootSets: [
        { name: 'other', anchors: ['other'] },
        { name: 'own', anchors: [root.pem] },
        { name: 'none', anchors: [] },
      ],
      verify: async (question) => {
        questions.push(question);
        return question.trustAnchors[0] === root.pem
          ? { valid: true, problems: [] }
          : { valid: false, problems: [{ code: 'DEVCA_PATH_UNTRUSTED_ROOT', message: 'no' }] };
      },
    });
    expect(report.verification).toMatchObject({ valid: true, acceptedBy: ['own'], problems: [] });
    expect(questions).toHaveLength(2);
    expect(questions[0]).toMatchObject({ name: { kind: 'dns', value: 'localhost' }, purpose: 'server' });
  });

  it('is told apart from what the runtime thinks of its name', async () => {
    const port = await tlsServer();
    const report = await examine(port, { roots: [root.pem], servername: 'other.test' });
    expect(report.established).toBe(true);
    expect(report.verification.runtime?.code).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('is established even if it hangs up at once, where it asked for no certificate', async () => {
    const hasty = tls.createServer(credentials, (socket) => quiet(socket).destroy());
    expect(await examine(await listening(hasty))).toMatchObject({ established: true, alert: null });
  });

  it('resumes a session that is given back', async () => {
    const port = await tlsServer();
    const first = await inspect(`127.0.0.1:${port}`, {}, world);
    expect(first.report.negotiation.serverName).toBeNull();
    const { session } = first.observation;
    if (session === undefined) throw new Error('no session');
    const second = await inspect(`127.0.0.1:${port}`, { session }, world);
    expect(second.report).toMatchObject({ established: true, resumed: true, chain: [] });
  });
});

describe('a bad server is named by what it did', () => {
  it('speaks plain HTTP', async () => {
    const port = await plainServer((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    );
    expect(await firstFinding(port)).toMatchObject({ code: 'DEVCA_WIRE_PLAIN_HTTP', severity: 'error' });
  });

  it('speaks SSH', async () => {
    const port = await plainServer((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
    expect(await firstFinding(port)).toMatchObject({
      code: 'DEVCA_WIRE_OTHER_PROTOCOL',
      message: expect.stringContaining('speaks SSH, not TLS; it began with "SSH-2.0-OpenSSH_9.2'),
    });
  });

  it('greets in a protocol that needs STARTTLS', async () => {
    const port = await plainServer((socket) => socket.write('220 mail.test ESMTP\r\n'));
    expect(await firstFinding(port)).toMatchObject({
      code: 'DEVCA_WIRE_NEEDS_STARTTLS',
      fix: 'add "--starttls smtp"',
    });
  });

  it('resets', async () => {
    const port = await plainServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await firstFinding(port)).toMatchObject({
      code: 'DEVCA_WIRE_RESET',
      message: expect.stringContaining("reset the connection after client's client_hello"),
    });
  });

  it('hangs up', async () => {
    const port = await plainServer((socket) => socket.once('data', () => socket.end()));
    expect(await firstFinding(port)).toMatchObject({ code: 'DEVCA_WIRE_CLOSED' });
  });

  it('says nothing', async () => {
    const port = await plainServer((socket) => socket.resume());
    expect(await firstFinding(port)).toMatchObject({
      code: 'DEVCA_WIRE_STALLED',
      message: expect.stringContaining('within 400 ms'),
    });
  });

  it('stops in the middle of its answer', async () => {
    const inner = await tlsServer({ maxVersion: 'TLSv1.2' });
    const port = await plainServer((socket) => {
      const upstream = quiet(connect(inner, '127.0.0.1'));
      socket.pipe(upstream);
      upstream.once('data', (bytes) => socket.write(bytes.subarray(0, 200)));
    });
    expect(await firstFinding(port)).toMatchObject({
      code: 'DEVCA_WIRE_STALLED',
      message: expect.stringContaining("after server's server_hello"),
    });
  });

  it('sends garbage', async () => {
    const port = await plainServer((socket) =>
      socket.once('data', () => socket.write(Buffer.alloc(64, 0x99))),
    );
    expect(await firstFinding(port)).toMatchObject({ code: 'DEVCA_WIRE_OTHER_PROTOCOL' });
  });

  it('sends much garbage, which is no large chain', async () => {
    const port = await plainServer((socket) =>
      socket.once('data', () => socket.write(Buffer.alloc(60_000, 0x99))),
    );
    const { findings } = await inspectHandshake(`127.0.0.1:${port}`, { timeoutMs: 400 }, world);
    expect(findings.map(({ code }) => code)).not.toContain('DEVCA_WIRE_CHAIN_LARGE');
  });

  it('sends garbage behind a sound beginning', async () => {
    const inner = await tlsServer({ maxVersion: 'TLSv1.2' });
    const port = await plainServer((socket) => {
      const upstream = quiet(connect(inner, '127.0.0.1'));
      socket.pipe(upstream);
      upstream.once('data', (bytes) => {
        const end = 5 + bytes.readUInt16BE(3);
        socket.write(Buffer.concat([bytes.subarray(0, end), Buffer.alloc(99, 0xee)]));
      });
    });
    expect(await firstFinding(port)).toMatchObject({ code: 'DEVCA_WIRE_GARBAGE' });
  });

  it('announces a certificate message of 16 MiB', async () => {
    const inner = await tlsServer({ maxVersion: 'TLSv1.2' });
    const port = await plainServer((socket) => {
      const upstream = quiet(connect(inner, '127.0.0.1'));
      socket.pipe(upstream);
      upstream.once('data', (bytes) => {
        const end = 5 + bytes.readUInt16BE(3);
        const oversized = Buffer.from([22, 3, 3, 0, 8, 11, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
        socket.write(Buffer.concat([bytes.subarray(0, end), oversized]));
      });
    });
    const finding = await firstFinding(port);
    expect(finding?.code).toBe('DEVCA_WIRE_GARBAGE');
    expect(finding?.message).toContain('certificate message has 16777215 bytes');
  });

  it.each([
    ['version', { maxVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.3' }, 'protocol_version'],
    [
      'cipher suite',
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
      'handshake_failure',
    ],
    ['ALPN', { ALPNProtocols: ['mqtt'] }, { alpn: ['h2'] }, 'no_application_protocol'],
  ] as [string, tls.TlsOptions, InspectOptions, string][])(
    'has no %s in common',
    async (_what, server, client, alert) => {
      const report = await examine(await tlsServer(server), client);
      expect(report.alert).toMatchObject({ from: 'server', description: alert, level: 'fatal' });
      expect(report.findings[0]?.code).toBe('DEVCA_WIRE_ALERT');
    },
  );

  it('refuses the client without an alert, as Node does', async () => {
    const port = await tlsServer({ requestCert: true, rejectUnauthorized: true, ca: root.pem });
    const other = makeCertificate({ commonName: 'mallory', purposes: ['clientAuth'] });
    const finding = await firstFinding(port, { cert: other.pem, key: other.keyPem });
    expect(finding).toMatchObject({
      code: 'DEVCA_WIRE_CLOSED',
      message: expect.stringContaining('without an alert'),
    });
  });
});

describe('where nothing can be measured an error says why', () => {
  const code = (name: string) => expect.objectContaining({ code: name });

  it('for a closed port', async () => {
    const port = await tlsServer();
    servers.pop()?.close();
    await expect(examine(port)).rejects.toEqual(code('DEVCA_WIRE_CONNECTION_REFUSED'));
  });

  it('for an unknown host', async () => {
    await expect(inspectHandshake('no-such-host.invalid', {}, world)).rejects.toEqual(
      code('DEVCA_WIRE_HOST_UNKNOWN'),
    );
  });

  it('for an address to which no connection can be made', async () => {
    await expect(inspectHandshake('255.255.255.255:443', { timeoutMs: 300 }, world)).rejects.toEqual(
      code('DEVCA_WIRE_CONNECTION_FAILED'),
    );
  });

  it('for settings that the runtime does not have', async () => {
    await expect(examine(1, { groups: 'no-such-group' })).rejects.toEqual(
      code('DEVCA_WIRE_OPTION_UNSUPPORTED'),
    );
    await expect(examine(1, { ciphers: 'no-such-suite' })).rejects.toEqual(
      code('DEVCA_WIRE_OPTION_UNSUPPORTED'),
    );
    await expect(examine(1, { signatureSchemes: 'nothing' })).rejects.toEqual(
      code('DEVCA_WIRE_OPTION_UNSUPPORTED'),
    );
  });

  it('for a certificate without its key, or with another', async () => {
    const stranger = makeCertificate({ commonName: 'stranger' });
    for (const options of [
      { cert: identity.pem },
      { key: identity.keyPem },
      { cert: identity.pem, key: stranger.keyPem },
    ])
      await expect(examine(1, options)).rejects.toEqual(code('DEVCA_WIRE_CLIENT_CERTIFICATE'));
  });
});

/** What a server says and expects before TLS: text that it sends, and a pattern that must come in between. */
type Script = readonly (string | Buffer | RegExp)[];

const MYSQL_GREETING = Buffer.concat([
  Buffer.from([0x4a, 0, 0, 0, 10]),
  Buffer.from('8.0.36\0'),
  Buffer.from([1, 0, 0, 0]),
  Buffer.from('12345678\0'),
  Buffer.from([0xff, 0xff, 45, 2, 0, 0xff, 0xdf, 21]),
  Buffer.alloc(0x4a - 1 - 7 - 4 - 9 - 8),
]);

const SCRIPTS: readonly [StartTlsProtocol, Script][] = [
  [
    'smtp',
    [
      '220-hello\r\n220 mail.test ESMTP\r\n',
      /^EHLO /,
      '250-mail.test\r\n250-SIZE 1\r\n250-STARTTLS\r\n250 OK\r\n',
      /^STARTTLS\r\n$/,
      '220 ready\r\n',
    ],
  ],
  ['imap', ['* OK ready\r\n', /^d1 STARTTLS\r\n$/, '* CAPABILITY X\r\nd1 OK begin\r\n']],
  ['pop3', ['+OK ready\r\n', /^STLS\r\n$/, '+OK begin\r\n']],
  ['ftp', ['220 ready\r\n', /^AUTH TLS\r\n$/, '234 begin\r\n']],
  [
    'ldap',
    [
      /\x301.3.6.1.4.1.1466.20037|1\.3\.6\.1\.4\.1\.1466\.20037$/,
      Buffer.from('300c02010178070a010004000400', 'hex'),
    ],
  ],
  ['postgres', [/^\0\0\0\x08\x04\xd2\x16\x2f$/, 'S']],
  ['mysql', [MYSQL_GREETING, /^ \0\0\x01[\s\S]{32}/]],
  [
    'xmpp',
    [
      /^<\?xml.*<stream:stream to='localhost'/,
      "<stream:stream id='1'><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>",
      /<starttls/,
      "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
    ],
  ],
];

async function scripted(script: Script, upgrade: boolean): Promise<number> {
  const inner = tls.createServer(credentials, (socket) => quiet(socket).resume());
  return plainServer((socket) => {
    play(script, socket, () => inner.emit('connection', socket), upgrade).catch(() => {});
  });
}

async function play(script: Script, socket: Socket, done: () => void, upgrade: boolean): Promise<void> {
  for (const step of script) {
    if (!(step instanceof RegExp)) socket.write(step);
    else {
      const arrived = once(socket, 'data') as Promise<[Buffer]>;
      socket.resume();
      const [bytes] = await arrived;
      const match = step.exec(bytes.toString('latin1'));
      if (match === null) {
        socket.destroy();
        return;
      }
      socket.pause();
      // MySQL goes on without an answer, so the client_hello may have come along.
      if (match[0].length === 36 && bytes.length > 36) socket.unshift(bytes.subarray(36));
    }
  }
  if (upgrade) done();
}

describe('TLS behind a beginning in plain text', () => {
  it.each(SCRIPTS)('is reached over %s', async (starttls, script) => {
    const report = await examine(await scripted(script, true), { starttls });
    expect(report).toMatchObject({ established: true, protocol: 'TLSv1.3', alpn: null });
    expect(report.phases.prelude).toBeGreaterThan(0);
  });

  const refusals: [StartTlsProtocol, Script, string][] = [
    ['smtp', ['220 ready\r\n', /^EHLO/, '250 mail.test\r\n'], 'the server does not offer STARTTLS'],
    ['smtp', ['554 go away\r\n'], 'the server answered "554 go away"'],
    ['imap', ['* OK ready\r\n', /^d1/, 'd1 BAD no\r\n'], 'the server answered "d1 BAD no"'],
    ['postgres', [/^/, 'N'], 'the server has TLS switched off (ssl = off)'],
    [
      'ldap',
      [/^/, Buffer.from('300c02010178070a013504000400', 'hex')],
      'the server answered with result code 53',
    ],
    ['mysql', [Buffer.from('0a000000ff1504486f7374206e6f', 'hex')], 'Host no'],
    [
      'xmpp',
      [/^/, '<stream:stream><stream:features/></stream:stream>'],
      'the server does not offer STARTTLS',
    ],
    [
      'ftp',
      ['220 ready\r\n', /^AUTH/, '234 begin\r\nMORE\r\n'],
      'it sent more in plain text behind its answer',
    ],
    ['pop3', [], 'no answer within 400 ms'],
  ];

  it.each(refusals)(
    'is refused over %s with the words of the server (%j)',
    async (starttls, script, detail) => {
      const port = await scripted(script, false);
      await expect(examine(port, { starttls })).rejects.toEqual(
        expect.objectContaining({
          code: 'DEVCA_WIRE_STARTTLS_FAILED',
          message: expect.stringContaining(detail),
        }),
      );
    },
  );
});

describe('hostile answers before TLS', () => {
  it.each(STARTTLS_PROTOCOLS)('over %s end in a coded error', async (starttls) => {
    for (let length = 0; length <= 4096; length = length * 4 + 1) {
      const port = await plainServer((socket) => socket.resume().end(randomBytes(length)));
      const error = await examine(port, { starttls }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'DEVCA_WIRE_STARTTLS_FAILED' });
    }
  });

  it('are cut off at their limit', async () => {
    const port = await plainServer((socket) => socket.resume().write(Buffer.alloc(200_000, 'x')));
    await expect(examine(port, { starttls: 'imap' })).rejects.toMatchObject({
      message: expect.stringContaining('it sent too much before TLS'),
    });
  });
});

describe('a proxy', () => {
  const proxy = (answer: string, seen: string[] = []): Promise<number> =>
    plainServer((socket) => {
      socket.once('data', (bytes) => {
        seen.push(bytes.toString('latin1'));
        const port = Number(/^CONNECT [^ ]*:(\d+) /.exec(seen[0] ?? '')?.[1]);
        socket.write(answer);
        if (answer.includes('200')) {
          const upstream = quiet(connect(port, '127.0.0.1'));
          socket.pipe(upstream).pipe(socket);
        }
      });
    });

  it('is asked for a tunnel, with the password that is in its address', async () => {
    const seen: string[] = [];
    const through = await proxy('HTTP/1.1 200 Connection established\r\n\r\n', seen);
    const port = await tlsServer();
    const report = await inspectHandshake(
      `localhost:${port}`,
      { proxy: `http://user:pass@127.0.0.1:${through}` },
      world,
    );
    expect(report).toMatchObject({ established: true, address: `127.0.0.1:${through}` });
    expect(seen[0]).toContain(`CONNECT localhost:${port} HTTP/1.1\r\nHost: localhost:${port}\r\n`);
    expect(seen[0]).toContain(
      `Proxy-Authorization: Basic ${Buffer.from('user:pass').toString('base64')}\r\n`,
    );
  });

  it('that refuses is named with its answer, and without its password', async () => {
    const through = await proxy('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const attempt = inspectHandshake(
      'localhost:1',
      { proxy: `http://user:secret@127.0.0.1:${through}` },
      world,
    );
    await expect(attempt).rejects.toEqual(
      expect.objectContaining({
        code: 'DEVCA_WIRE_PROXY_FAILED',
        message: `the proxy 127.0.0.1:${through} did not open a tunnel: it answered "HTTP/1.1 407 Proxy Authentication Required"`,
      }),
    );
  });
});
