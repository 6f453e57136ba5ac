import { isDevcaError } from '../src/errors/devca-error.ts';
import { encodeCapture } from '../src/wire/capture-writer.ts';
import { readConversation } from '../src/wire/conversation.ts';
import { describeTranscript } from '../src/wire/describe-handshake.ts';
import { chainFindings } from '../src/wire/findings.ts';
import { GrowingKeyLog } from '../src/wire/key-log.ts';
import { parseMessage } from '../src/wire/parse-message.ts';
import { readCapture } from '../src/wire/read-capture.ts';
import { keyLogOf } from '../src/wire/recording.ts';
import { sentChain } from '../src/wire/served-chain.ts';
import type { Recording } from '../src/wire/tap.ts';
import type { TimedBytes } from '../src/wire/transcript.ts';
import { type Choices, mutateBytes } from '../test/support/der-mutation.ts';
import { makeAuthority, makeCertificate } from '../test/unit/wire/certificates.ts';
import { loopbackHandshake } from '../test/unit/wire/loopback.ts';

export type Experiment = (choices: Choices) => string | undefined;

/** Mutants of handshakes that the runtime has just made with itself; a text is a failure, as is an exception. */
export async function wireExperiments(): Promise<Readonly<Record<string, Experiment>>> {
  const recordings = [await recorded('TLSv1.3'), await recorded('TLSv1.2')] as const;
  const messages = plainMessages(recordings[1]);
  const pick = <T>(list: readonly T[], { below }: Choices): T => list[below(list.length)] as T;
  return {
    records: (choices) => {
      const recording = pick(recordings, choices);
      const chunks = mutateStream(recording.chunks, choices);
      const keyLog = choices.below(4) === 0 ? new GrowingKeyLog() : keyLogOf(recording);
      const transcript = readConversation(chunks, keyLog);
      JSON.stringify(describeTranscript(transcript, recording, { at: new Date(0) }));
      chainFindings(sentChain(transcript, 'server'), { valid: null, problems: [] });
      return onlyCodes(
        transcript.problems.map(({ error }) => error),
        /^DEVCA_WIRE_(MALFORMED|LIMIT)$/,
      );
    },
    messages: (choices) => {
      const { code, body } = pick(messages, choices);
      const version = pick([0x0301, 0x0302, 0x0303, 0x0304], choices);
      const cipherSuite = pick([0x1301, 0xc02b, 0x009e, 0x00a8, 0xc037, 0x002f], choices);
      return coded(
        () => parseMessage(code, mutateBytes(body, choices), { version, cipherSuite }),
        /^DEVCA_WIRE_MALFORMED$/,
      );
    },
    captures: (choices) => {
      const recording = pick(recordings, choices);
      const connection = {
        client: '127.0.0.1:50000',
        server: '[::1]:443',
        startedAt: new Date(0),
        recording,
      };
      const capture = mutateBytes(encodeCapture([connection]), choices);
      return coded(
        () => readCapture([capture], 'mutant'),
        /^DEVCA_WIRE_(CAPTURE_INVALID|CAPTURE_EMPTY|KEY_LOG_INVALID|LIMIT)$/,
      );
    },
    'key logs': (choices) => {
      const text = mutateBytes(Buffer.from(keyLogOf(pick(recordings, choices)).toText()), choices);
      return coded(
        () => new GrowingKeyLog().add(Buffer.from(text).toString('latin1')),
        /^DEVCA_WIRE_(KEY_LOG_INVALID|LIMIT)$/,
      );
    },
  };
}

async function recorded(maxVersion: 'TLSv1.3' | 'TLSv1.2'): Promise<Recording> {
  const { root } = makeAuthority();
  const identity = makeCertificate({ commonName: 'localhost', names: ['localhost'], issuer: root });
  const mine = { cert: identity.pem + root.pem, key: identity.keyPem };
  const server = {
    ...mine,
    requestCert: true,
    rejectUnauthorized: false,
    ca: root.pem,
    ALPNProtocols: ['h2'],
  };
  const { client } = await loopbackHandshake({
    server: { ...server, maxVersion },
    client: { ...mine, ALPNProtocols: ['h2', 'http/1.1'] },
  });
  return client;
}

interface Message {
  readonly code: number;
  readonly body: Uint8Array;
}

/** The messages of TLS 1.2, which are in the clear until Finished. */
function plainMessages({ chunks }: Recording): Message[] {
  return (['client', 'server'] as const).flatMap((side) => {
    const stream = Buffer.concat(chunks.filter(({ from }) => from === side).map(({ bytes }) => bytes));
    const handshake: Buffer[] = [];
    for (let at = 0; stream[at] === 22; at += 5 + stream.readUInt16BE(at + 3))
      handshake.push(stream.subarray(at + 5, at + 5 + stream.readUInt16BE(at + 3)));
    const bytes = Buffer.concat(handshake);
    const messages: Message[] = [];
    for (let at = 0; at + 4 <= bytes.length; ) {
      const end = at + 4 + bytes.readUIntBE(at + 1, 3);
      messages.push({ code: bytes[at] ?? 0, body: bytes.subarray(at + 4, end) });
      at = end;
    }
    return messages;
  });
}

/** Changes one piece, leaves one out or sends it twice, cuts another in two, and lets a side refuse the other. */
function mutateStream(chunks: readonly TimedBytes[], choices: Choices): TimedBytes[] {
  const mutants = [...chunks];
  const at = choices.below(mutants.length);
  const chosen = mutants[at] as TimedBytes;
  const kind = choices.below(6);
  if (kind === 0) mutants.splice(at, 1);
  else if (kind === 1) mutants.splice(at, 0, chosen);
  else mutants.splice(at, 1, { ...chosen, bytes: mutateBytes(chosen.bytes, choices) });
  const cut = choices.below(mutants.length);
  const whole = mutants[cut] as TimedBytes;
  const middle = choices.below(whole.bytes.length + 1);
  const halves = [whole.bytes.subarray(0, middle), whole.bytes.subarray(middle)];
  mutants.splice(cut, 1, ...halves.map((bytes) => ({ ...whole, bytes })));
  if (choices.below(3) === 0) {
    const alert = Uint8Array.of(21, 3, 3, 0, 2, 2, choices.below(130));
    mutants.push({ at: 0, from: choices.below(2) === 0 ? 'client' : 'server', bytes: alert });
  }
  return mutants;
}

function coded(parse: () => unknown, allowed: RegExp): string | undefined {
  try {
    parse();
    return undefined;
  } catch (cause) {
    if (!isDevcaError(cause)) throw cause;
    return onlyCodes([cause], allowed);
  }
}

const onlyCodes = (errors: readonly { readonly code: string }[], allowed: RegExp): string | undefined =>
  errors.map(({ code }) => code).find((code) => !allowed.test(code));
