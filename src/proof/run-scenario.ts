import type { World } from '../platform/world.ts';
import type { Cast, Player } from './cast.ts';
import { type Attempt, type End, type Endpoint, otherEnd, type Peer, type TlsVersion } from './peer.ts';
import type { ScenarioResult } from './report.ts';
import type { Scenario } from './scenario.ts';
import { secondOpinion } from './second-opinion.ts';
import { alertsFor, type Observation, type Seen, seenFromError } from './seen.ts';
import { faultSeenBy } from './seen-fault.ts';

/** The implementations of TLS that play the two ends. */
export type Peers = Readonly<Record<End, Peer>>;

/** Who plays, on what. */
export interface Stage {
  readonly cast: Cast;
  readonly peers: Peers;
  readonly timeLimitMs: number;
}

/** Plays one scenario over loopback. `undefined` where it does not apply to the subject. Never throws. */
export async function runScenario(
  scenario: Scenario,
  tls: TlsVersion,
  stage: Stage,
  world: World,
): Promise<ScenarioResult | undefined> {
  const { cast, peers } = stage;
  const server = cast.player(scenario.server, 'server');
  const client = cast.player(scenario.client, 'client');
  const crls = cast.crls(scenario);
  if (server === undefined || client === undefined || crls === undefined) return undefined;
  const attempts = attemptsOf(scenario, server.names);
  if (attempts.length === 0) return undefined;
  const started = world.clock.monotonicMs();
  const players = { server, client };
  const played = await play(scenario, tls, players, crls, attempts, stage, world);
  const ms = Math.round((world.clock.monotonicMs() - started) * 10) / 10;
  const seen = { client: read('client', played), server: read('server', played) };
  const wrong = ENDS.filter((end) => !wantedAt(end, scenario, tls, peers[end]).includes(seen[end].seen));
  return {
    id: scenario.id,
    title: scenario.title,
    tls,
    peer: peers[scenario.judge].id,
    ends: ENDS.filter((end) => players[end].isSubject),
    expected: scenario.expected,
    client: seen.client.seen,
    server: seen.server.seen,
    passed: wrong.length === 0,
    ms,
    ...(wrong.length === 0
      ? {}
      : { detail: wrong.map((end) => explain(end, seen[end], scenario)).join('; ') }),
    ...faultOf(wrong, seen, scenario),
  };

  /** What an end saw, with what an accepted handshake lacks, and with the reason that the runtime did not give. */
  function read(end: End, observations: Observations): Observation {
    const observation = observations[end];
    if (observation.seen === 'accepted') return shortfall(scenario, tls, observation) ?? observation;
    if (observation.seen !== 'error:UNSPECIFIED') return observation;
    const judged = otherEnd(end);
    const seen = secondOpinion(players[judged].credentials, cast.trust, judged, world);
    return seen === undefined ? observation : { ...observation, seen };
  }
}

const ENDS: readonly End[] = ['client', 'server'];

type Observations = Readonly<Record<End, Observation>>;
type Players = Readonly<Record<End, Player>>;

async function play(
  scenario: Scenario,
  tls: TlsVersion,
  players: Players,
  crls: readonly string[],
  attempts: readonly Attempt[],
  { cast, peers, timeLimitMs }: Stage,
  world: World,
): Promise<Observations> {
  const endpoint = (end: End): Endpoint => ({
    credentials: players[end].credentials,
    trust: cast.trust,
    crls: end === scenario.judge ? crls : [],
    ...(scenario.negotiates === true ? { alpn: PROTOCOLS[end] } : {}),
    timeLimitMs,
  });
  const server = await orObservation(() => peers.server.serve?.(endpoint('server'), world), 'is no server');
  if ('seen' in server) return { client: NOT_PLAYED, server };
  try {
    const request = { ...endpoint('client'), tls, attempts };
    const made = await orObservation(
      () => peers.client.connect?.(server.port, request, world),
      'is no client',
    );
    if ('seen' in made) return { client: made, server: NOT_PLAYED };
    return { client: made.observation, server: await server.observed(made.connections) };
  } finally {
    await server.close();
  }
}

const NOT_PLAYED: Observation = { seen: 'error:not-played' };

/** A program that cannot be started, or a key that the runtime cannot read, is something that was seen. */
async function orObservation<T extends object>(
  start: () => Promise<T> | undefined,
  otherwise: string,
): Promise<T | Observation> {
  try {
    return (await start()) ?? { seen: 'error:not-played', detail: `the peer ${otherwise}` };
  } catch (error) {
    return seenFromError(error);
  }
}

/** Neither likes best what they agree upon, which tells that both lists were read. */
const PROTOCOLS: Readonly<Record<End, readonly string[]>> = {
  server: ['devca-proof-server', 'h2', 'http/1.1'],
  client: ['devca-proof-client', 'http/1.1', 'h2'],
};
const AGREED_PROTOCOL = 'h2';

function attemptsOf(scenario: Scenario, names: readonly string[]): readonly Attempt[] {
  const first = { name: names[0] ?? 'localhost' };
  if (scenario.demands === 'another-name') return [{ name: 'another-name.invalid' }];
  if (scenario.demands === 'every-name') return names.map((name) => ({ name }));
  return scenario.resumes === true ? [first, { ...first, resumes: true }] : [first];
}

/** What an accepted handshake lacks of what its scenario is about. */
function shortfall(scenario: Scenario, tls: TlsVersion, observation: Observation): Observation | undefined {
  const { protocol = tls, alpn = '', resumed } = observation;
  if (protocol !== tls) return { seen: 'error:other-version', detail: `it was ${protocol}` };
  if (scenario.resumes === true && resumed !== true) return { seen: 'error:not-resumed' };
  if (scenario.negotiates === true && alpn !== AGREED_PROTOCOL)
    return { seen: 'error:not-negotiated', detail: `it was "${alpn}"` };
  return undefined;
}

/** What an end must have seen, what is expected first. The refused end learns of it by an alert, or not at all. */
function wantedAt(end: End, { expected, judge }: Scenario, tls: TlsVersion, peer: Peer): readonly Seen[] {
  if (expected === 'accepted') return [expected];
  if (end === judge) return [expected, ...(peer.alike?.[expected] ?? [])];
  if (expected === 'protocol-version') return ['alert:protocol_version'];
  // RFC 8446 section 4.4.2.4 has an alert of its own, RFC 5246 section 7.4.6 the general one.
  if (expected === 'no-client-certificate')
    return [tls === 'TLSv1.3' ? 'alert:certificate_required' : 'alert:handshake_failure'];
  return ['closed', ...alertsFor(expected)];
}

/** The end that judges knows the reason, where the other has an alert at most. */
function faultOf(
  wrong: readonly End[],
  seen: Observations,
  { judge }: Scenario,
): Pick<ScenarioResult, 'fault'> {
  const end = wrong.includes(judge) ? judge : wrong[0];
  const fault = end === undefined ? undefined : faultSeenBy(end, seen[end]);
  return fault === undefined ? {} : { fault };
}

function explain(end: End, { seen, detail }: Observation, { expected, judge }: Scenario): string {
  const words = detail === undefined ? '' : ` (${detail})`;
  const wanted = expected === 'accepted' || end === judge ? expected : 'a refusal';
  return `the ${end} saw ${seen}${words} instead of ${wanted}`;
}
