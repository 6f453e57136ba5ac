import { expect, it } from '@jest/globals';
import { KEY_TYPES } from '../../../src/pki/key.ts';
import { type CertificateFiles, keyTypePair } from '../../support/acceptance-lab.ts';
import { acceptanceSuite } from '../../support/acceptance-suite.ts';
import { type Court, forgeries, type Trial } from '../../support/acceptance-trials.ts';
import { judgeEach, runProgram, type Wording } from '../../support/acceptance-verdicts.ts';
import { type ForeignServer, startServer } from '../../support/foreign-server.ts';
import { toolOrFail } from '../../support/tools.ts';

/** By the numbers of X509_V_ERR. */
const WORDING: Wording = {
  name: /error 6[234] at 0 /,
  purpose: /error 26 at 0 /,
  authority: /error 20 at [01] /,
  'not-an-authority': /error 79 at 1 /,
  expired: /error 10 at 0 /,
  'not-yet-valid': /error 9 at 0 /,
  constraint: /error 47 at 0 /,
  'path-length': /error 25 at 2 /,
};

const NAME_FLAGS = { dns: '-verify_hostname', ip: '-verify_ip', email: '-verify_email', uri: '' };

acceptanceSuite(
  {
    name: 'OpenSSL',
    tools: ['openssl'],
    wording: WORDING,
    judge: (trials, home) => judgeEach(trials, (trial) => verify(trial, home)),
  },
  (exhibits) => {
    it.each(['-tls1_2', '-tls1_3'])(
      'shakes hands by %s with every kind of key at both ends',
      async (version) => {
        const { court, matrix } = exhibits();
        for (const keyType of KEY_TYPES) {
          const { client, service } = keyTypePair(matrix, keyType);
          await using server = await serve(court, service);
          expect(await call(court, server, 'orders.test', version, client)).toBe('olleh');
          expect(await call(court, server, 'orders.svc.local', version, service)).toBe('olleh');
        }
      },
      30_000,
    );

    it.each(['-tls1_2', '-tls1_3'])(
      'ends a handshake by %s that a server must not complete',
      async (version) => {
        const { court } = exhibits();
        await using server = await serve(court, court.server);
        expect(await call(court, server, 'api.test', version)).toMatch(
          /alert (handshake failure|certificate required)/,
        );
        expect(await call(court, server, 'api.test', version, court.server)).toMatch(
          /alert unsupported certificate/,
        );
        for (const { id, certificate } of forgeries(court, true).filter(
          ({ purpose }) => purpose === 'client',
        ))
          expect(`${id}: ${await call(court, server, 'api.test', version, certificate)}`).toMatch(
            /alert (certificate unknown|certificate expired)/,
          );
      },
      30_000,
    );
  },
);

async function verify(
  { root, certificate, purpose, name }: Trial,
  home: string,
): Promise<string | undefined> {
  const { stdout, stderr } = await runProgram(
    toolOrFail('openssl'),
    [
      ...['verify', '-x509_strict', '-CAfile', root, '-untrusted', certificate.fullchain],
      ...['-purpose', `ssl${purpose}`],
      ...(name === undefined ? [] : [NAME_FLAGS[name.kind], name.value]),
      certificate.cert,
    ],
    { home },
  );
  return stdout.endsWith(': OK\n') ? undefined : stderr;
}

const ends = ({ lab }: Court, { cert, key, fullchain }: CertificateFiles): string[] => [
  ...['-CAfile', lab.root, '-x509_strict', '-verify_return_error'],
  ...['-cert', cert, '-cert_chain', fullchain, '-key', key],
];

/** A server that demands a client certificate and sends every line back in reverse, until one says CLOSE. */
const serve = (court: Court, certificate: CertificateFiles): Promise<ForeignServer> =>
  startServer(
    toolOrFail('openssl'),
    ['s_server', '-accept', '127.0.0.1:0', '-rev', '-Verify', '3', ...ends(court, certificate)],
    /ACCEPT 127\.0\.0\.1:(\d+)/,
    court.lab.folder,
  );

/** What comes back for `hello`, or why nothing does. */
async function call(
  court: Court,
  { port }: ForeignServer,
  name: string,
  version: string,
  certificate?: CertificateFiles,
): Promise<string> {
  const { stdout, stderr } = await runProgram(
    toolOrFail('openssl'),
    [
      ...['s_client', '-connect', `127.0.0.1:${port}`, '-brief', '-ign_eof', version],
      ...['-verify_hostname', name],
      ...(certificate === undefined ? ['-CAfile', court.lab.root] : ends(court, certificate)),
    ],
    { home: court.lab.folder, input: 'hello\nCLOSE\n' },
  );
  return stdout.trim() === '' ? stderr : stdout.trim();
}
