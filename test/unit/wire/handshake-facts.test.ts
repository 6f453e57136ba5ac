import { describe, expect, it } from '@jest/globals';
import { bytesToHex } from '../../../src/pki/fingerprint.ts';
import { judgeClientCertificate } from '../../../src/wire/client-certificate-request.ts';
import { describeTranscript } from '../../../src/wire/describe-handshake.ts';
import { chainFindings } from '../../../src/wire/findings.ts';
import type { CertificateRequest } from '../../../src/wire/handshake-message.ts';
import { negotiationOf } from '../../../src/wire/negotiation.ts';
import { phaseTimes, roundTrips } from '../../../src/wire/phases.ts';
import { readRecording } from '../../../src/wire/recording.ts';
import { describeServedChain } from '../../../src/wire/served-chain.ts';
import { knownCipherSuites, suiteProtection } from '../../../src/wire/tables/cipher-suites.ts';
import { codePoint, SIGNATURE_SCHEMES } from '../../../src/wire/tables/code-points.ts';
import { formatTarget, parseTarget } from '../../../src/wire/target.ts';
import { firstMessage } from '../../../src/wire/transcript.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { loopbackHandshake } from './loopback.ts';

const { root, intermediate } = makeAuthority();
const endEntity = makeCertificate({ commonName: 'localhost', names: ['localhost'], issuer: intermediate });
const client = makeCertificate({ commonName: 'alice', purposes: ['clientAuth'], issuer: intermediate });
const server = { cert: endEntity.pem + intermediate.pem, key: endEntity.keyPem };
const stranger = makeCertificate({ commonName: 'somebody else' });

describe('what was offered and chosen', () => {
  it('is read out of the hellos', async () => {
    const { client: near } = await loopbackHandshake({
      server: { ...server, ALPNProtocols: ['http/1.1'] },
      client: { ALPNProtocols: ['h2', 'http/1.1'] },
    });
    const facts = negotiationOf(readRecording(near));
    expect(facts).toMatchObject({
      protocol: 'TLSv1.3',
      cipherSuite: 'TLS_AES_256_GCM_SHA384',
      group: 'X25519MLKEM768',
      signatureScheme: 'ecdsa_secp256r1_sha256',
      alpn: 'http/1.1',
      serverName: 'localhost',
      resumed: false,
      retried: false,
      clientCertificateRequested: false,
      downgrade: null,
    });
    expect(facts.offered.versions).toEqual(['TLSv1.3', 'TLSv1.2']);
    expect(facts.offered.alpn).toEqual(['h2', 'http/1.1']);
    expect(facts.offered.keyShares).toContain('X25519MLKEM768');
    expect(facts.tickets).toHaveLength(2);
  });

  it('names a key exchange without forward secrecy', async () => {
    const rsa = makeCertificate({ commonName: 'localhost', keyType: 'rsa-2048' });
    const options = { ciphers: 'AES128-GCM-SHA256', maxVersion: 'TLSv1.2' } as const;
    const { client: near } = await loopbackHandshake({
      server: { cert: rsa.pem, key: rsa.keyPem, ...options },
      client: options,
    });
    expect(negotiationOf(readRecording(near))).toMatchObject({ group: 'rsa', signatureScheme: null });
  });
});

