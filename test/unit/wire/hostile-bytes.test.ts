import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Conversation, readConversation } from '../../../src/wire/conversation.ts';
import { describeTranscript } from '../../../src/wire/describe-handshake.ts';
import { chainFindings } from '../../../src/wire/findings.ts';
import { GrowingKeyLog, type KeyLog } from '../../../src/wire/key-log.ts';
import { parseMessage } from '../../../src/wire/parse-message.ts';
import { keyLogOf } from '../../../src/wire/recording.ts';
import { sentChain } from '../../../src/wire/served-chain.ts';
import type { Recording } from '../../../src/wire/tap.ts';
import type { TimedBytes, Transcript } from '../../../src/wire/transcript.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { loopbackHandshake } from './loopback.ts';

const { root } = makeAuthority();
const identity = makeCertificate({ commonName: 'localhost', names: ['localhost'], issuer: root });
const server = {
  cert: identity.pem + root.pem,
  key: identity.keyPem,
  requestCert: true,
  rejectUnauthorized: false,
  ca: root.pem,
};
const recordings: Recording[] = [];
for (const maxVersion of ['TLSv1.3', 'TLSv1.2'] as const) {
  const { client } = await loopbackHandshake({
    server: { ...server, maxVersion },
    client: { cert: identity.pem, key: identity.keyPem },
  });
  recordings.push(client);
}

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 300);

const shape = (transcript: Transcript): unknown =>
  transcript.entries.map(({ from, type, bytes, encrypted }) => ({ from, type, bytes, encrypted }));

/** The bytes of each direction in turns, each turn with one sender, so that cuts keep the order of the turns. */
function turns(recording: Recording): TimedBytes[] {
  const joined: TimedBytes[] = [];
  for (const chunk of recording.chunks) {
    const last = joined.at(-1);
    if (last?.from === chunk.from)
      joined.splice(-1, 1, { ...last, bytes: Buffer.concat([last.bytes, chunk.bytes]) });
    else joined.push(chunk);
  }
  return joined;
}

const cut = (chunk: TimedBytes, sizes: readonly number[]): TimedBytes[] => {
  const parts: TimedBytes[] = [];
  for (let offset = 0, index = 0; offset < chunk.bytes.length; index++) {
    const end = offset + (sizes[index % sizes.length] ?? 1);
    parts.push({ ...chunk, bytes: chunk.bytes.subarray(offset, end) });
    offset = end;
  }
  return parts;
};

describe('a recorded handshake', () => {
  it('reads the same however the stream was split', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...recordings),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 12 }),
        (recording, sizes) => {
          const keyLog = keyLogOf(recording);
          const parts = turns(recording).flatMap((chunk) => cut(chunk, sizes));
          expect(shape(readConversation(parts, keyLog))).toEqual(
            shape(readConversation(recording.chunks, keyLog)),
          );
        },
      ),
      { numRuns: Math.min(RUNS, 100) },
    );
  });

  it('reads byte by byte', () => {
    for (const recording of recordings) {
      const keyLog = keyLogOf(recording);
      const parts = turns(recording).flatMap((chunk) => cut(chunk, [1]));
      expect(shape(readConversation(parts, keyLog))).toEqual(
        shape(readConversation(recording.chunks, keyLog)),
      );
    }
  });

  it('gives a beginning of the whole reading when it is cut off at any byte', () => {
    for (const recording of recordings) {
      const keyLog = keyLogOf(recording);
      const whole = readConversation(recording.chunks, keyLog).entries.map(
        ({ from, type }) => `${from} ${type}`,
      );
      const all = turns(recording);
      for (const [index, chunk] of all.entries()) {
        for (let end = 0; end < chunk.bytes.length; end++) {
          const parts = [...all.slice(0, index), { ...chunk, bytes: chunk.bytes.subarray(0, end) }];
          const { entries, problems } = readConversation(parts, keyLog);
          const names = entries.map(({ from, type }) => `${from} ${type}`);
          expect(names).toEqual(whole.slice(0, names.length));
          expect(problems).toEqual([]);
        }
      }
    }
  });

  it('never makes the reader throw, whatever is changed in it', () => {
    const change = fc.record({
      place: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      kind: fc.constantFrom('flip', 'drop', 'insert', 'repeat'),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...recordings),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        (recording, changes, withKeys) => {
          const parts = recording.chunks.map((chunk) => ({ ...chunk, bytes: Uint8Array.from(chunk.bytes) }));
          for (const { place, kind, bytes } of changes) mutate(parts, place, kind, bytes);
          const keyLog: KeyLog = withKeys ? keyLogOf(recording) : new GrowingKeyLog();
          const transcript = readConversation(parts, keyLog);
          const { problems } = transcript;
          JSON.stringify(
            describeTranscript(transcript, recording, { at: new Date(), clientChain: [identity.der] }),
          );
          chainFindings(sentChain(transcript, 'server'), { valid: null, problems: [] });
          for (const { error } of problems) expect(error.code).toMatch(/^DEVCA_WIRE_(MALFORMED|LIMIT)$/);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('any bytes', () => {
  it('never make the reader throw', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('client', 'server'), fc.uint8Array({ maxLength: 300 })), {
          maxLength: 8,
        }),
        (chunks) => {
          const conversation = new Conversation(new GrowingKeyLog());
          for (const [from, bytes] of chunks) conversation.push({ at: 0, from: from as 'client', bytes });
          conversation.transcript();
        },
      ),
      { numRuns: RUNS },
    );
  });

  it('as a message of any type end in a message or in a coded error', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 }),
        fc.uint8Array({ maxLength: 400 }),
        fc.constantFrom(0x0301, 0x0303, 0x0304),
        fc.constantFrom(0x1301, 0xc02b, 0x009e, 0x00a8, 0xc037, 0x002f),
        (code, body, version, cipherSuite) => {
          try {
            parseMessage(code, body, { version, cipherSuite });
          } catch (error) {
            expect(error).toMatchObject({ code: 'DEVCA_WIRE_MALFORMED' });
          }
        },
      ),
      { numRuns: RUNS * 5 },
    );
  });
});

