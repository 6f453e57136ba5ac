import { constants } from 'node:crypto';
import tls from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { readConversation } from '../../../src/wire/conversation.ts';
import { extensionValue } from '../../../src/wire/extension-list.ts';
import { parseKeyLog } from '../../../src/wire/key-log.ts';
import { keyLogOf, readRecording } from '../../../src/wire/recording.ts';
import type { Recording } from '../../../src/wire/tap.ts';
import { firstMessage, type Transcript } from '../../../src/wire/transcript.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { handshakeWith, loopbackHandshake } from './loopback.ts';

const { root, intermediate } = makeAuthority();
const ec = makeCertificate({ commonName: 'localhost', names: ['localhost'], issuer: intermediate });
const rsa = makeCertificate({
  commonName: 'localhost',
  names: ['localhost'],
  issuer: intermediate,
  keyType: 'rsa-2048',
});
const client = makeCertificate({ commonName: 'alice', purposes: ['clientAuth'], issuer: root });

const EC_SERVER = { cert: ec.pem + intermediate.pem, key: ec.keyPem };
const RSA_SERVER = { cert: rsa.pem + intermediate.pem, key: rsa.keyPem };

const messages = (recording: Recording): string[] => sequence(readRecording(recording));

const sequence = (transcript: Transcript): string[] =>
  transcript.entries.map((entry) => `${entry.from} ${entry.type}`);

describe('a TLS 1.3 handshake', () => {
  it('is read whole at both ends, with every protected message opened', async () => {
    const { client: near, server: far } = await loopbackHandshake({
      server: { ...EC_SERVER, ALPNProtocols: ['h2', 'http/1.1'] },
      client: { ALPNProtocols: ['http/1.1'] },
    });
    const expected = [
      'client client_hello',
      'server server_hello',
      'server change_cipher_spec',
      'server encrypted_extensions',
      'server certificate',
      'server certificate_verify',
      'server finished',
      'client change_cipher_spec',
      'client finished',
      'server new_session_ticket',
      'server new_session_ticket',
    ];
    expect(messages(near).slice(0, 11)).toEqual(expected);
    expect(messages(far).slice(0, 11)).toEqual(expected);
    const transcript = readRecording(near);
    expect(transcript.problems).toEqual([]);
    expect(transcript.client.unopened + transcript.server.unopened).toBe(0);
    expect(transcript.client.applicationBytes).toBe(4);
    const hello = firstMessage(transcript, 'client_hello');
    expect(extensionValue(hello?.extensions, 'server_name')?.names).toEqual(['localhost']);
    const certificate = firstMessage(transcript, 'certificate', 'server');
    expect(certificate?.certificates.map(({ der }) => Buffer.from(der))).toEqual([
      Buffer.from(ec.der),
      Buffer.from(intermediate.der),
    ]);
    expect(firstMessage(transcript, 'certificate_verify')?.scheme?.name).toBe('ecdsa_secp256r1_sha256');
    const encrypted = firstMessage(transcript, 'encrypted_extensions');
    expect(
      extensionValue(encrypted?.extensions, 'application_layer_protocol_negotiation')?.protocols,
    ).toEqual(['http/1.1']);
  });

  it.each([
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_CCM_SHA256',
    'TLS_AES_128_CCM_8_SHA256',
  ])('is opened under %s', async (ciphers) => {
    const { client: near } = await loopbackHandshake({
      server: { ...EC_SERVER, ciphers: `${ciphers}:ECDHE-ECDSA-AES128-GCM-SHA256:@SECLEVEL=0` },
      client: { ciphers: `${ciphers}:ECDHE-ECDSA-AES128-GCM-SHA256:@SECLEVEL=0` },
    });
    const transcript = readRecording(near);
    expect(firstMessage(transcript, 'server_hello')?.cipherSuite.name).toBe(ciphers);
    expect(transcript.server.unopened).toBe(0);
    expect(firstMessage(transcript, 'finished', 'client')).toBeDefined();
  });

  it('shows the request for a client certificate and the answer to it', async () => {
    const { client: near } = await loopbackHandshake({
      server: { ...EC_SERVER, requestCert: true, rejectUnauthorized: false, ca: root.pem },
      client: { cert: client.pem, key: client.keyPem },
    });
    const transcript = readRecording(near);
    const request = firstMessage(transcript, 'certificate_request');
    expect(request?.authorities.map(({ name }) => name)).toEqual(['CN=wire test root']);
    expect(request?.schemes.map(({ name }) => name)).toContain('ecdsa_secp256r1_sha256');
    expect(firstMessage(transcript, 'certificate', 'client')?.certificates).toHaveLength(1);
    expect(firstMessage(transcript, 'certificate_verify', 'client')).toBeDefined();
  });

  it('tells a hello_retry_request from a server_hello', async () => {
    const { client: near } = await loopbackHandshake({
      server: { ...EC_SERVER, ecdhCurve: 'P-384' },
      client: { ecdhCurve: 'X25519:P-384' },
    });
    const transcript = readRecording(near);
    expect(sequence(transcript).filter((line) => line.includes('hello'))).toEqual([
      'client client_hello',
      'server hello_retry_request',
      'client client_hello',
      'server server_hello',
    ]);
    const retry = firstMessage(transcript, 'hello_retry_request');
    expect(extensionValue(retry?.extensions, 'key_share')?.shares[0]?.group.name).toBe('secp384r1');
    expect(transcript.server.unopened).toBe(0);
  });

  it('names the hybrid group that the runtime prefers', async () => {
    const { client: near } = await loopbackHandshake({ server: EC_SERVER });
    const hello = firstMessage(readRecording(near), 'server_hello');
    expect(extensionValue(hello?.extensions, 'key_share')?.shares[0]?.group.name).toBe('X25519MLKEM768');
  });

  it('shows a resumption by the identity that was selected', async () => {
    const server = tls.createServer(EC_SERVER, (socket) => socket.pipe(socket));
    const first = await handshakeWith(server, { server: EC_SERVER });
    expect(first.session).toBeDefined();
    const second = await handshakeWith(server, {
      server: EC_SERVER,
      ...(first.session === undefined ? {} : { session: first.session }),
    });
    const transcript = readRecording(second.client);
    expect(extensionValue(firstMessage(transcript, 'server_hello')?.extensions, 'pre_shared_key')).toEqual({
      selected: 0,
    });
    expect(firstMessage(transcript, 'certificate')).toBeUndefined();
    expect(firstMessage(transcript, 'finished', 'server')).toBeDefined();
  });

  it('is read as far as the hellos without secrets, and says that the rest is closed', async () => {
    const { client: near } = await loopbackHandshake({ server: EC_SERVER });
    const transcript = readConversation(near.chunks, parseKeyLog('', 'nothing'));
    expect(sequence(transcript).slice(0, 4)).toEqual([
      'client client_hello',
      'server server_hello',
      'server change_cipher_spec',
      'server encrypted',
    ]);
    expect(transcript.hadSecrets).toBe(false);
    expect(transcript.server.unopened).toBeGreaterThan(0);
  });

  it('stays closed with the secrets of another connection under the same random', async () => {
    const { client: near } = await loopbackHandshake({ server: EC_SERVER });
    const wrong = near.secrets.map(({ line }) =>
      line.replace(/[0-9a-f]{2}$/, (end) => (end === '00' ? '01' : '00')),
    );
    const transcript = readConversation(near.chunks, parseKeyLog(wrong.join('\n'), 'wrong'));
    expect(transcript.hadSecrets).toBe(true);
    expect(firstMessage(transcript, 'certificate')).toBeUndefined();
    expect(transcript.server.unopened).toBeGreaterThan(0);
  });

  it('shows the alert of a refusal and its sender', async () => {
    const { client: near } = await loopbackHandshake({
      server: { ...EC_SERVER, requestCert: true, rejectUnauthorized: true, ca: root.pem },
    });
    const alert = readRecording(near).entries.find(({ type }) => type === 'alert');
    expect(alert).toMatchObject({
      from: 'server',
      encrypted: true,
      content: { level: 'fatal', description: { code: 116, name: 'certificate_required' } },
    });
  });
});

