// Reads trials as JSON from standard input, holds a handshake of each at both ends, and prints the verdicts.
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import tls from 'node:tls';

const VERSIONS = ['TLSv1.2', 'TLSv1.3'];
const describe = (error) => `${error.code ?? ''} ${error.message}`;
const pairOf = ({ fullchain, key }) => ({ cert: readFileSync(fullchain), key: readFileSync(key) });

/** What the client and what the server had against the other. */
async function handshake(trial, version) {
  const byServer = trial.purpose === 'client';
  const [server, client] = byServer
    ? [trial.counterpart, trial.certificate]
    : [trial.certificate, trial.counterpart];
  const common = { ca: readFileSync(trial.root), minVersion: version, maxVersion: version };
  const against = {};
  // Left open for those who show nothing good: a server that rejects by itself keeps its reason.
  const options = { ...common, ...pairOf(server), requestCert: true, rejectUnauthorized: false };
  const listener = tls.createServer(options, (socket) => {
    socket.on('error', (error) => {
      against.client ??= describe(error);
    });
    if (!socket.authorized) {
      against.client = `${socket.authorizationError?.code ?? ''} ${socket.authorizationError?.message ?? socket.authorizationError}`;
      socket.destroy();
    } else {
      socket.on('data', (data) => socket.end(data));
    }
  });
  listener.on('tlsClientError', () => undefined);
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const name = trial.name?.value ?? 'localhost';
  await new Promise((resolve) => {
    const socket = tls.connect({
      ...common,
      ...pairOf(client),
      host: '127.0.0.1',
      port: listener.address().port,
      // An address must not stand in a server name indication (RFC 6066 section 3).
      ...(isIP(name) > 0 ? {} : { servername: name }),
      checkServerIdentity: (_host, certificate) => tls.checkServerIdentity(name, certificate),
      timeout: 5_000,
    });
    let answer = '';
    socket.on('secureConnect', () => socket.write('x'));
    socket.on('data', (data) => {
      answer += data;
      socket.end();
    });
    socket.on('timeout', () => socket.destroy(new Error('nothing came back in time')));
    socket.on('error', (error) => {
      against.server ??= describe(error);
    });
    socket.on('close', () => {
      if (answer !== 'x') against.server ??= 'nothing came back';
      resolve();
    });
  });
  await new Promise((resolve) => listener.close(resolve));
  return byServer ? (against.client ?? against.server) : (against.server ?? against.client);
}

for (const trial of JSON.parse(readFileSync(0, 'utf8')))
  for (const version of VERSIONS) {
    const refusal = await handshake(trial, version);
    const said = refusal === undefined ? undefined : `${version}: ${refusal}`;
    process.stdout.write(`${JSON.stringify({ id: trial.id, refusal: said })}\n`);
  }
