import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { keyTypePair } from '../../support/acceptance-lab.ts';
import { acceptanceSuite } from '../../support/acceptance-suite.ts';
import type { Trial } from '../../support/acceptance-trials.ts';
import { runProgram, type Wording } from '../../support/acceptance-verdicts.ts';
import { toolOrFail } from '../../support/tools.ts';

const WORDING: Wording = {
  name: /No subject alternative (DNS name|names) matching|No name matching/,
  purpose: /Extended key usage does not permit use for TLS/,
  authority: /unable to find valid certification path|does not chain with any of the trust anchors/,
  'not-an-authority': /keyCertSign bit is not set/,
  expired: /CertificateExpiredException/,
  'not-yet-valid': /CertificateNotYetValidException/,
  constraint: /name constraints check failed/,
  'path-length': /pathLenConstraint violated/,
};

const SOURCES = ['Handshakes', 'Https'].map((name) => join(import.meta.dirname, `programs/${name}.java`));
const PASSWORD = 'changeit';

acceptanceSuite(
  {
    name: 'Java',
    tools: ['java', 'javac', 'keytool', 'openssl'],
    wording: WORDING,
    // JSSE has no notion of a mail address.
    takes: ({ name }) => name?.kind !== 'email',
    prepare: async (home) => {
      const { status, stderr } = await runProgram(toolOrFail('javac'), ['-d', home, ...SOURCES], { home });
      if (status !== 0) throw new Error(`javac failed: ${stderr}`);
    },
    judge: async (trials, home) => {
      const input = trials.map(fields).join('\n');
      const args = ['-cp', home, 'Handshakes'];
      const { status, stdout, stderr } = await runProgram(toolOrFail('java'), args, { home, input });
      if (status !== 0) throw new Error(`java ended with ${status}: ${stderr}`);
      return stdout
        .trim()
        .split('\n')
        .map((line) => {
          const [id = '', refusal = ''] = line.split('\t');
          return { id, refusal: refusal === '' ? undefined : refusal };
        });
    },
  },
  (exhibits) => {
    it('serves and fetches over mutual TLS from stores that keytool and OpenSSL made', async () => {
      const { court, matrix } = exhibits();
      const home = court.lab.folder;
      for (const keyType of ['ec-p256', 'rsa-2048'] as const) {
        const { service } = keyTypePair(matrix, keyType);
        const [trusted, own] = [join(home, `trusted-${keyType}.p12`), join(home, `own-${keyType}.p12`)];
        await succeed('keytool', [
          ...['-importcert', '-noprompt', '-alias', 'devca', '-file', court.lab.root],
          ...['-keystore', trusted, '-storetype', 'PKCS12', '-storepass', PASSWORD],
        ]);
        await succeed('openssl', [
          ...['pkcs12', '-export', '-in', service.fullchain, '-inkey', service.key],
          ...['-out', own, '-passout', `pass:${PASSWORD}`],
        ]);
        const stores = Object.entries({ trustStore: trusted, keyStore: own }).flatMap(([store, path]) => [
          `-Djavax.net.ssl.${store}=${path}`,
          `-Djavax.net.ssl.${store}Password=${PASSWORD}`,
        ]);
        const said = await succeed('java', [...stores, '-cp', home, 'Https', '127.0.0.1', 'localhost']);
        expect(said.split('\n')).toEqual([
          '127.0.0.1 CN=orders',
          expect.stringContaining(
            'localhost refused: No subject alternative DNS name matching localhost found',
          ),
          '',
        ]);
      }
      async function succeed(tool: string, args: readonly string[]): Promise<string> {
        const { status, stdout, stderr } = await runProgram(toolOrFail(tool), args, { home });
        if (status !== 0) throw new Error(`${tool} ended with ${status}: ${stderr}${stdout}`);
        return stdout;
      }
    }, 60_000);
  },
);

const fields = ({ id, purpose, name, root, certificate, counterpart }: Trial): string =>
  [
    ...[id, purpose, name?.value ?? '', root],
    ...[certificate, counterpart].flatMap(({ fullchain, key }) => [fullchain, key]),
  ].join('\t');
