import { isIPv6 } from 'node:net';
import type { World } from '../../platform/world.ts';
import type { ClientEndpoint, ClientOutcome, Peer } from '../peer.ts';
import { type Observation, reasonOfText } from '../seen.ts';
import { scratchFiles } from './scratch-files.ts';

/** The curl program, as a client. It knows no exact reason but in its words, which are those of an OpenSSL build. */
export const curlPeer: Peer = {
  id: 'curl',
  alike: { 'missing-intermediate': ['unknown-ca'] },
  connect: connectWithCurl,
};

async function connectWithCurl(port: number, endpoint: ClientEndpoint, world: World): Promise<ClientOutcome> {
  const { credentials, trust, crls, tls, timeLimitMs } = endpoint;
  const name = endpoint.attempts[0]?.name ?? 'localhost';
  const version = tls === 'TLSv1.3' ? '1.3' : '1.2';
  const scratch = scratchFiles(world);
  try {
    const outcome = await world.exec.run(
      'curl',
      [
        // First, so that the user's own settings are not read.
        '--disable',
        ...['--silent', '--show-error', '--noproxy', '*', '--max-time', String(timeLimitMs / 1000)],
        ...['--connect-to', `::127.0.0.1:${port}`],
        ...[`--tlsv${version}`, '--tls-max', version],
        ...['--cacert', scratch.write('trust.pem', trust.join(''))],
        ...(crls.length === 0 ? [] : ['--crlfile', scratch.write('crls.pem', crls.join(''))]),
        ...(credentials === undefined
          ? []
          : [
              ...['--cert', scratch.write('cert.pem', credentials.certPem)],
              ...['--key', credentials.keyFile ?? scratch.write('key.pem', credentials.keyPem)],
            ]),
        `https://${isIPv6(name) ? `[${name}]` : name}/`,
      ],
      { timeoutMs: timeLimitMs },
    );
    return { connections: 1, observation: observationOf(outcome.status, outcome.stdout, outcome.stderr) };
  } finally {
    scratch.remove();
  }
}

function observationOf(status: number | null, stdout: string, stderr: string): Observation {
  if (status === 0 && stdout !== '') return { seen: 'accepted' };
  return {
    seen: reasonOfText(stderr) ?? `error:curl ${status ?? 'killed'}`,
    detail: stderr.split('\n')[0] ?? '',
  };
}
