import { defineCommand } from '../cli/command.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import { junitReport } from '../proof/junit-report.ts';
import { findPeers, PEER_NAMES } from '../proof/peers/known-peers.ts';
import { requireHandshakes } from '../proof/report.ts';
import { proveSources } from '../proof/self-test.ts';
import type { SubjectSource } from '../proof/subject-source.ts';
import { allSources, givenSource, namedSource } from './selftest-sources.ts';
import { selfTestText } from './selftest-text.ts';

export const selftestCommand = defineCommand({
  name: 'selftest',
  summary: 'prove certificates by real handshakes, refusals included',
  details:
    'Checks the delivered files, then makes mutual TLS connections over loopback: those that must be accepted, and one for everything that must be refused, each for the right reason, as both ends saw it. Your authority signs nothing for this. Without WHAT, everything that is valid and not replaced is proved.',
  positionals: { what: { describe: 'a name, a serial number, a fingerprint or a certificate file' } },
  flags: {
    all: { type: 'boolean', describe: 'everything that is valid and not replaced' },
    authority: { type: 'string', value: 'NAME', describe: 'of all, only those of this authority' },
    cert: { type: 'string', value: 'FILE', describe: 'a certificate, whoever issued it, in PEM' },
    key: { type: 'string', value: 'FILE', describe: 'its private key' },
    chain: {
      type: 'string',
      value: 'FILE',
      describe: 'the intermediates, if they are in a file of their own',
    },
    roots: { type: 'string', value: 'FILE', describe: "the root for --cert (default: the authority's)" },
    with: {
      type: 'string',
      value: 'PEERS',
      describe: `let other implementations judge too: ${PEER_NAMES.join(', ')}`,
    },
    report: { type: 'string', choices: ['text', 'json', 'junit'], describe: 'the form of the report' },
  },
  examples: [
    { command: 'devca selftest', does: 'prove everything that is valid' },
    {
      command: 'devca selftest localhost --with openssl,curl',
      does: 'one certificate, judged by others too',
    },
    { command: 'devca selftest --cert s.pem --key s-key.pem --roots root.pem', does: 'any files at all' },
    { command: 'devca selftest --all --report junit > selftest.xml', does: 'for a build server' },
  ],
  async run({ flags, positionals: { what } }, { world, output }) {
    const peers = findPeers(
      (flags.with ?? '').split(',').filter((name) => name !== ''),
      world,
    );
    const sources = sourcesOf(what, flags, world);
    const report = await proveSources(sources, { peers }, world);
    requireHandshakes(report);
    if (flags.report === 'junit') output.raw(junitReport(report));
    else if (flags.report === 'json') output.raw(`${JSON.stringify({ schema: 1, ...report }, null, 2)}\n`);
    else output.result(report, () => selfTestText(report, output));
    return report.failed === 0 ? 0 : 4;
  },
});

interface SourceFlags {
  readonly home: string | undefined;
  readonly all: boolean;
  readonly authority: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly chain: string | undefined;
  readonly roots: string | undefined;
}

function sourcesOf(what: string | undefined, flags: SourceFlags, world: World): readonly SubjectSource[] {
  const { cert, key, chain, roots } = flags;
  const home = homeOf(flags.home, world.system);
  const refuse = (detail: string) => new DevcaError('DEVCA_USAGE_INVALID', { command: 'selftest', detail });
  if (cert === undefined) {
    const stray = Object.entries({ key, chain, roots }).find(([, value]) => value !== undefined)?.[0];
    if (stray !== undefined) throw refuse(`"--${stray}" goes with "--cert"`);
    if (what !== undefined && flags.authority !== undefined)
      throw refuse('a certificate has its authority already: leave out "--authority"');
    if (what !== undefined && flags.all) throw refuse('give a certificate or "--all", not both');
    return what === undefined ? allSources(home, world, flags.authority) : [namedSource(what, home, world)];
  }
  if (flags.authority !== undefined) throw refuse('"--authority" does not go with "--cert"');
  if (what !== undefined || flags.all) throw refuse('"--cert" names the certificate already');
  if (key === undefined) throw refuse('"--cert" needs "--key": without its key nothing can be proved');
  return [givenSource({ cert, key, chain, roots }, home, world)];
}
