import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { KEY_TYPES } from '../../../src/pki/key.ts';
import { type CertificateFiles, keyTypePair } from '../../support/acceptance-lab.ts';
import { acceptanceSuite } from '../../support/acceptance-suite.ts';
import { type Court, forgeries, type Trial } from '../../support/acceptance-trials.ts';
import { judgeEach, runProgram, type Wording } from '../../support/acceptance-verdicts.ts';
import { type ForeignServer, freePort, startServer } from '../../support/foreign-server.ts';
import { toolOrFail } from '../../support/tools.ts';

/** GnuTLS has one wording for every rule that an issuer sets. */
const WORDING: Wording = {
  name: /name in the certificate does not match the expected/,
  purpose: /does not match the intended purpose/,
  authority: /issuer is unknown/,
  'not-an-authority': /violates the signer's constraints/,
  expired: /uses expired certificate/,
  'not-yet-valid': /uses not yet valid certificate/,
  constraint: /violates the signer's constraints/,
  'path-length': /violates the signer's constraints/,
};

const PURPOSES = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' };

acceptanceSuite(
  {
    name: 'GnuTLS',
    tools: ['certtool', 'gnutls-serv', 'gnutls-cli'],
    wording: WORDING,
    judge: (trials, home) => judgeEach(trials, (trial) => verify(trial, home)),
  },
  (exhibits) => {
    it.each(['1.2', '1.3'])(
      'shakes hands by TLS %s with every kind of key at both ends',
      async (version) => {
        const { court, matrix } = exhibits();
        for (const keyType of KEY_TYPES) {
          const { client, service } = keyTypePair(matrix, keyType);
          await using server = await serve(court, service);
          expect(await call(court, server, 'orders.test', version, client)).toBe('hello');
          expect(await call(court, server, '127.0.0.1', version, service)).toBe('hello');
        }
      },
      60_000,
    );

    it.each(['1.2', '1.3'])(
      'ends a handshake by TLS %s that a server must not complete',
      async (version) => {
        const { court } = exhibits();
        await using server = await serve(court, court.server);
        expect(await call(court, server, 'localhost', version)).toMatch(/alert \[(116|50)\]/);
        for (const { id, certificate } of forgeries(court, true).filter(
          ({ purpose }) => purpose === 'client',
        ))
          expect(`${id}: ${await call(court, server, 'localhost', version, certificate)}`).toMatch(
            /alert \[49\]/,
          );
      },
      60_000,
    );
  },
);

async function verify(
  { root, certificate, purpose, name }: Trial,
  home: string,
): Promise<string | undefined> {
  const { stdout } = await runProgram(
    toolOrFail('certtool'),
    [
      ...['--verify', '--verify-profile', 'medium', '--load-ca-certificate', root],
      ...['--verify-purpose', PURPOSES[purpose]],
      ...(name === undefined ? [] : [`--verify-${name.kind === 'email' ? 'email' : 'hostname'}`, name.value]),
    ],
    { home, input: readFileSync(certificate.fullchain, 'utf8') },
  );
  const verdict = /Chain verification output: (.*)/.exec(stdout)?.[1] ?? stdout;
  return verdict.startsWith('Verified.') ? undefined : verdict;
}

const own = ({ fullchain, key }: CertificateFiles): string[] => [
  ...['--x509certfile', fullchain, '--x509keyfile', key],
];

/** A server that demands a client certificate and sends back what it gets. */
async function serve({ lab }: Court, certificate: CertificateFiles): Promise<ForeignServer> {
  const port = await freePort();
  const args = ['--echo', '--port', `${port}`, '--require-client-cert', '--verify-client-cert'];
  const server = await startServer(
    toolOrFail('gnutls-serv'),
    [...args, '--x509cafile', lab.root, ...own(certificate)],
    /IPv4 0\.0\.0\.0 port (\d+)/,
    lab.folder,
  );
  return server;
}

/** What comes back for `hello`, or why nothing does. */
async function call(
  { lab }: Court,
  { port }: ForeignServer,
  name: string,
  version: string,
  certificate?: CertificateFiles,
): Promise<string> {
  const log = join(lab.folder, 'gnutls-cli.log');
  const { stdout, stderr } = await runProgram(
    toolOrFail('gnutls-cli'),
    [
      ...['--port', `${port}`, '--logfile', log, '--x509cafile', lab.root],
      ...['--priority', `NORMAL:-VERS-ALL:+VERS-TLS${version}`, '--verify-hostname', name],
      ...(certificate === undefined ? [] : own(certificate)),
      '127.0.0.1',
    ],
    { home: lab.folder, input: 'hello\n' },
  );
  return stdout.trim() === '' ? `${readFileSync(log, 'utf8')}${stderr}` : stdout.trim();
}
