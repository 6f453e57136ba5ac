import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { acceptanceSuite, type Exhibits, type Verifier } from '../../support/acceptance-suite.ts';
import { acceptances, forgeries, impostures, misuses, type Trial } from '../../support/acceptance-trials.ts';
import { disagreements, judgeWith, type Wording } from '../../support/acceptance-verdicts.ts';
import { serveTrials } from '../../support/served-trials.ts';
import { toolOrFail } from '../../support/tools.ts';

/** Of Node and Bun. A server is told no more than a code, and two of these have none. */
const CODES: Wording = {
  name: /ERR_TLS_CERT_ALTNAME_INVALID/,
  purpose: /INVALID_PURPOSE/,
  authority: /UNABLE_TO_(GET_ISSUER_CERT_LOCALLY|VERIFY_LEAF_SIGNATURE)/,
  'not-an-authority':
    /key usage does not include certificate signing|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNSPECIFIED$/,
  expired: /CERT_HAS_EXPIRED/,
  'not-yet-valid': /CERT_NOT_YET_VALID/,
  constraint: /permitted subtree violation|leaf has no SANs|unsupported name constraint type|UNSPECIFIED/,
  'path-length': /PATH_LENGTH_EXCEEDED/,
};

/** Of rustls. */
const RUSTLS: Wording = {
  name: /certificate not valid for name/,
  purpose: /does not allow extended key usage for server authentication/,
  // The name of the twin's intermediate is right, its key is not.
  authority: /UnknownIssuer|BadSignature/,
  'not-an-authority': /EndEntityUsedAsCa/,
  expired: /certificate expired/,
  'not-yet-valid': /certificate not valid yet/,
  constraint: /NameConstraintViolation/,
  'path-length': /PathLenConstraintViolated/,
};

const program = (name: string): string => join(import.meta.dirname, 'programs', name);
const isForServers = ({ purpose }: Trial): boolean => purpose === 'server';

interface Runtime {
  readonly tool: string;
  readonly args: readonly string[];
  /** Names the file of further roots. */
  readonly variable: string;
}

const NODE: Runtime = { tool: 'node', args: [], variable: 'NODE_EXTRA_CA_CERTS' };
const BUN: Runtime = { tool: 'bun', args: [], variable: 'NODE_EXTRA_CA_CERTS' };
const DENO: Runtime = {
  tool: 'deno',
  args: ['run', '--quiet', '--no-config', '--no-lock', '--allow-net=127.0.0.1,localhost', '--allow-read'],
  variable: 'DENO_CERT',
};

/** Both ends by the runtime's own TLS. */
const handshakes = (name: string, { tool, args }: Runtime, more: Partial<Verifier> = {}): Verifier => ({
  name,
  tools: [tool],
  wording: CODES,
  // Their handshakes have no notion of a mail address.
  takes: ({ name: expected }) => expected?.kind !== 'email',
  judge: (trials, home) =>
    judgeWith(toolOrFail(tool), [...args, program('handshakes.mjs')], trials, { home }),
  ...more,
});

acceptanceSuite(handshakes('Node', NODE), (exhibits) => fetches(NODE, CODES, exhibits));

// BoringSSL refuses ranges of addresses as soon as a certificate has an address. It does not hold common names against
// the constraint, and Bun takes them for host names wherever no DNS name stands beside them.
acceptanceSuite(handshakes('Bun', BUN, { readsRanges: false, believesCommonNames: true }), (exhibits) =>
  fetches(BUN, CODES, exhibits),
);

acceptanceSuite(
  {
    name: 'Deno',
    tools: [DENO.tool],
    wording: RUSTLS,
    takes: isForServers,
    judge: async (trials, home) => {
      await using served = await serveTrials(trials, { mutual: false });
      const args = [...DENO.args, program('deno-client.mjs')];
      return await judgeWith(toolOrFail(DENO.tool), args, served.trials, { home });
    },
  },
  (exhibits) => fetches(DENO, RUSTLS, exhibits),
);

function fetches({ tool, args, variable }: Runtime, wording: Wording, exhibits: () => Exhibits): void {
  it(`fetches under ${variable} from what is good, and from nothing else`, async () => {
    const { court, matrix } = exhibits();
    const isLocal = ({ name }: Trial) => name?.value === 'localhost' || name?.value === '127.0.0.1';
    const good = acceptances(court, matrix).filter(isLocal);
    const bad = [...misuses(court), ...(await impostures(court)), ...forgeries(court, true)];
    // The names of the others are not this machine's.
    const trials = [...good, ...bad.filter(({ refusedFor }) => !refusedFor.includes('name'))].filter(
      isForServers,
    );
    await using served = await serveTrials(trials, { mutual: false });
    const verdicts = await judgeWith(toolOrFail(tool), [...args, program('fetch.mjs')], served.trials, {
      home: court.lab.folder,
      environment: { [variable]: court.lab.root },
    });
    expect(disagreements(trials, verdicts, wording)).toEqual([]);
  }, 60_000);
}
