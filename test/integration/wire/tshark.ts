import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { type CapturedRecording, encodeCapture } from '../../../src/wire/capture-writer.ts';
import type { HandshakeObservation } from '../../../src/wire/observe-handshake.ts';
import { MESSAGE_TYPES } from '../../../src/wire/tables/code-points.ts';
import type { Transcript } from '../../../src/wire/transcript.ts';
import { toolOrFail } from '../../support/tools.ts';

/** A message as tshark reads it. */
export interface ForeignReading {
  readonly from: 'client' | 'server';
  readonly type: string;
  readonly bytes: number;
  /** Microseconds since the first packet. */
  readonly at: number;
}

/** Our own reading in the same form. tshark names a retry by its real type. */
export function ownReading({ entries, flights }: Transcript): ForeignReading[] {
  const zero = flights[0]?.at ?? 0;
  return entries
    .filter(({ type }) => type !== 'change_cipher_spec' && type !== 'alert')
    .map(({ from, type, bytes, at }) => ({
      from,
      type: type === 'hello_retry_request' ? 'server_hello' : type,
      bytes,
      at: Math.round(at - zero),
    }));
}

export function captureOf(observation: HandshakeObservation): CapturedRecording {
  const { connection, startedAt, recording } = observation;
  return { client: connection.local, server: connection.address, startedAt, recording };
}

/** What tshark reads out of a capture file, decrypted by the secrets inside it. */
export function tsharkReading(path: string, recordings: readonly CapturedRecording[]): ForeignReading[] {
  writeFileSync(path, encodeCapture(recordings));
  const port = Number(/:(\d+)$/.exec(recordings[0]?.server ?? '')?.[1]);
  const fields = ['tcp.srcport', 'frame.time_relative', 'tls.handshake.type', 'tls.handshake.length'];
  const output = execFileSync(
    toolOrFail('tshark'),
    [
      '-r',
      path,
      '-d',
      `tcp.port==${port},tls`,
      '-Y',
      'tls.handshake.type',
      '-T',
      'fields',
      '-E',
      'aggregator=,',
      ...fields.flatMap((field) => ['-e', field]),
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  return output
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [source, time, types = '', lengths = ''] = line.split('\t');
      const from = Number(source) === port ? 'server' : 'client';
      const sizes = lengths.split(',');
      return types.split(',').map((code, index) => ({
        from,
        type: MESSAGE_TYPES.get(Number(code)) ?? code,
        bytes: Number(sizes[index]) + 4,
        at: Math.round(Number(time) * 1e6),
      })) as ForeignReading[];
    });
}
