import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CaptureReader } from '../../../src/wire/capture-reader.ts';
import { encodeCapture } from '../../../src/wire/capture-writer.ts';
import { tcpSegmentOf } from '../../../src/wire/packet.ts';
import { readCapture } from '../../../src/wire/read-capture.ts';
import { keyLogOf, readRecording } from '../../../src/wire/recording.ts';
import type { Transcript } from '../../../src/wire/transcript.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { loopbackHandshake } from './loopback.ts';

const { root } = makeAuthority();
const identity = makeCertificate({ commonName: 'localhost', names: ['localhost'], issuer: root });
const server = { cert: identity.pem, key: identity.keyPem };
const { client: recording } = await loopbackHandshake({ server });
const startedAt = new Date('2026-11-24T08:00:00Z');
const connection = { client: '127.0.0.1:50000', server: '127.0.0.1:443', startedAt, recording };
const own = readRecording(recording);
const withoutSecrets = { ...connection, recording: { ...recording, secrets: [] } };

const shape = (transcript: Transcript) =>
  transcript.entries.map(({ at, from, type, bytes, encrypted }) => ({ at, from, type, bytes, encrypted }));

const zeroed = (transcript: Transcript) => {
  const zero = transcript.flights[0]?.at ?? 0;
  return shape(transcript).map((entry) => ({ ...entry, at: entry.at - zero }));
};

/** The frames of a capture, to be put together anew. */
function framesOf(capture: Uint8Array): { at: number; bytes: Uint8Array }[] {
  const reader = new CaptureReader('test');
  return [...reader.push(capture)].flatMap((item) => (item.kind === 'packet' ? [item] : []));
}

function pcap(
  frames: readonly { at: number; bytes: Uint8Array }[],
  { big = false, nano = false, linkType = 101, prefix = new Uint8Array() } = {},
): Uint8Array {
  const number = (value: number): Uint8Array => {
    const bytes = Buffer.alloc(4);
    if (big) bytes.writeUInt32BE(value >>> 0);
    else bytes.writeUInt32LE(value >>> 0);
    return bytes;
  };
  const head = [nano ? 0xa1b23c4d : 0xa1b2c3d4, (4 << 16) | 2, 0, 0, 262_144, linkType];
  return Buffer.concat([
    ...head.map(number),
    ...frames.flatMap(({ at, bytes }) => {
      const whole = Buffer.concat([prefix, bytes]);
      const fraction = (at % 1e6) * (nano ? 1000 : 1);
      return [...[Math.floor(at / 1e6), fraction, whole.length, whole.length].map(number), whole];
    }),
  ]);
}

const read = (capture: Uint8Array, keyLog?: string) =>
  readCapture([capture], 'test.pcap', keyLog === undefined ? undefined : { text: keyLog, source: 'keys' });

describe('a capture of our own', () => {
  it('is read back as it was recorded, opened by the secrets inside', () => {
    const { connections, findings } = read(encodeCapture([connection]));
    expect(findings).toEqual([]);
    expect(connections).toHaveLength(1);
    const [found] = connections;
    expect(found).toMatchObject({ client: '127.0.0.1:50000', server: '127.0.0.1:443', established: true });
    expect(found && zeroed(found.transcript)).toEqual(zeroed(own));
    expect(found?.startedAt.getTime()).toBeGreaterThanOrEqual(startedAt.getTime());
  });

  it('is read in pieces of any size', () => {
    const capture = encodeCapture([connection]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (size) => {
        const pieces = Array.from({ length: Math.ceil(capture.length / size) }, (_, index) =>
          capture.subarray(index * size, (index + 1) * size),
        );
        const [found] = readCapture(pieces, 'pieces').connections;
        expect(found && zeroed(found.transcript)).toEqual(zeroed(own));
      }),
      { numRuns: 40 },
    );
  });

  it('holds several connections, over IPv6 too', () => {
    const other = { ...connection, client: '[::1]:50001', server: '[::1]:8443' };
    const { connections } = read(encodeCapture([connection, other]));
    expect(connections.map((found) => found.server).sort()).toEqual(['127.0.0.1:443', '[::1]:8443']);
  });
});

