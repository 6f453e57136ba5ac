import { join } from 'node:path';
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

const SOURCE = join(import.meta.dirname, 'programs/Handshakes.java');

acceptanceSuite({
  name: 'Java',
  tools: ['java', 'javac', 'keytool'],
  wording: WORDING,
  // JSSE has no notion of a mail address.
  takes: ({ name }) => name?.kind !== 'email',
  prepare: async (home) => {
    const { status, stderr } = await runProgram(toolOrFail('javac'), ['-d', home, SOURCE], { home });
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
});

const fields = ({ id, purpose, name, root, certificate, counterpart }: Trial): string =>
  [
    ...[id, purpose, name?.value ?? '', root],
    ...[certificate, counterpart].flatMap(({ fullchain, key }) => [fullchain, key]),
  ].join('\t');
