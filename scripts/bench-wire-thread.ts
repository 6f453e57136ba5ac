// The two ends of the measured handshakes, each a thread of its own. `workerData` is the server's credentials, or the
// port that the client connects to; the client is told how many handshakes to make, tapped or not.
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import tls from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';
import { Tap } from '../src/wire/tap.ts';

export type ThreadData = { readonly cert: string; readonly key: string } | { readonly port: number };
export interface Order {
  readonly count: number;
  readonly isTapped: boolean;
}

const data = workerData as ThreadData;
if ('port' in data)
  parentPort?.on('message', async ({ count, isTapped }: Order) => {
    let ms = 0;
    for (let made = 0; made < count; made++) ms += await handshake(data.port, isTapped);
    parentPort?.postMessage(ms / count);
  });
else {
  const server = tls.createServer(data, (socket) =>
    socket
      .on('error', () => {})
      .resume()
      .write('.'),
  );
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
}

const context = tls.createSecureContext();

/** Until the server's first byte, which it writes once it is secured; it has cleared up before the next begins. */
async function handshake(port: number, isTapped: boolean): Promise<number> {
  const near = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(near, 'connect');
  const started = process.hrtime.bigint();
  const tap = isTapped ? new Tap(near, 'client') : undefined;
  const socket = tls.connect({
    socket: tap ?? near,
    servername: 'localhost',
    rejectUnauthorized: false,
    secureContext: context,
  });
  if (tap !== undefined) socket.on('keylog', (line: Buffer) => tap.addSecret(line));
  await once(socket, 'data');
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  socket.destroy();
  near.destroy();
  await setTimeout(1);
  return ms;
}
