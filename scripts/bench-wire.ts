import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { encodeCapture } from '../src/wire/capture-writer.ts';
import { makeAuthority, makeCertificate } from '../test/unit/wire/certificates.ts';
import { loopbackHandshake } from '../test/unit/wire/loopback.ts';
import { type BenchRow, benchRow } from './bench-row.ts';
import type { Order, ThreadData } from './bench-wire-thread.ts';

const MIB = 1024 * 1024;
const HANDSHAKES = 10;
const LARGE = 100;
const SMALL = 10;
const WANTED_RATE = 50;

/** What watching a handshake costs, and reading a large capture, as to time and memory. */
export async function benchWire(scratch: string, runs: number): Promise<readonly BenchRow[]> {
  return [await tapRow(runs), ...(await captureRows(scratch, runs))];
}

const { root } = makeAuthority();
const identity = makeCertificate({ commonName: 'localhost', names: ['localhost'], issuer: root });
const credentials = { cert: identity.pem + root.pem, key: identity.keyPem };

async function tapRow(runs: number): Promise<BenchRow> {
  const thread = (workerData: ThreadData): Worker =>
    new Worker(new URL('./bench-wire-thread.ts', import.meta.url), { workerData });
  const server = thread(credentials);
  const [port] = (await once(server, 'message')) as [number];
  const client = thread({ port });
  const time = async (isTapped: boolean): Promise<number> => {
    client.postMessage({ count: HANDSHAKES, isTapped } satisfies Order);
    return ((await once(client, 'message')) as [number])[0];
  };
  const pairs: [number, number][] = [];
  for (const isTapped of [true, false]) await time(isTapped);
  for (let run = 0; run < 5 * runs; run++) pairs.push([await time(true), await time(false)]);
  await Promise.all([server.terminate(), client.terminate()]);
  return benchRow({ what: 'a handshake, tapped', against: 'untapped', target: 1.15 }, pairs);
}

async function captureRows(scratch: string, runs: number): Promise<readonly BenchRow[]> {
  const [large, small] = [await captureOf(LARGE, scratch), await captureOf(SMALL, scratch)];
  const read = (file: string): { readonly ms: number; readonly mebibytes: number } =>
    JSON.parse(
      execFileSync(process.execPath, ['--no-warnings', join(import.meta.dirname, 'bench-capture.ts'), file], {
        encoding: 'utf8',
      }),
    );
  read(large);
  const readings = Array.from({ length: Math.min(runs, 7) }, () => [read(large), read(small)] as const);
  return [
    benchRow(
      { what: `reading a capture of ${LARGE} MiB`, against: `${WANTED_RATE} MiB/s`, target: 1 },
      readings.map(([{ ms }]) => [ms, (LARGE / WANTED_RATE) * 1000]),
    ),
    benchRow(
      { what: `its peak memory, in MiB`, against: `that of ${SMALL} MiB`, target: 1.5 },
      readings.map(([of, against]) => [of.mebibytes, against.mebibytes]),
    ),
  ];
}

/** Connections of a megabyte of data each, one after the other, with their secrets. */
async function captureOf(mebibytes: number, scratch: string): Promise<string> {
  const { client: recording } = await loopbackHandshake({ server: credentials, data: 'x'.repeat(MIB / 2) });
  const path = join(scratch, `capture-${mebibytes}.pcapng`);
  const file = openSync(path, 'w');
  try {
    for (let written = 0, port = 10_000; written < mebibytes * MIB; port++) {
      const connection = {
        client: `127.0.0.1:${port}`,
        server: '127.0.0.1:443',
        startedAt: new Date(port * 1000),
        recording,
      };
      written += writeSync(file, encodeCapture([connection]));
    }
  } finally {
    closeSync(file);
  }
  return path;
}
