import { once } from 'node:events';
import { type AddressInfo, createServer, isIP } from 'node:net';
import { decodePem, encodePem } from '../../pki/pem.ts';
import { type ExecOutcome, lastLines } from '../../platform/exec.ts';
import type { World } from '../../platform/world.ts';
import {
  type ClientEndpoint,
  type ClientOutcome,
  type Endpoint,
  type Peer,
  REQUEST,
  type RunningServer,
  type ServerEndpoint,
} from '../peer.ts';
import { type Observation, reasonOfText, reasonOfVerifyResult, type Seen } from '../seen.ts';
import { type ScratchFiles, scratchFiles } from './scratch-files.ts';

/** `openssl s_client` and `openssl s_server`, one process for each connection. */
export const opensslPeer: Peer = {
  id: 'openssl',
  // It stops at the first thing that it finds, and that is the same for both.
  alike: { 'missing-intermediate': ['unknown-ca'] },
  serve: serveWithOpenssl,
  connect: connectWithOpenssl,
};

async function connectWithOpenssl(
  port: number,
  endpoint: ClientEndpoint,
  world: World,
): Promise<ClientOutcome> {
  const name = endpoint.attempts[0]?.name ?? 'localhost';
  const scratch = scratchFiles(world);
  try {
    const outcome = await world.exec.run(
      'openssl',
      [
        's_client',
        ...['-connect', `127.0.0.1:${port}`],
        ...(isIP(name) === 0
          ? ['-servername', name, '-verify_hostname', name]
          : ['-noservername', '-verify_ip', name]),
        endpoint.tls === 'TLSv1.3' ? '-tls1_3' : '-tls1_2',
        ...commonArguments(endpoint, scratch),
        ...['-verify', '9', '-verify_return_error', '-ign_eof'],
      ],
      { stdin: REQUEST, timeoutMs: endpoint.timeLimitMs },
    );
    const accepted = /HTTP\/1\.\d 200/.test(outcome.stdout);
    return { connections: 1, observation: accepted ? { seen: 'accepted' } : refusal(outcome) };
  } finally {
    scratch.remove();
  }
}

async function serveWithOpenssl(endpoint: ServerEndpoint, world: World): Promise<RunningServer> {
  const port = await freePort();
  const scratch = scratchFiles(world);
  const ended = world.exec.run(
    'openssl',
    [
      's_server',
      ...['-accept', `127.0.0.1:${port}`, '-naccept', '1', '-www', '-no_tls1', '-no_tls1_1'],
      ...commonArguments(endpoint, scratch),
      ...['-Verify', '9', '-verify_return_error'],
    ],
    { timeoutMs: endpoint.timeLimitMs },
  );
  // It may end before anyone asks what it saw.
  ended.catch(() => {});
  return {
    port,
    observed: async () => {
      const outcome = await ended;
      const finished = /^ *1 server accepts that finished/m.test(outcome.stdout);
      return finished && !outcome.stderr.includes('verify error') ? { seen: 'accepted' } : refusal(outcome);
    },
    close: async () => {
      await ended.catch(() => {});
      scratch.remove();
    },
  };
}

function commonArguments({ credentials, trust, crls }: Endpoint, scratch: ScratchFiles): string[] {
  // A file of trusted certificates may hold revocation lists too, and `-CRL` takes only one list.
  const trusted = scratch.write('trust.pem', [...trust, ...crls].join(''));
  return [
    ...['-CAfile', trusted, '-no-CApath', '-no-CAstore'],
    ...(crls.length === 0 ? [] : ['-crl_check_all']),
    ...(credentials === undefined ? [] : credentialArguments(credentials, scratch)),
  ];
}

/** Of the file of a certificate, OpenSSL's programs show the first one alone. */
function credentialArguments(
  { certPem, keyPem, keyFile }: NonNullable<Endpoint['credentials']>,
  scratch: ScratchFiles,
): string[] {
  const [first = '', ...further] = decodePem(certPem, 'proof').map(({ der }) =>
    encodePem('CERTIFICATE', der),
  );
  return [
    ...['-cert', scratch.write('cert.pem', first)],
    ...(further.length === 0 ? [] : ['-cert_chain', scratch.write('chain.pem', further.join(''))]),
    ...['-key', keyFile ?? scratch.write('key.pem', keyPem)],
  ];
}

function refusal({ stdout, stderr, timedOut, status }: ExecOutcome): Observation {
  const detail = /verify error:.*/.exec(stderr)?.[0] ?? lastLines(stderr, 1);
  const number = /verify error:num=(\d+)/.exec(stderr)?.[1];
  const reason = number === undefined ? reasonOfText(stdout + stderr) : reasonOfVerifyResult(Number(number));
  if (reason !== undefined) return { seen: reason, detail };
  const seen: Seen = timedOut ? 'timed-out' : `error:openssl ${number ?? `status ${status}`}`;
  return { seen, detail };
}

/** The program cannot say which port it took, so it is given one that was free a moment ago. */
async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, 'close');
  return port;
}
