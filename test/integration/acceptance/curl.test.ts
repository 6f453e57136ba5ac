import { expect, it } from '@jest/globals';
import { acceptanceSuite } from '../../support/acceptance-suite.ts';
import { acceptances, type Trial } from '../../support/acceptance-trials.ts';
import {
  disagreements,
  judgeEach,
  runProgram,
  type Verdict,
  type Wording,
} from '../../support/acceptance-verdicts.ts';
import { type ServedTrial, serveTrials } from '../../support/served-trials.ts';
import { toolOrFail } from '../../support/tools.ts';

const WORDING: Partial<Wording> = {
  name: /^60 .*no alternative certificate subject name matches/s,
  purpose: /^60 .*unsuitable certificate purpose/s,
  authority: /^60 .*unable to get local issuer certificate/s,
  'not-an-authority': /^60 .*invalid CA certificate/s,
  expired: /^60 .*certificate has expired/s,
  'not-yet-valid': /^60 .*certificate is not yet valid/s,
  constraint: /^60 .*permitted subtree violation/s,
  'path-length': /^60 .*path length constraint exceeded/s,
};

acceptanceSuite(
  {
    name: 'curl',
    tools: ['curl'],
    wording: WORDING,
    takes: ({ purpose }) => purpose === 'server',
    judge,
  },
  (exhibits) => {
    it('finds a server by the international name as it was typed', async () => {
      const { court, matrix } = exhibits();
      const trials = acceptances(court, matrix)
        .filter(({ name }) => name?.value === 'xn--bcher-kva.test')
        .map((trial): Trial => ({ ...trial, name: { kind: 'dns', value: 'bücher.test' } }));
      expect(trials.length).toBeGreaterThan(0);
      expect(disagreements(trials, await judge(trials, court.lab.folder), WORDING)).toEqual([]);
    }, 30_000);
  },
);

async function judge(trials: readonly Trial[], home: string): Promise<readonly Verdict[]> {
  await using served = await serveTrials(trials, { mutual: true });
  const verdicts: Verdict[] = [];
  for (const version of ['1.2', '1.3'])
    verdicts.push(...(await judgeEach(served.trials, (trial) => request(trial, version, home))));
  return verdicts;
}

/** One request of a client that trusts the root alone and shows its own chain, as the files are. */
async function request(
  { root, counterpart, name, port }: ServedTrial,
  version: string,
  home: string,
): Promise<string | undefined> {
  const host = name?.value ?? 'localhost';
  const { status, stdout, stderr } = await runProgram(
    toolOrFail('curl'),
    [
      ...['-sS', '--max-time', '10', `--tlsv${version}`, '--tls-max', version, '--cacert', root],
      ...['--cert', counterpart.fullchain, '--key', counterpart.key],
      // Whatever the host is, the server is here.
      ...[
        '--connect-to',
        `::127.0.0.1:${port}`,
        `https://${host.includes(':') ? `[${host}]` : host}:${port}/`,
      ],
    ],
    { home },
  );
  return status === 0 && stdout === 'ok' ? undefined : `${status} ${stderr}`;
}
