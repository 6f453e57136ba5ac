import { INITIAL_WINDOW } from './findings.ts';
import { clientSettings, type InspectOptions } from './inspect-handshake.ts';
import { negotiationOf } from './negotiation.ts';
import { type HandshakeObservation, observeHandshake } from './observe-handshake.ts';
import { phaseTimes, roundTrips } from './phases.ts';
import { servedChain } from './served-chain.ts';
import { startTlsPort } from './starttls.ts';
import { type Statistics, statisticsOf } from './statistics.ts';
import { type Finding, finding } from './tables/finding-table.ts';
import { parseTarget } from './target.ts';

/** What handshakes with a server cost. Times in microseconds. */
export interface CostReport {
  readonly runs: number;
  /** Handshakes that did not come about, with the last reason. */
  readonly failures: number;
  readonly lastFailure: string | null;
  readonly full: HandshakeCost | null;
  readonly resumed: HandshakeCost | null;
  /** How much of the median a resumption saves; `null` without one. */
  readonly savedPercent: number | null;
  readonly initialWindow: {
    readonly bytes: number;
    readonly limit: number;
    readonly exceeded: boolean;
  } | null;
  /** The server takes data before the handshake is done. */
  readonly maxEarlyDataSize: number | null;
  readonly tips: readonly Finding[];
}

export interface HandshakeCost {
  /** From the client_hello to the moment at which the client may send. */
  readonly tls: Statistics;
  readonly tcp: Statistics;
  readonly roundTrips: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Of the last handshake. */
  readonly flights: readonly { readonly from: 'client' | 'server'; readonly bytes: number }[];
}

/** More than this is a load test, which is somebody else's business. */
export const REPEAT_LIMIT = 1000;

/** A resumed handshake is not refused afterwards; only a new ticket is waited for. */
const RESUMED_SETTLE_MS = 25;

/** Makes full handshakes, then resumed ones, one at a time. Throws as `inspectHandshake` does on the first of them. */
export async function measureCost(
  text: string,
  options: InspectOptions,
  repeat: number,
  world: { readonly clock: { now(): Date } },
): Promise<CostReport> {
  const target = parseTarget(text, options.starttls === undefined ? 443 : startTlsPort(options.starttls));
  const settings = clientSettings(options);
  const runs = Math.max(1, Math.min(repeat, REPEAT_LIMIT));
  const full: HandshakeObservation[] = [];
  const resumed: HandshakeObservation[] = [];
  let failures = 0;
  let lastFailure: string | null = null;
  let session: Uint8Array | undefined;
  const once = async (into: HandshakeObservation[], useSession: boolean): Promise<void> => {
    const offered = useSession && session !== undefined ? { session, settleMs: RESUMED_SETTLE_MS } : {};
    const observation = await observeHandshake(target, { ...settings, ...offered }, world);
    // A ticket of TLS 1.3 is good for one use (RFC 8446 appendix C.4), so each run gives the next its session.
    // Where the server gives out none (Node does not on resumption), the old one serves again.
    session = observation.session ?? session;
    if (observation.established) into.push(observation);
    else {
      failures++;
      lastFailure = observation.failure ?? observation.ending;
    }
  };
  for (let run = 0; run < runs; run++) await once(full, false);
  for (let run = 0; run < runs && session !== undefined; run++) await once(resumed, true);
  const reallyResumed = resumed.filter(({ transcript }) => negotiationOf(transcript).resumed);
  const costs = { full: costOf(full), resumed: costOf(reallyResumed) };
  const savedPercent = savedOf(costs.full, costs.resumed);
  const last = full.at(-1);
  const first = last?.transcript.flights.find(({ from }) => from === 'server');
  const early =
    last === undefined ? null : (negotiationOf(last.transcript).tickets[0]?.maxEarlyDataSize ?? null);
  return {
    runs,
    failures,
    lastFailure,
    ...costs,
    savedPercent,
    initialWindow:
      first === undefined
        ? null
        : { bytes: first.bytes, limit: INITIAL_WINDOW, exceeded: first.bytes > INITIAL_WINDOW },
    maxEarlyDataSize: early === 0 ? null : early,
    tips: last === undefined ? [] : tipsOf(last, costs, savedPercent),
  };
}

/** The time that a client waits for: from its client_hello to its own readiness. */
export function handshakeTime(
  observation: Pick<HandshakeObservation, 'transcript' | 'recording'>,
): number | null {
  const { hello, authentication, finished } = phaseTimes(observation.transcript, observation.recording);
  return hello === null || authentication === null || finished === null
    ? null
    : hello + authentication + finished;
}

function costOf(observations: readonly HandshakeObservation[]): HandshakeCost | null {
  const last = observations.at(-1);
  const tls = statisticsOf(observations.flatMap((observation) => handshakeTime(observation) ?? []));
  const tcp = statisticsOf(observations.map(({ connection }) => connection.tcp));
  if (last === undefined || tls === undefined || tcp === undefined) return null;
  const { transcript } = last;
  return {
    tls,
    tcp,
    roundTrips: roundTrips(transcript),
    bytesSent: transcript.client.bytes,
    bytesReceived: transcript.server.bytes,
    flights: transcript.flights.map(({ from, bytes }) => ({ from, bytes })),
  };
}

function savedOf(full: HandshakeCost | null, resumed: HandshakeCost | null): number | null {
  if (full === null || resumed === null || full.tls.median === 0) return null;
  return Math.round((1 - resumed.tls.median / full.tls.median) * 100);
}

function tipsOf(
  last: HandshakeObservation,
  costs: { readonly full: HandshakeCost | null; readonly resumed: HandshakeCost | null },
  savedPercent: number | null,
): Finding[] {
  const tips: Finding[] = [];
  const { certificates } = servedChain(last.transcript, 'server');
  const key = certificates[0]?.key ?? '';
  const bytes = certificates.reduce((sum, certificate) => sum + certificate.bytes, 0);
  if (key.startsWith('RSA')) tips.push(finding('DEVCA_WIRE_TIP_ECDSA', { key, bytes }));
  if (costs.resumed === null) {
    const detail =
      last.session === undefined ? 'the server gives out no session' : 'the server refused its session';
    tips.push(finding('DEVCA_WIRE_TIP_RESUMPTION', { detail }));
  } else if (savedPercent !== null && savedPercent > 0 && costs.full !== null) {
    const microseconds = costs.full.tls.median - costs.resumed.tls.median;
    tips.push(finding('DEVCA_WIRE_TIP_RESUMPTION_SAVES', { percent: savedPercent, microseconds }));
  }
  const { alpn, offered, protocol } = negotiationOf(last.transcript);
  if (offered.alpn.includes('h2') && alpn === 'http/1.1')
    tips.push(finding('DEVCA_WIRE_TIP_HTTP2', { alpn }));
  if (protocol !== null && protocol !== 'TLSv1.3') tips.push(finding('DEVCA_WIRE_TIP_TLS13', { protocol }));
  return tips;
}
