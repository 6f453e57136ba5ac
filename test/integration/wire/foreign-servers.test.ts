import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { afterAll, expect, it } from '@jest/globals';
import { systemClock } from '../../../src/platform/clock.ts';
import { type InspectOptions, inspect } from '../../../src/wire/inspect-handshake.ts';
import { describeWith } from '../../support/tools.ts';
import {
  apacheServer,
  buildGo,
  type ClientPolicy,
  gnuTlsServer,
  goServer,
  javaServer,
  nginxServer,
  openSslServer,
  type Peer,
  Scene,
} from './peers.ts';
import { captureOf, ownReading, tsharkReading } from './tshark.ts';

const scene = new Scene();
afterAll(() => scene.end());
const world = { clock: systemClock };
const roots = [scene.authority.root.pem];
const certificate = { cert: scene.clientPem, key: scene.client.keyPem };

interface Case {
  readonly name: string;
  readonly options: InspectOptions;
  readonly version: string;
}

const CASES: readonly Case[] = [
  { name: 'TLS 1.3', options: {}, version: 'TLSv1.3' },
  { name: 'TLS 1.2', options: { maxVersion: 'TLSv1.2' }, version: 'TLSv1.2' },
  { name: 'TLS 1.3 with a client certificate', options: certificate, version: 'TLSv1.3' },
  {
    name: 'TLS 1.2 with a client certificate',
    options: { ...certificate, maxVersion: 'TLSv1.2' },
    version: 'TLSv1.2',
  },
];

/** The same handshakes with every server, each read by tshark too, and each resumed. */
function suite(start: (policy: ClientPolicy) => Promise<Peer>, alwaysResumes = true): void {
  let open: Promise<Peer> | undefined;
  let strict: Promise<Peer> | undefined;

  it.each(CASES)(
    'is read as tshark reads it: $name',
    async ({ options, version }) => {
      open ??= start('want');
      const { port } = await open;
      const first = await inspect(
        `localhost:${port}`,
        { ...options, roots, connect: `127.0.0.1:${port}` },
        world,
      );
      expect(first.report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(first.report).toMatchObject({
        established: true,
        protocol: version,
        resumed: false,
        alert: null,
      });
      expect(first.report.verification.runtime).toEqual({ authorized: true, code: null, message: null });
      expect(first.report.negotiation.clientCertificateRequested).toBe(true);
      expect(first.report.negotiation.clientCertificateSent).toBe('cert' in options);
      const path = scene.path(`capture-${port}.pcapng`);
      const own = ownReading(first.observation.transcript);
      expect(own).toEqual(tsharkReading(path, [captureOf(first.observation)]));
      expect(own.map(({ type }) => type)).toEqual(expect.arrayContaining(['certificate', 'finished']));
      const { session } = first.observation;
      if (session === undefined) throw new Error('the server gave out no session');
      const again = { ...options, roots, session, connect: `127.0.0.1:${port}` };
      const second = await inspect(`localhost:${port}`, again, world);
      expect(second.report.established).toBe(true);
      if (alwaysResumes) expect(second.report.resumed).toBe(true);
      expect(ownReading(second.observation.transcript)).toEqual(
        tsharkReading(path, [captureOf(second.observation)]),
      );
    },
    30_000,
  );

  it.each(['TLSv1.3', 'TLSv1.2'] as const)(
    'refuses %s without a client certificate, and says so',
    async (maxVersion) => {
      strict ??= start('need');
      const { port } = await strict;
      const { report } = await inspect(`127.0.0.1:${port}`, { roots, maxVersion, settleMs: 1500 }, world);
      expect(report.clientCertificate?.acceptableAuthorities.join()).toContain('CN=scene root');
      return expectRefusal(report);
    },
    30_000,
  );

  function expectRefusal(report: Awaited<ReturnType<typeof inspect>>['report']): void {
    expect(report.established).toBe(false);
    expect(report.alert?.from).toBe('server');
    expect(report.alert?.meaning).toBe('the server requires a client certificate and got none');
    expect(report.findings[0]).toMatchObject({ code: 'DEVCA_WIRE_ALERT', severity: 'error' });
  }
}

describeWith(['tshark', 'openssl'], 'OpenSSL s_server', () =>
  suite((policy) => openSslServer(scene, policy)),
);

describeWith(['tshark', 'apache2'], 'Apache', () => suite((policy) => apacheServer(scene, policy)));

describeWith(['tshark', 'gnutls-serv'], 'GnuTLS', () => suite((policy) => gnuTlsServer(scene, policy)));

describeWith(['tshark', 'java', 'keytool', 'openssl'], 'a Java server', () =>
  suite((policy) => javaServer(scene, policy)),
);

describeWith(['tshark', 'go'], 'a Go server', () => {
  let binary: string | undefined;
  suite((policy) => {
    binary ??= buildGo(scene, 'server');
    return goServer(scene, binary, policy);
  });
});

describeWith(['tshark'], 'a Node server', () => {
  suite(async (policy) => {
    const { server, authority } = scene;
    const listener: Server = createServer(
      {
        cert: server.pem + authority.intermediate.pem,
        key: server.keyPem,
        ca: authority.root.pem,
        requestCert: policy !== 'none',
        rejectUnauthorized: policy === 'need',
      },
      (socket) => socket.on('error', () => {}).resume(),
    ).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const peer = {
      port: (listener.address() as AddressInfo).port,
      stop: async () => {
        listener.close();
      },
    };
    return scene.keep(peer);
  });
});

describeWith(['tshark', 'nginx'], 'nginx', () => {
  it.each(CASES)(
    'is read as tshark reads it: $name',
    async ({ options }) => {
      const { port } = await nginxServer(scene, 'want');
      const settings = { ...options, roots, connect: `127.0.0.1:${port}` };
      const { report, observation } = await inspect(`localhost:${port}`, settings, world);
      expect(report).toMatchObject({ established: true, alpn: 'h2', alert: null });
      const path = scene.path(`capture-${port}.pcapng`);
      expect(ownReading(observation.transcript)).toEqual(tsharkReading(path, [captureOf(observation)]));
    },
    30_000,
  );
});

/** Protections of records that tshark and we open alike; the runtime's own combinations are in the unit tests. */
const SUITES: readonly (readonly [string, string])[] = [
  ['-tls1_2', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ['-tls1_2', 'ECDHE-ECDSA-AES128-CCM8'],
  ['-tls1_2', 'ECDHE-ECDSA-AES256-SHA384'],
  ['-tls1_2', 'ECDHE-ECDSA-CAMELLIA256-SHA384'],
  ['-tls1_1', 'ECDHE-ECDSA-AES128-SHA'],
  ['-tls1', 'ECDHE-ECDSA-AES256-SHA'],
];

describeWith(['tshark', 'openssl'], 'a server with one old suite', () => {
  it.each(SUITES)(
    'is read as tshark reads it: %s %s',
    async (version, cipher) => {
      const { port } = await openSslServer(scene, 'none', version, '-cipher', `${cipher}:@SECLEVEL=0`);
      const options = {
        roots,
        ciphers: `${cipher}:@SECLEVEL=0`,
        minVersion: 'TLSv1',
        connect: `127.0.0.1:${port}`,
      } as const;
      const { report, observation } = await inspect(`localhost:${port}`, options, world);
      expect(report.established).toBe(true);
      const path = scene.path(`suite-${port}.pcapng`);
      expect(ownReading(observation.transcript)).toEqual(tsharkReading(path, [captureOf(observation)]));
      expect(observation.transcript.server.unopened).toBe(0);
    },
    20_000,
  );
});
