import { join } from 'node:path';
import { acceptanceSuite, type Verifier } from '../../support/acceptance-suite.ts';
import { judgeWith, type Wording } from '../../support/acceptance-verdicts.ts';
import { toolOrFail } from '../../support/tools.ts';

// A server is told no more than a code, and there is none for two of these.
const WORDING: Wording = {
  name: /ERR_TLS_CERT_ALTNAME_INVALID/,
  purpose: /INVALID_PURPOSE/,
  authority: /UNABLE_TO_(GET_ISSUER_CERT_LOCALLY|VERIFY_LEAF_SIGNATURE)/,
  'not-an-authority':
    /key usage does not include certificate signing|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNSPECIFIED$/,
  expired: /CERT_HAS_EXPIRED/,
  'not-yet-valid': /CERT_NOT_YET_VALID/,
  constraint: /permitted subtree violation|leaf has no SANs|unsupported name constraint type|UNSPECIFIED$/,
  'path-length': /PATH_LENGTH_EXCEEDED/,
};

const PROGRAM = join(import.meta.dirname, 'programs/handshakes.mjs');

const runtime = (name: string, tool: string, more: Partial<Verifier> = {}): Verifier => ({
  name,
  tools: [tool],
  wording: WORDING,
  takes: ({ name: expected }) => expected?.kind !== 'email',
  judge: (trials, home) => judgeWith(toolOrFail(tool), [PROGRAM], trials, { home }),
  ...more,
});

acceptanceSuite(runtime('Node', 'node'));
// BoringSSL refuses ranges of addresses as soon as a certificate has an address. It does not hold common names against
// the constraint, and Bun takes them for host names wherever no DNS name stands beside them.
acceptanceSuite(runtime('Bun', 'bun', { readsRanges: false, believesCommonNames: true }));