describe('limits', () => {
  const record = (type: number, body: Uint8Array): Uint8Array =>
    Buffer.concat([Buffer.from([type, 3, 3, body.length >> 8, body.length & 255]), body]);
  const read = (...records: Uint8Array[]): Transcript =>
    readConversation(
      records.map((bytes, at) => ({ at, from: 'server' as const, bytes })),
      new GrowingKeyLog(),
    );

  it('refuse a certificate message of 16 MiB at its header', () => {
    const { problems } = read(record(22, Buffer.from([11, 0xff, 0xff, 0xff, 0, 0, 0])));
    expect(problems.map(({ error }) => [error.code, error.message])).toEqual([
      ['DEVCA_WIRE_LIMIT', 'the certificate message has 16777215 bytes, more than the limit of 1048576'],
    ]);
  });

  it('refuse a record above the size that TLS allows', () => {
    const { problems, server: totals } = read(Buffer.from([22, 3, 3, 0xff, 0xff, 1]));
    expect(problems.map(({ error }) => error.code)).toEqual(['DEVCA_WIRE_MALFORMED']);
    expect(totals.records).toBe(0);
  });

  it('keep a bounded number of entries', () => {
    const warning = Buffer.from([1, 90]);
    const { entries, omitted } = read(...Array.from({ length: 2100 }, () => record(21, warning)));
    expect([entries.length, omitted]).toEqual([2000, 100]);
  });

  it.each([
    ['http', 'HTTP/1.1 400 Bad Request\r\n'],
    ['ssh', 'SSH-2.0-OpenSSH_9.2p1\r\n'],
    ['smtp', '220 mail.test ESMTP Postfix\r\n'],
    ['ftp', '220 FTP server ready\r\n'],
    ['imap', '* OK IMAP4rev1 ready\r\n'],
    ['pop3', '+OK POP3 ready\r\n'],
    ['mysql', 'J\0\0\0\n8.0.36\0'],
    ['unknown', 'N nonsense'],
  ])('name %s where a server should speak TLS', (protocol, text) => {
    expect(read(Buffer.from(text, 'latin1')).server.foreign?.protocol).toBe(protocol);
  });
});

function mutate(parts: { bytes: Uint8Array }[], place: number, kind: string, bytes: Uint8Array): void {
  const part = parts[Math.floor(place * parts.length)];
  if (part === undefined) return;
  const offset = Math.floor(((place * parts.length) % 1) * part.bytes.length);
  const [before, after] = [part.bytes.subarray(0, offset), part.bytes.subarray(offset)];
  switch (kind) {
    case 'flip':
      part.bytes = Buffer.concat([before, bytes, after.subarray(bytes.length)]);
      return;
    case 'drop':
      part.bytes = Buffer.concat([before, after.subarray(bytes.length)]);
      return;
    case 'insert':
      part.bytes = Buffer.concat([before, bytes, after]);
      return;
    default:
      part.bytes = Buffer.concat([part.bytes, before]);
  }
}
