import { join } from 'node:path';
import { acceptanceSuite } from '../../support/acceptance-suite.ts';
import { judgeWith, type Wording } from '../../support/acceptance-verdicts.ts';
import { toolOrFail } from '../../support/tools.ts';

const WORDING: Wording = {
  name: /(Hostname|IP address) mismatch/,
  purpose: /unsuitable certificate purpose/,
  authority: /unable to get local issuer certificate/,
  'not-an-authority': /invalid CA certificate/,
  expired: /certificate has expired/,
  'not-yet-valid': /certificate is not yet valid/,
  constraint: /permitted subtree violation/,
  'path-length': /path length constraint exceeded/,
};

const PROGRAM = join(import.meta.dirname, 'programs/handshakes.py');

acceptanceSuite({
  name: 'Python',
  tools: ['python3'],
  wording: WORDING,
  // Its handshakes have no notion of a mail address.
  takes: ({ name }) => name?.kind !== 'email',
  judge: (trials, home) => judgeWith(toolOrFail('python3'), [PROGRAM], trials, { home }),
});
