import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { afterAll, describe, expect, it } from '@jest/globals';
import { inspectHandshake } from '../../../src/wire/inspect-handshake.ts';
import { makeAuthority, makeCertificate, type TestCertificate } from './certificates.ts';

const { root, intermediate } = makeAuthority();
const foreign = makeAuthority('foreign');
const world = { clock: { now: () => new Date() } };
const DAY = 86_400_000;
const servers: tls.Server[] = [];
const sockets = new Set<tls.TLSSocket>();
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

const make = (options: Partial<Parameters<typeof makeCertificate>[0]> = {}): TestCertificate =>
  makeCertificate({ commonName: 'localhost', names: ['localhost'], issuer: intermediate, ...options });

async function problems(certificate: TestCertificate, chain: readonly TestCertificate[]) {
  const cert = [certificate, ...chain].map(({ pem }) => pem).join('');
  const server = tls.createServer({ cert, key: certificate.keyPem }, (socket) => {
    sockets.add(socket.on('error', () => {}).resume());
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const options = {
    connect: `127.0.0.1:${port}`,
    roots: [root.pem],
    rootSets: [{ name: 'own', anchors: [root.der] }],
  };
  return inspectHandshake(`localhost:${port}`, options, world);
}

describe('a fault of the certificate is named beside the verdict of the runtime', () => {
  const past = { notBefore: new Date(Date.now() - 10 * DAY), notAfter: new Date(Date.now() - DAY) };
  const future = { notBefore: new Date(Date.now() + DAY), notAfter: new Date(Date.now() + 10 * DAY) };
  const cases: [string, TestCertificate, TestCertificate[], string, string][] = [
    ['expired', make(past), [intermediate], 'DEVCA_PATH_EXPIRED', 'CERT_HAS_EXPIRED'],
    ['not yet valid', make(future), [intermediate], 'DEVCA_PATH_NOT_YET_VALID', 'CERT_NOT_YET_VALID'],
    [
      'for another name',
      make({ names: ['other.test'] }),
      [intermediate],
      'DEVCA_NAME_MISMATCH',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    [
      'for clients',
      make({ purposes: ['clientAuth'] }),
      [intermediate],
      'DEVCA_PATH_PURPOSE',
      'INVALID_PURPOSE',
    ],
    [
      'self-signed',
      makeCertificate({ commonName: 'localhost', names: ['localhost'] }),
      [],
      'DEVCA_PATH_SELF_SIGNED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    ],
  ];

  it.each(cases)('%s', async (_name, certificate, chain, code, runtime) => {
    const { verification, established } = await problems(certificate, chain);
    expect(established).toBe(true);
    expect(verification).toMatchObject({
      valid: false,
      acceptedBy: [],
      runtime: { authorized: false, code: runtime },
    });
    expect(verification.problems.map((problem) => problem.code)).toContain(code);
    for (const { message, fix } of verification.problems) expect([message, fix ?? 'fix']).not.toContain('');
  });

  it('without its intermediate, which the chain is told to lack', async () => {
    const { verification, findings } = await problems(make(), []);
    expect(verification.valid).toBe(false);
    expect(findings[0]).toMatchObject({
      code: 'DEVCA_WIRE_CHAIN_INCOMPLETE',
      message: 'the chain ends at "CN=wire test intermediate", which is neither sent nor a trusted root',
      fix: expect.stringContaining('fullchain'),
    });
  });

  it('from an unknown root', async () => {
    const { verification } = await problems(make({ issuer: foreign.intermediate }), [
      foreign.intermediate,
      foreign.root,
    ]);
    expect(verification.valid).toBe(false);
    expect(verification.problems[0]?.code).toBe('DEVCA_PATH_UNTRUSTED_ROOT');
  });

  it('and a sound one is not', async () => {
    const { verification, findings } = await problems(make(), [intermediate]);
    expect(verification).toMatchObject({
      valid: true,
      acceptedBy: ['own'],
      problems: [],
      runtime: { authorized: true },
    });
    expect(findings).toEqual([]);
  });
});
