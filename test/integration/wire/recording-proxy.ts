import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { readConversation } from '../../../src/wire/conversation.ts';
import { parseKeyLog } from '../../../src/wire/key-log.ts';
import { monotonicMicroseconds, type Recording } from '../../../src/wire/tap.ts';
import type { TimedBytes, Transcript } from '../../../src/wire/transcript.ts';

/** Passes connections on and keeps their bytes, for two foreign ends that only a key log of theirs lets us read. */
export interface RecordingProxy {
  readonly port: number;
  /** The connections so far, with the secrets of a key log. */
  readings(keyLog: string): { readonly transcript: Transcript; readonly recording: Recording }[];
  close(): void;
}

export async function recordingProxy(to: number): Promise<RecordingProxy> {
  const connections: TimedBytes[][] = [];
  const startedAt = monotonicMicroseconds();
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    const chunks: TimedBytes[] = [];
    connections.push(chunks);
    const at = () => monotonicMicroseconds() - startedAt;
    near.on('data', (bytes: Buffer) => {
      chunks.push({ at: at(), from: 'client', bytes });
      far.write(bytes);
    });
    far.on('data', (bytes: Buffer) => {
      chunks.push({ at: at(), from: 'server', bytes });
      near.write(bytes);
    });
    near.on('end', () => far.end()).on('error', () => far.destroy());
    far.on('end', () => near.end()).on('error', () => near.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    readings: (keyLog) =>
      connections.map((chunks) => ({
        transcript: readConversation(chunks, parseKeyLog(keyLog, 'key log')),
        recording: {
          startedAt,
          chunks,
          secrets: keyLog
            .split('\n')
            .filter((line) => line !== '' && !line.startsWith('#'))
            .map((line) => ({ at: 0, line })),
          unrecordedBytes: 0,
        },
      })),
    close: () => server.close(),
  };
}