describe("somebody else's capture", () => {
  const frames = framesOf(encodeCapture([connection]));

  it.each([
    ['little endian', {}],
    ['big endian', { big: true }],
    ['in nanoseconds', { nano: true }],
    ['on Ethernet', { linkType: 1, prefix: Buffer.from('0000000000000000000000000800', 'hex') }],
    [
      'on Ethernet with a VLAN',
      { linkType: 1, prefix: Buffer.from('000000000000000000000000810000010800', 'hex') },
    ],
    ['on the loopback of BSD', { linkType: 0, prefix: Buffer.from([2, 0, 0, 0]) }],
    ['on any interface of Linux', { linkType: 113, prefix: Buffer.from(`${'00'.repeat(14)}0800`, 'hex') }],
    [
      'on any interface of Linux, newer',
      { linkType: 276, prefix: Buffer.from(`0800${'00'.repeat(18)}`, 'hex') },
    ],
  ])('is read as pcap, %s', (_name, options) => {
    const [found] = read(pcap(frames, options), keyLogOf(recording).toText()).connections;
    expect(found && zeroed(found.transcript)).toEqual(zeroed(own));
  });

  it('is read with its packets in another order and some of them twice', () => {
    // Within a run of one sender only: the order of the two directions is what happened.
    const swapped = frames.flatMap((frame, index) => (index % 3 === 0 ? [frame, frame] : [frame]));
    const [found] = read(pcap(swapped), keyLogOf(recording).toText()).connections;
    expect(found && zeroed(found.transcript)).toEqual(zeroed(own));
  });

  it('waits for a segment that comes late', () => {
    const data = frames.map((frame) => (tcpSegmentOf(frame.bytes, 101)?.payload.length ?? 0) > 0);
    const first = data.indexOf(true);
    // The client_hello is longer than a segment: its two halves change places.
    const late = [...frames];
    const [a, b] = [late[first], late[first + 1]];
    if (a === undefined || b === undefined) throw new Error('no segments');
    late.splice(first, 2, b, a);
    const [found] = read(pcap(late), keyLogOf(recording).toText()).connections;
    expect(found?.transcript.entries.map(({ type }) => type)).toEqual(own.entries.map(({ type }) => type));
  });

  it('says that packets are missing, and shows what came before', () => {
    const missing = frames.filter((_, index) => index !== 6);
    const { findings, connections } = read(pcap(missing), keyLogOf(recording).toText());
    expect(findings.map(({ message }) => message)).toEqual([
      'the capture is not complete: packets are missing in 1 connections',
    ]);
    expect(connections[0]?.transcript.entries[0]?.type).toBe('client_hello');
  });

  it('without secrets shows the hellos and says what is lacking', () => {
    const { findings, connections } = read(encodeCapture([withoutSecrets]));
    expect(findings.map(({ code }) => code)).toEqual(['DEVCA_WIRE_NO_SECRETS']);
    expect(connections[0]?.established).toBeNull();
    expect(connections[0]?.transcript.entries.slice(0, 2).map(({ type }) => type)).toEqual([
      'client_hello',
      'server_hello',
    ]);
  });

  it('says that the secrets belong to something else', () => {
    const wrong = recording.secrets.map(({ at, line }) => ({
      at,
      line: line.replace(/..$/, (end) => (end === '00' ? '01' : '00')),
    }));
    const { findings } = read(
      encodeCapture([{ ...connection, recording: { ...recording, secrets: wrong } }]),
    );
    expect(findings.map(({ code }) => code)).toEqual(['DEVCA_WIRE_WRONG_SECRETS']);
  });

  it('says that packets were lost when it was made', () => {
    const statistics = Buffer.from(
      [
        '05000000',
        '28000000',
        '00000000',
        '0000000000000000',
        '0500',
        '0800',
        '0b00000000000000',
        '00000000',
        '28000000',
      ].join(''),
      'hex',
    );
    const { findings } = read(Buffer.concat([encodeCapture([connection]), statistics]));
    expect(findings.map(({ message }) => message)).toEqual([
      'the capture is not complete: 11 packets were lost when it was made',
    ]);
  });

  it('says that it was cut off', () => {
    const capture = encodeCapture([connection]);
    const { findings } = read(capture.subarray(0, capture.length - 30));
    expect(findings[0]?.message).toBe('the capture is not complete: the file ends in the middle of a packet');
  });

  it('finds TLS behind a beginning in plain text', () => {
    const plain = { at: 0, from: 'server' as const, bytes: Buffer.from('220 mail.test ESMTP\r\n') };
    const asked = { at: 0, from: 'client' as const, bytes: Buffer.from('STARTTLS\r\n') };
    const mixed = { ...recording, chunks: [plain, asked, ...recording.chunks] };
    const [found] = read(encodeCapture([{ ...connection, recording: mixed }])).connections;
    expect(found?.transcript.problems).toEqual([]);
    expect(found?.transcript.entries.map(({ type }) => type)).toEqual(own.entries.map(({ type }) => type));
  });
});

