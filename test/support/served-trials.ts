import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { CertificateFiles } from './acceptance-lab.ts';
import type { Trial } from './acceptance-trials.ts';

export interface ServedTrial extends Trial {
  readonly port: number;
}

export interface ServedTrials extends AsyncDisposable {
  readonly trials: readonly ServedTrial[];
}

/** Serves the certificate of every trial on a port of its own, which answers `ok`. */
export async function serveTrials(
  trials: readonly Trial[],
  { mutual }: { readonly mutual: boolean },
): Promise<ServedTrials> {
  const servers: Server[] = [];
  const served: ServedTrial[] = [];
  for (const trial of trials) {
    const server = await serve(trial.certificate, mutual ? trial.root : undefined);
    servers.push(server);
    served.push({ ...trial, port: (server.address() as AddressInfo).port });
  }
  return {
    trials: served,
    [Symbol.asyncDispose]: async () => {
      for (const server of servers) server.closeAllConnections();
      await Promise.all(servers.map((server) => once(server.close(), 'close')));
    },
  };
}

/** An HTTPS server on loopback; with `clientRoot`, for clients with a certificate below it only. */
async function serve({ fullchain, key }: CertificateFiles, clientRoot: string | undefined): Promise<Server> {
  const server = createServer(
    {
      cert: readFileSync(fullchain),
      key: readFileSync(key),
      ...(clientRoot === undefined ? {} : { ca: readFileSync(clientRoot), requestCert: true }),
    },
    (_request, response) => {
      response.setHeader('connection', 'close');
      response.end('ok');
    },
  );
  // Refusals are told by the client.
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}
