import { join } from 'node:path';
import { acceptanceSuite } from '../../support/acceptance-suite.ts';
import { judgeWith, runProgram, type Wording } from '../../support/acceptance-verdicts.ts';
import { toolOrFail } from '../../support/tools.ts';

const WORDING: Wording = {
  name: /certificate is (valid for .*, not|not valid for any names)|legacy Common Name/,
  purpose: /incompatible key usage/,
  authority: /signed by unknown authority/,
  'not-an-authority': /parent certificate cannot sign/,
  expired: /expired or is not yet valid: .* is after/,
  'not-yet-valid': /expired or is not yet valid: .* is before/,
  constraint: /not authorized to sign for this name: .* is not permitted by any constraint/,
  'path-length': /too many intermediates/,
};

const SOURCE = join(import.meta.dirname, 'programs/handshakes.go');
const programIn = (home: string): string => join(home, 'go-handshakes');

acceptanceSuite({
  name: 'Go',
  tools: ['go'],
  wording: WORDING,
  // crypto/tls has no notion of a mail address.
  takes: ({ name }) => name?.kind !== 'email',
  prepare: async (home) => {
    const { status, stderr } = await runProgram(toolOrFail('go'), ['build', '-o', programIn(home), SOURCE], {
      home,
      // Without cgo no C compiler is needed.
      environment: { GOCACHE: join(home, 'go-cache'), GO111MODULE: 'off', CGO_ENABLED: '0' },
      timeoutMs: 110_000,
    });
    if (status !== 0) throw new Error(`go build failed: ${stderr}`);
  },
  judge: (trials, home) => judgeWith(programIn(home), [], trials, { home }),
});