describe('an older handshake', () => {
  const suites: [string, string, tls.SecureVersion, tls.SecureVersion][] = [
    ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ec', 'TLSv1.2', 'TLSv1.2'],
    ['ECDHE-ECDSA-CHACHA20-POLY1305', 'ec', 'TLSv1.2', 'TLSv1.2'],
    ['ECDHE-ECDSA-AES256-CCM', 'ec', 'TLSv1.2', 'TLSv1.2'],
    ['ECDHE-ECDSA-AES128-CCM8', 'ec', 'TLSv1.2', 'TLSv1.2'],
    ['ECDHE-ECDSA-AES256-SHA384', 'ec', 'TLSv1.2', 'TLSv1.2'],
    ['ECDHE-ECDSA-CAMELLIA128-SHA256', 'ec', 'TLSv1.2', 'TLSv1.2'],
    ['ECDHE-ECDSA-ARIA256-GCM-SHA384', 'ec', 'TLSv1.2', 'TLSv1.2'],
    ['AES128-SHA256', 'rsa', 'TLSv1.2', 'TLSv1.2'],
    ['AES256-GCM-SHA384', 'rsa', 'TLSv1.2', 'TLSv1.2'],
    ['DHE-RSA-AES128-SHA', 'rsa', 'TLSv1.2', 'TLSv1.2'],
    ['ECDHE-RSA-NULL-SHA', 'rsa', 'TLSv1.2', 'TLSv1.2'],
    ['ECDHE-RSA-AES128-SHA', 'rsa', 'TLSv1', 'TLSv1'],
    ['ECDHE-RSA-AES256-SHA', 'rsa', 'TLSv1.1', 'TLSv1.1'],
  ];

  it.each(suites)('is opened under %s with an %s key, %s', async (cipher, key, minVersion, maxVersion) => {
    const options = { ciphers: `${cipher}:@SECLEVEL=0`, minVersion, maxVersion } as const;
    const { client: near, protocol } = await loopbackHandshake({
      server: { ...(key === 'ec' ? EC_SERVER : RSA_SERVER), dhparam: 'auto', ...options },
      client: options,
    });
    expect(protocol).toBe(maxVersion);
    const transcript = readRecording(near);
    expect(transcript.problems).toEqual([]);
    expect(transcript.client.unopened + transcript.server.unopened).toBe(0);
    expect(sequence(transcript)).toEqual(
      expect.arrayContaining(['server finished', 'client finished', 'server certificate']),
    );
    // TLS 1.0 sends a record of one byte first, against BEAST.
    expect(transcript.client.applicationBytes).toBe(4);
    expect(transcript.server.applicationBytes).toBe(4);
  });

  it('is opened without encrypt-then-mac too', async () => {
    const options = { ciphers: 'ECDHE-ECDSA-AES128-SHA256', maxVersion: 'TLSv1.2' } as const;
    const secureOptions = 0x0008_0000; // SSL_OP_NO_ENCRYPT_THEN_MAC, which node:crypto does not name.
    const { client: near } = await loopbackHandshake({
      server: { ...EC_SERVER, ...options, secureOptions },
      client: { ...options, secureOptions },
    });
    const transcript = readRecording(near);
    const names = firstMessage(transcript, 'server_hello')?.extensions.map(({ type }) => type.name);
    expect(names).not.toContain('encrypt_then_mac');
    expect(transcript.server.unopened).toBe(0);
    expect(transcript.server.applicationBytes).toBe(4);
  });

  it('shows the key exchange with its group and signature', async () => {
    const { client: near } = await loopbackHandshake({
      server: { ...RSA_SERVER, maxVersion: 'TLSv1.2' },
    });
    const exchange = firstMessage(readRecording(near), 'server_key_exchange');
    expect(exchange?.group?.name).toBe('x25519');
    expect(exchange?.scheme?.name).toBe('rsa_pss_rsae_sha256');
  });

  it('measures the prime of a finite-field exchange', async () => {
    const options = { ciphers: 'DHE-RSA-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' } as const;
    const { client: near } = await loopbackHandshake({
      server: { ...RSA_SERVER, ...options, dhparam: 'auto' },
      client: options,
    });
    expect(firstMessage(readRecording(near), 'server_key_exchange')?.primeBits).toBe(2048);
  });

  it('shows a ticket and a resumption with it', async () => {
    const settings = { ...EC_SERVER, maxVersion: 'TLSv1.2' } as const;
    const server = tls.createServer(settings, (socket) => socket.pipe(socket));
    const first = await handshakeWith(server, { server: settings });
    const full = readRecording(first.client);
    expect(firstMessage(full, 'new_session_ticket')?.ticketBytes).toBeGreaterThan(100);
    const second = await handshakeWith(server, {
      server: settings,
      ...(first.session === undefined ? {} : { session: first.session }),
    });
    const resumed = readRecording(second.client);
    expect(sequence(resumed).filter((line) => !line.includes('alert'))).toEqual([
      'client client_hello',
      'server server_hello',
      'server change_cipher_spec',
      'server finished',
      'client change_cipher_spec',
      'client finished',
    ]);
    expect(resumed.server.unopened).toBe(0);
  });

  it('names what a server of TLS 1.2 asks of a client', async () => {
    const { client: near } = await loopbackHandshake({
      server: {
        ...EC_SERVER,
        requestCert: true,
        rejectUnauthorized: true,
        ca: [root.pem, intermediate.pem],
        maxVersion: 'TLSv1.2',
        secureOptions: constants.SSL_OP_NO_TICKET,
      },
      client: { cert: client.pem, key: client.keyPem },
    });
    const transcript = readRecording(near);
    const request = firstMessage(transcript, 'certificate_request');
    expect(request?.certificateTypes.map(({ name }) => name)).toContain('ecdsa_sign');
    expect(request?.authorities.map(({ name }) => name)).toEqual([
      'CN=wire test root',
      'CN=wire test intermediate',
    ]);
    expect(firstMessage(transcript, 'certificate_verify', 'client')?.scheme?.name).toBe(
      'ecdsa_secp256r1_sha256',
    );
  });
});

describe('the key log of a recording', () => {
  it('can be written and read back', async () => {
    const { client: near } = await loopbackHandshake({ server: EC_SERVER });
    const text = keyLogOf(near).toText();
    const transcript = readConversation(near.chunks, parseKeyLog(text, 'text'));
    expect(transcript.server.unopened).toBe(0);
    expect(text).toMatch(/^SERVER_HANDSHAKE_TRAFFIC_SECRET [0-9a-f]{64} [0-9a-f]+$/m);
  });
});