describe('what is no capture', () => {
  it('is refused with its place', () => {
    expect(() => read(Buffer.alloc(100, 1))).toThrow(
      expect.objectContaining({ code: 'DEVCA_WIRE_CAPTURE_INVALID' }),
    );
    expect(() => read(Buffer.alloc(3))).toThrow(
      expect.objectContaining({ code: 'DEVCA_WIRE_CAPTURE_INVALID' }),
    );
  });

  it('is refused without a TLS connection in it', () => {
    expect(() => read(pcap([]))).toThrow(expect.objectContaining({ code: 'DEVCA_WIRE_CAPTURE_EMPTY' }));
  });

  it('is refused with a key log that is none', () => {
    expect(() => read(encodeCapture([connection]), 'what is this\n')).toThrow(
      expect.objectContaining({
        code: 'DEVCA_WIRE_KEY_LOG_INVALID',
        message: '"keys" is not a TLS key log: the label is not in capital letters at line 1',
      }),
    );
  });

  it('may have any resolution of time', () => {
    const capture = Buffer.from(encodeCapture([connection]));
    for (let resolution = 0; resolution < 256; resolution += 15) {
      // The interface block gets an option if_tsresol: 8 bytes more in both of its lengths.
      const block = Buffer.from(capture.subarray(28, 48));
      block.writeUInt32LE(28, 4);
      const option = Buffer.from([9, 0, 1, 0, resolution, 0, 0, 0, 28, 0, 0, 0]);
      const changed = Buffer.concat([
        capture.subarray(0, 28),
        block.subarray(0, 16),
        option,
        capture.subarray(48),
      ]);
      const [found] = read(changed).connections;
      expect(found?.startedAt.toISOString()).toBeDefined();
      expect(found?.transcript.entries.length).toBe(own.entries.length);
    }
  });

  it('never ends in anything but a reading or a coded error', () => {
    const capture = encodeCapture([connection]);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: capture.length - 1 }),
        fc.uint8Array({ minLength: 1, maxLength: 30 }),
        fc.boolean(),
        (offset, bytes, cut) => {
          const changed = Buffer.from(capture);
          changed.set(bytes.subarray(0, capture.length - offset), offset);
          try {
            const { connections } = read(cut ? changed.subarray(0, offset) : changed);
            for (const { startedAt } of connections) startedAt.toISOString();
          } catch (error) {
            expect(error).toMatchObject({
              code: expect.stringMatching(
                /^DEVCA_WIRE_(CAPTURE_INVALID|CAPTURE_EMPTY|KEY_LOG_INVALID|LIMIT)$/,
              ),
            });
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