describe('times', () => {
  it.each([
    ['TLSv1.3', 1],
    ['TLSv1.2', 2],
  ] as const)(
    'of %s divide the handshake into its phases, over %i round trips',
    async (maxVersion, trips) => {
      const { client: near } = await loopbackHandshake({ server: { ...server, maxVersion } });
      const transcript = readRecording(near);
      expect(roundTrips(transcript)).toBe(trips);
      const { hello, authentication, finished } = phaseTimes(transcript, near);
      for (const time of [hello, authentication, finished]) expect(time).toBeGreaterThanOrEqual(0);
      const report = describeTranscript(transcript, near, { at: new Date() });
      const end = Math.max(...report.messages.filter(({ type }) => type === 'finished').map(({ at }) => at));
      expect((hello ?? 0) + (authentication ?? 0) + (finished ?? 0)).toBe(end);
    },
  );

  it('never go back, and every message has its phase', async () => {
    const { client: near } = await loopbackHandshake({ server });
    const { messages } = describeTranscript(readRecording(near), near, { at: new Date() });
    expect(messages.map(({ at }) => at)).toEqual(messages.map(({ at }) => at).toSorted((a, b) => a - b));
    expect(messages.slice(0, 7).map(({ type, phase }) => [type, phase])).toEqual([
      ['client_hello', 'hello'],
      ['server_hello', 'hello'],
      ['change_cipher_spec', 'hello'],
      ['encrypted_extensions', 'hello'],
      ['certificate', 'authentication'],
      ['certificate_verify', 'authentication'],
      ['finished', 'finished'],
    ]);
  });

  it('are missing where the handshake did not get there', async () => {
    const { client: near } = await loopbackHandshake({
      server,
      client: { maxVersion: 'TLSv1.2', minVersion: 'TLSv1.2', ciphers: 'AES128-SHA256' },
    });
    expect(phaseTimes(readRecording(near), near)).toEqual({
      hello: null,
      authentication: null,
      finished: null,
    });
  });
});

describe('a chain as it is served', () => {
  const served = (...chain: { der: Uint8Array }[]) => describeServedChain(chain.map(({ der }) => der));
  const codes = (chain: { der: Uint8Array }[], valid = true, problem = 'DEVCA_PATH_UNTRUSTED_ROOT') =>
    chainFindings(
      chain.map(({ der }) => der),
      { valid, problems: valid ? [] : [{ code: problem, message: '' }] },
    ).map(({ code }) => code);

  it('is fine with the end entity first and the intermediate behind it', () => {
    const chain = served(endEntity, intermediate);
    expect(chain).toMatchObject({ duplicates: [], misplaced: [], unrelated: [], rootSent: undefined });
    expect(chain.openEnd?.issuer).toBe('CN=wire test root');
    expect(chain.certificates[0]).toMatchObject({
      key: 'EC P-256',
      names: ['DNS:localhost'],
      selfIssued: false,
    });
    expect(codes([endEntity, intermediate])).toEqual([]);
  });

  it('is told apart by what is wrong with it', () => {
    expect(codes([endEntity, root, intermediate])).toEqual(
      expect.arrayContaining(['DEVCA_WIRE_CHAIN_ORDER', 'DEVCA_WIRE_CHAIN_ROOT_SENT']),
    );
    expect(codes([endEntity, intermediate, intermediate])).toEqual(['DEVCA_WIRE_CHAIN_DUPLICATE']);
    expect(codes([endEntity, stranger, intermediate])).toEqual(
      expect.arrayContaining(['DEVCA_WIRE_CHAIN_UNRELATED']),
    );
    expect(codes([endEntity, intermediate, root])).toEqual(['DEVCA_WIRE_CHAIN_ROOT_SENT']);
    expect(codes([endEntity], false, 'DEVCA_PATH_MISSING_INTERMEDIATE')).toEqual([
      'DEVCA_WIRE_CHAIN_INCOMPLETE',
    ]);
    expect(codes([endEntity], false, 'DEVCA_PATH_EXPIRED')).toEqual([]);
    expect(codes([{ der: Buffer.from('3003020101', 'hex') }])).toEqual(['DEVCA_WIRE_CHAIN_MALFORMED']);
  });

  it('does not take a self-signed end entity for a root that was sent', () => {
    expect(served(stranger)).toMatchObject({ rootSent: undefined, openEnd: undefined });
  });

  it('may be empty', () => expect(served().certificates).toEqual([]));
});

