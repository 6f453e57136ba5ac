import type { World } from '../platform/world.ts';
import { createCast } from './cast.ts';
import { DEFAULT_TIME_LIMIT_MS, otherEnd, type Peer } from './peer.ts';
import { nodePeer } from './peers/node-peer.ts';
import { nameOutside } from './permitted-names.ts';
import type { ScenarioResult, SubjectReport } from './report.ts';
import { type Peers, runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import type { ProofSubject } from './subject.ts';

export interface ProofOptions {
  /** Implementations that judge besides the runtime's own. */
  readonly peers?: readonly Peer[];
  /** Default: all of them. */
  readonly scenarios?: readonly Scenario[];
  /** For each end of each handshake. Default 5,000. */
  readonly timeLimitMs?: number;
}

/**
 * Proves a certificate by real handshakes over loopback: that it is accepted, and that whatever is defective is
 * refused for the right reason. The defective parts come from a twin authority in memory; nothing is signed by the
 * certificate's own.
 */
export async function proveCertificate(
  subject: ProofSubject,
  options: ProofOptions,
  world: World,
): Promise<SubjectReport> {
  const { peers = [], scenarios = SCENARIOS, timeLimitMs = DEFAULT_TIME_LIMIT_MS } = options;
  const cast = createCast(subject, world);
  const results: ScenarioResult[] = [];
  for (const peer of [nodePeer, ...peers]) {
    for (const scenario of scenarios) {
      const players = playersOf(scenario, peer);
      if (players === undefined) continue;
      for (const tls of scenario.versions) {
        const result = await runScenario(scenario, tls, { cast, peers: players, timeLimitMs }, world);
        if (result !== undefined) results.push(result);
      }
    }
  }
  return { serial: subject.serial, name: subject.name, scenarios: results, notes: notesOn(subject) };
}

/** A foreign implementation plays the end that judges, where it can, against this runtime's. */
function playersOf(scenario: Scenario, peer: Peer): Peers | undefined {
  if (peer === nodePeer) return { client: nodePeer, server: nodePeer };
  const { judge } = scenario;
  const { checksCrls, demands, negotiates, resumes } = scenario;
  const isPlain = resumes !== true && negotiates !== true && demands !== 'every-name';
  const isAble = isPlain && !(checksCrls === true && peer.checksCrls === false);
  if (!isAble || peer[judge === 'client' ? 'connect' : 'serve'] === undefined) return undefined;
  const other = { [otherEnd(judge)]: nodePeer, [judge]: peer };
  return { client: nodePeer, server: nodePeer, ...other };
}

function notesOn({ issuers, crls }: ProofSubject): string[] {
  return [
    ...(nameOutside(issuers) === undefined
      ? ['its authority has no name constraint, so none was tried']
      : []),
    ...(issuers.length < 2 ? ['the root signed it, so no intermediate was left out'] : []),
    ...(crls === undefined
      ? ["no current revocation list of its authority is at hand, so only the twin's was tried"]
      : []),
  ];
}
