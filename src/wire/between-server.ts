import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../platform/clock.ts';
import { systemRandom } from '../platform/random.ts';
import { type ServeOptions, serveHandshakes } from './serve-handshakes.ts';

/** The server's thread of `between.ts`: tells its port, then each handshake. It ends with its parent's word. */
const port = parentPort;
if (port !== null) {
  const server = await serveHandshakes(
    workerData as ServeOptions,
    (handshake) => port.postMessage({ handshake }),
    { clock: systemClock, random: systemRandom },
  );
  port.postMessage({ port: server.port });
  port.once('message', () => {
    server.close().then(() => port.close());
  });
}