describe('a certificate request held against a certificate', () => {
  const request = (
    authorities: { subject: { der: Uint8Array } }[],
    schemes: number[],
  ): CertificateRequest => ({
    type: 'certificate_request',
    context: '',
    certificateTypes: [],
    schemes: schemes.map((code) => codePoint(SIGNATURE_SCHEMES, code)),
    authorities: authorities.map(({ subject }) => ({ name: '', der: bytesToHex(subject.der) })),
    extensions: [],
  });
  const sends = (asked: CertificateRequest, chain: { der: Uint8Array }[]) =>
    judgeClientCertificate(
      asked,
      chain.map(({ der }) => der),
    ).match?.clients.map((behaviour) => [behaviour.client, behaviour.sends]);

  it('is sent by everybody where the server names no authority', () => {
    expect(sends(request([], [0x0403]), [client])?.every(([, sent]) => sent)).toBe(true);
  });

  it('is sent where an issuer of the chain is named', () => {
    expect(sends(request([root], [0x0403]), [client, intermediate])?.every(([, sent]) => sent)).toBe(true);
  });

  it('is silently left out by Go, Java and browsers where the intermediate is missing from the chain', () => {
    expect(sends(request([root], [0x0403]), [client])).toEqual([
      ['OpenSSL, curl, Node, Python', true],
      ['Go', false],
      ['Java', false],
      ['browsers', false],
    ]);
  });

  it('is left out by everybody where the key can make no signature that is accepted', () => {
    const verdict = judgeClientCertificate(request([], [0x0804]), [client.der]);
    expect(verdict.match).toMatchObject({ keyAccepted: false });
    expect(verdict.match?.clients.every((behaviour) => !behaviour.sends)).toBe(true);
    expect(verdict.match?.clients[0]?.reason).toContain('ecdsa_secp256r1_sha256');
  });

  it('is judged only where there is one', () => {
    expect(judgeClientCertificate(request([root], []), []).match).toBeNull();
  });

  it('comes out of a real request', async () => {
    const { client: near } = await loopbackHandshake({
      server: { ...server, requestCert: true, rejectUnauthorized: false, ca: root.pem },
    });
    const asked = firstMessage(readRecording(near), 'certificate_request');
    if (asked === undefined) throw new Error('no request');
    expect(sends(asked, [client, intermediate])).toContainEqual(['Go', true]);
  });
});

describe('a target', () => {
  it.each([
    ['example.test', 'example.test:443'],
    ['example.test:8443', 'example.test:8443'],
    ['https://example.test/path?query', 'example.test:443'],
    ['https://user:secret@example.test:444/', 'example.test:444'],
    ['127.0.0.1:1', '127.0.0.1:1'],
    ['::1', '[::1]:443'],
    ['[::1]:8443', '[::1]:8443'],
    ['https://[2001:DB8::0:1]/', '[2001:db8::1]:443'],
    ['bücher.test', 'xn--bcher-kva.test:443'],
  ])('may be written as %s', (text, expected) => {
    expect(formatTarget(parseTarget(text))).toBe(expected);
  });

  it.each([
    '',
    'http://example.test',
    'a b',
    'host:0',
    'host:65536',
    'host:port',
    '[127.0.0.1]:1',
    '1.2.3',
    'ssh://x',
    'a/b',
  ])('may not be written as %j', (text) => {
    expect(() => parseTarget(text)).toThrow(expect.objectContaining({ code: 'DEVCA_WIRE_TARGET_INVALID' }));
  });
});

describe('the table of cipher suites', () => {
  it('says how to open every AES, ChaCha20, ARIA and Camellia suite', () => {
    const closed = knownCipherSuites().filter((code) => suiteProtection(code) === undefined);
    expect(knownCipherSuites().length - closed.length).toBeGreaterThan(250);
    expect(suiteProtection(0x1302)).toMatchObject({ cipher: 'aes-256-gcm', prf: 'sha384' });
    expect(suiteProtection(0xc0ae)).toMatchObject({ cipher: 'aes-128-ccm', tagBytes: 8, prf: 'sha256' });
    expect(suiteProtection(0xc024)).toMatchObject({ cipher: 'aes-256-cbc', mac: 'sha384', prf: 'sha384' });
    expect(suiteProtection(0x000a)).toMatchObject({ cipher: 'des-ede3-cbc', mac: 'sha1', ivBytes: 8 });
  });
});
