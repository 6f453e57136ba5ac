import type { World } from '../platform/world.ts';
import type { Cast, Player } from './cast.ts';
import { type Attempt, type End, type Endpoint, otherEnd, type Peer, type TlsVersion } from './peer.ts';
import type { ScenarioResult } from './report.ts';
import type { Scenario } from './scenario.ts';
import { secondOpinion } from './second-opinion.ts';
import { alertsFor, type Observation, type Seen, seenFromError } from './seen.ts';

/** The implementations of TLS that play the two ends. */
export type Peers = Readonly<Record<End, Peer>>;

/** Plays one scenario over loopback. `undefined` where it does not apply to the subject. Never throws. */
export async function runScenario(
  scenario: Scenario,
  tls: TlsVersion,
  cast: Cast,
  peers: Peers,
  world: World,
): Promise<ScenarioResult | undefined> {
  const server = cast.player(scenario.server, 'server');
  const client = cast.player(scenario.client, 'client');
  const crls = cast.crls(scenario);
  if (server === undefined || client === undefined || crls === undefined) return undefined;
  const started = world.clock.monotonicMs();
  const players = { server, client };
  const seen = judged(
    scenario,
    players,
    cast,
    await play(scenario, tls, players, crls, cast, peers, world),
    world,
  );
  const wanted = {
    client: wantedAt('client', scenario, tls, peers.client),
    server: wantedAt('server', scenario, tls, peers.server),
  };
  const wrong = (['client', 'server'] as const).filter((end) => !wanted[end].includes(seen[end].seen));
  return {
    id: scenario.id,
    title: scenario.title,
    tls,
    peer: peers[scenario.judge].id,
    ends: (['client', 'server'] as const).filter((end) => players[end].isSubject),
    expected: scenario.expected,
    client: seen.client.seen,
    server: seen.server.seen,
    passed: wrong.length === 0,
    ms: Math.round((world.clock.monotonicMs() - started) * 10) / 10,
    ...(wrong.length === 0
      ? {}
      : { detail: wrong.map((end) => explain(end, seen[end], wanted[end])).join('; ') }),
  };
}

type Observations = Readonly<Record<End, Observation>>;
type Players = Readonly<Record<End, Player>>;

async function play(
  scenario: Scenario,
  tls: TlsVersion,
  players: Players,
  crls: readonly string[],
  cast: Cast,
  peers: Peers,
  world: World,
): Promise<Observations> {
  const endpoint = (end: End): Endpoint => ({
    credentials: players[end].credentials,
    trust: cast.trust,
    crls: end === scenario.judge ? crls : [],
    ...(scenario.negotiates === true ? { alpn: PROTOCOLS[end] } : {}),
  });
  const unable = (end: End, error: unknown): Observations => {
    const failed = seenFromError(error instanceof Error ? error : new Error(String(error)));
    const absent: Observation = { seen: 'error:not-started' };
    return end === 'client' ? { client: failed, server: absent } : { client: absent, server: failed };
  };
  let server: Awaited<ReturnType<NonNullable<Peer['serve']>>> | undefined;
  try {
    server = await peers.server.serve?.(endpoint('server'), world);
    if (server === undefined) return unable('server', new Error(`${peers.server.id} is no server`));
  } catch (error) {
    return unable('server', error);
  }
  try {
    const attempts = attemptsOf(scenario, players.server.names);
    const made = await peers.client.connect?.(server.port, { ...endpoint('client'), tls, attempts }, world);
    if (made === undefined) return unable('client', new Error(`${peers.client.id} is no client`));
    return { client: made.observation, server: await server.observed(made.connections) };
  } catch (error) {
    return unable('client', error);
  } finally {
    await server.close();
  }
}

/** The client likes the second best: what they agree upon then tells that both lists were read. */
const PROTOCOLS: Readonly<Record<End, readonly string[]>> = {
  server: ['h2', 'http/1.1'],
  client: ['devca-proof', 'http/1.1', 'h2'],
};
const AGREED_PROTOCOL = 'h2';

function attemptsOf(scenario: Scenario, names: readonly string[]): readonly Attempt[] {
  const first = { name: names[0] ?? 'localhost' };
  if (scenario.demands === 'another-name') return [{ name: 'another-name.invalid' }];
  if (scenario.demands === 'every-name') return names.map((name) => ({ name }));
  return scenario.resumes === true ? [first, { ...first, resumes: true }] : [first];
}

/** An accepted handshake that lacks what the scenario is about, and a refusal that the runtime gave no reason for. */
function judged(
  scenario: Scenario,
  players: Players,
  cast: Cast,
  seen: Observations,
  world: World,
): Observations {
  const { judge } = scenario;
  const judgedAnew = (end: End): Observation => {
    const { seen: words, resumed, alpn } = seen[end];
    if (words === 'accepted' && scenario.resumes === true && resumed !== true)
      return { seen: 'error:not-resumed' };
    if (words === 'accepted' && scenario.negotiates === true && alpn !== AGREED_PROTOCOL)
      return { seen: 'error:not-negotiated', detail: `agreed upon "${alpn ?? ''}"` };
    if (words === 'error:UNSPECIFIED' && end === judge) {
      const reason = secondOpinion(players[otherEnd(judge)].credentials, cast.trust, otherEnd(judge), world);
      return reason === undefined ? seen[end] : { ...seen[end], seen: reason };
    }
    return seen[end];
  };
  return { client: judgedAnew('client'), server: judgedAnew('server') };
}

/** What an end must have seen. The refused end learns of it by an alert, or not at all. */
function wantedAt(end: End, { expected, judge }: Scenario, tls: TlsVersion, peer: Peer): readonly Seen[] {
  if (expected === 'accepted') return [expected];
  if (end === judge) return [expected, ...(peer.alike?.[expected] ?? [])];
  if (expected === 'protocol-version') return ['alert:protocol_version'];
  // RFC 8446 section 4.4.2.4 has an alert of its own, RFC 5246 section 7.4.6 the general one.
  if (expected === 'no-client-certificate')
    return [tls === 'TLSv1.3' ? 'alert:certificate_required' : 'alert:handshake_failure'];
  return ['closed', ...alertsFor(expected)];
}

function explain(end: End, { seen, detail }: Observation, wanted: readonly Seen[]): string {
  const words = detail === undefined ? '' : ` (${detail})`;
  return `the ${end} saw ${seen}${words} instead of ${wanted.slice(0, 1).join('')}`;
}
