import { isIP } from 'node:net';
import type { World } from '../../platform/world.ts';
import { type ClientEndpoint, type ClientOutcome, type Peer, REQUEST } from '../peer.ts';
import type { Observation, Reason } from '../seen.ts';
import { scratchFiles } from './scratch-files.ts';

/** The gnutls-cli program, as a client: a verifier that shares no code with OpenSSL. */
export const gnutlsPeer: Peer = {
  id: 'gnutls',
  // Whatever leads to no root that it trusts has an unknown issuer for it.
  alike: { 'missing-intermediate': ['unknown-ca'], 'self-signed': ['unknown-ca'] },
  // It takes only lists that are signed by a trusted root itself, and that is not who revokes.
  checksCrls: false,
  connect: connectWithGnutls,
};

async function connectWithGnutls(
  port: number,
  endpoint: ClientEndpoint,
  world: World,
): Promise<ClientOutcome> {
  const { credentials, trust, tls, timeLimitMs } = endpoint;
  const name = endpoint.attempts[0]?.name ?? 'localhost';
  const scratch = scratchFiles(world);
  try {
    const outcome = await world.exec.run(
      'gnutls-cli',
      [
        ...['--port', String(port)],
        ...(isIP(name) === 0 ? ['--sni-hostname', name] : ['--disable-sni']),
        ...['--verify-hostname', name],
        ...['--priority', `NORMAL:-VERS-ALL:+VERS-TLS${tls === 'TLSv1.3' ? '1.3' : '1.2'}`],
        ...['--x509cafile', scratch.write('trust.pem', trust.join(''))],
        ...(credentials === undefined
          ? []
          : [
              ...['--x509certfile', scratch.write('cert.pem', credentials.certPem)],
              ...['--x509keyfile', credentials.keyFile ?? scratch.write('key.pem', credentials.keyPem)],
            ]),
        '127.0.0.1',
      ],
      { stdin: REQUEST, timeoutMs: timeLimitMs },
    );
    return { connections: 1, observation: observationOf(outcome.stdout, outcome.stderr, outcome.status) };
  } finally {
    scratch.remove();
  }
}

function observationOf(stdout: string, stderr: string, status: number | null): Observation {
  if (/HTTP\/1\.\d 200/.test(stdout)) return { seen: 'accepted' };
  const verdict = /Status: (.*)/.exec(stdout)?.[1] ?? '';
  const reason = WORDS.find(([words]) => verdict.includes(words))?.[1];
  const detail = verdict === '' ? (stderr.trim().split('\n').at(-1) ?? '') : verdict.trim();
  return { seen: reason ?? `error:gnutls-cli ${status ?? 'killed'}`, detail };
}

/** What is more particular comes first: a verdict has several sentences. */
const WORDS: readonly (readonly [words: string, reason: Reason])[] = [
  ['uses expired certificate', 'expired'],
  ['uses not yet valid certificate', 'not-yet-valid'],
  ['violates the signer', 'outside-constraint'],
  ['does not match the intended purpose', 'wrong-usage'],
  ['signature in the certificate is invalid', 'signature-invalid'],
  ['does not match the expected', 'wrong-name'],
  ['issuer is unknown', 'unknown-ca'],
];
