import { brotliCompressSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { encodeClientHello } from '../../../src/wire/client-hello-builder.ts';
import { readConversation } from '../../../src/wire/conversation.ts';
import { GrowingKeyLog } from '../../../src/wire/key-log.ts';
import { negotiationOf } from '../../../src/wire/negotiation.ts';
import { parseMessage } from '../../../src/wire/parse-message.ts';
import { firstMessage } from '../../../src/wire/transcript.ts';
import { makeCertificate } from './certificates.ts';

const TLS13 = { version: 0x0304, cipherSuite: 0x1301 };
const endEntity = makeCertificate({ commonName: 'localhost' });

const uint = (bytes: number, value: number): Buffer => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
};
const vector = (bytes: number, ...parts: Uint8Array[]): Buffer => {
  const contents = Buffer.concat(parts);
  return Buffer.concat([uint(bytes, contents.length), contents]);
};
const certificateBody = Buffer.concat([vector(1), vector(3, vector(3, endEntity.der), vector(2))]);

const compressed = (algorithm: number, bytes: Uint8Array, announced = certificateBody.length) =>
  parseMessage(25, Buffer.concat([uint(2, algorithm), uint(3, announced), vector(3, bytes)]), TLS13);

describe('a compressed certificate (RFC 8879)', () => {
  it.each([
    [1, 'zlib', deflateSync],
    [2, 'brotli', brotliCompressSync],
  ] as const)('is opened by algorithm %i, %s', (code, name, compress) => {
    expect(compressed(code, compress(certificateBody))).toMatchObject({
      type: 'compressed_certificate',
      algorithm: { name },
      uncompressedBytes: certificateBody.length,
      certificates: [{ der: expect.anything() }],
    });
  });

  it('is named and measured where it cannot be opened', () => {
    expect(compressed(9, Buffer.from('what'))).toMatchObject({
      algorithm: { name: 'unknown (0x0009)' },
      compressedBytes: 4,
      certificates: [],
    });
    expect(compressed(1, Buffer.from('no deflate'))).toMatchObject({ certificates: [] });
  });

  it('is not blown up by a bomb', () => {
    const bomb = deflateSync(Buffer.alloc(50_000_000));
    expect(compressed(1, bomb, 1000)).toMatchObject({ certificates: [] });
    expect(compressed(1, bomb, 0xffffff)).toMatchObject({ uncompressedBytes: 0xffffff, certificates: [] });
  });
});

describe('an extension', () => {
  const helloWith = (...extensions: Uint8Array[]) => {
    const body = Buffer.concat([
      uint(2, 0x0303),
      Buffer.alloc(32, 1),
      vector(1),
      vector(2, uint(2, 0x1301)),
      vector(1, Buffer.of(0)),
      vector(2, ...extensions),
    ]);
    const message = parseMessage(1, body, TLS13);
    if (message.type !== 'client_hello') throw new Error(message.type);
    return message.extensions;
  };
  const extension = (code: number, contents: Uint8Array) =>
    Buffer.concat([uint(2, code), vector(2, contents)]);

  it('that is unknown is kept by its number', () => {
    expect(helloWith(extension(0x1234, Buffer.of(1, 2)), extension(0x3a3a, Buffer.of()))).toEqual([
      { type: { code: 0x1234, name: 'unknown (0x1234)' }, bytes: 2, value: { hex: '0102' } },
      { type: { code: 0x3a3a, name: 'GREASE (0x3a3a)' }, bytes: 0, value: { hex: '' } },
    ]);
  });

  it('that is malformed is marked, and the others stay', () => {
    const [broken, sound] = helloWith(
      extension(16, Buffer.of(0, 9, 200)),
      extension(16, vector(2, vector(1, Buffer.from('h2')))),
    );
    expect(broken?.malformed).toContain('application_layer_protocol_negotiation extension is malformed');
    expect(sound?.value).toEqual({ protocols: ['h2'] });
  });

  it.each([
    ['server_name', 0, vector(2, Buffer.of(0), vector(2, Buffer.from('a.test'))), { names: ['a.test'] }],
    ['max_fragment_length', 1, Buffer.of(2), { bytes: 1024 }],
    ['status_request', 5, Buffer.of(1, 0, 0, 0, 0), { status: 'ocsp' }],
    ['record_size_limit', 28, uint(2, 4001), { bytes: 4001 }],
    ['compress_certificate', 27, vector(1, uint(2, 2)), { algorithms: [{ code: 2, name: 'brotli' }] }],
    ['psk_key_exchange_modes', 45, vector(1, Buffer.of(1)), { modes: [{ code: 1, name: 'psk_dhe_ke' }] }],
    ['cookie', 44, vector(2, Buffer.of(7)), { bytes: 1 }],
    ['padding', 21, Buffer.alloc(9), { bytes: 9 }],
    [
      'pre_shared_key',
      41,
      Buffer.concat([
        vector(2, vector(2, Buffer.alloc(8)), uint(4, 77)),
        vector(2, vector(1, Buffer.alloc(32))),
      ]),
      { identities: [{ bytes: 8, obfuscatedAge: 77 }], binders: 1 },
    ],
  ])('%s is read', (name, code, contents, value) => {
    expect(helloWith(extension(code, contents))).toEqual([
      { type: { code, name }, bytes: contents.length, value },
    ]);
  });
});

describe('a message', () => {
  it('of an unknown type is kept by its number', () => {
    expect(parseMessage(99, Buffer.alloc(3), TLS13)).toEqual({
      type: 'other',
      name: 'unknown (0x63)',
      contentBytes: 3,
    });
  });

  it.each([
    [24, Buffer.of(1), { type: 'key_update', updateRequested: true }],
    [14, Buffer.of(), { type: 'other', name: 'server_hello_done' }],
    [5, Buffer.of(), { type: 'other', name: 'end_of_early_data' }],
  ])('of type %i is read', (code, body, expected) => {
    expect(parseMessage(code, body, TLS13)).toMatchObject(expected);
  });

  it('says that a server could do more than it chose (RFC 8446 section 4.1.3)', () => {
    const random = Buffer.concat([Buffer.alloc(24, 1), Buffer.from('444f574e47524401', 'hex')]);
    const hello = Buffer.concat([uint(2, 0x0303), random, vector(1), uint(2, 0xc02b), Buffer.of(0)]);
    const record = (message: Buffer) => Buffer.concat([Buffer.of(22, 3, 3), vector(2, message)]);
    const offer = {
      random: Buffer.alloc(32),
      versions: [0x0304, 0x0303],
      cipherSuites: [0xc02b],
      groups: [29],
      signatureSchemes: [0x0403],
    };
    const transcript = readConversation(
      [
        { at: 0, from: 'client', bytes: encodeClientHello(offer) },
        { at: 1, from: 'server', bytes: record(Buffer.concat([Buffer.of(2), vector(3, hello)])) },
      ],
      new GrowingKeyLog(),
    );
    expect(firstMessage(transcript, 'server_hello')?.downgrade).toBe('TLSv1.2');
    expect(negotiationOf(transcript).downgrade).toBe('TLSv1.2');
  });
});
