import { type ClientCertificateVerdict, judgeClientCertificate } from './client-certificate-request.ts';
import { findingsOf } from './findings.ts';
import { entryFields, type JsonValue } from './message-fields.ts';
import { entrySummary } from './message-summary.ts';
import { type Negotiation, negotiationOf } from './negotiation.ts';
import { HARMLESS_ALERTS, type HandshakeObservation, type RuntimeVerdict } from './observe-handshake.ts';
import { type Phase, type PhaseTimes, phasesOf, phaseTimes, roundTrips } from './phases.ts';
import { type ServedCertificate, servedChain } from './served-chain.ts';
import { alertMeaning } from './tables/alert-meanings.ts';
import type { Finding } from './tables/finding-table.ts';
import type { Recording } from './tap.ts';
import { firstMessage, type Side, type Transcript } from './transcript.ts';

export interface ReportedMessage {
  /** Microseconds since the client_hello left, or since the beginning of the observation. */
  readonly at: number;
  readonly from: Side;
  readonly type: string;
  readonly bytes: number;
  readonly encrypted: boolean;
  readonly phase: Phase;
  readonly summary: string;
  readonly fields: { readonly [key: string]: JsonValue };
}

export interface ReportedAlert {
  readonly at: number;
  readonly from: Side;
  readonly level: 'warning' | 'fatal';
  readonly description: string;
  readonly number: number;
  readonly meaning: string;
}

/** A moment inside a flight, known from the secrets that the TLS library had just made. */
export interface ReportedMark {
  readonly at: number;
  readonly what: string;
}

export interface ReportedFlight {
  readonly at: number;
  readonly from: Side;
  readonly bytes: number;
}

/** What is read out of a transcript, whoever saw it: our own client, our server, or a capture. */
export interface TranscriptReport {
  readonly protocol: string | null;
  readonly cipherSuite: string | null;
  readonly group: string | null;
  readonly signatureScheme: string | null;
  readonly alpn: string | null;
  readonly resumed: boolean;
  readonly negotiation: Negotiation;
  readonly roundTrips: number;
  readonly messages: readonly ReportedMessage[];
  readonly marks: readonly ReportedMark[];
  readonly flights: readonly ReportedFlight[];
  readonly chain: readonly ServedCertificate[];
  readonly clientChain: readonly ServedCertificate[];
  readonly clientCertificate: ClientCertificateVerdict | null;
  readonly alert: ReportedAlert | null;
}

/** The result of `handshake --json`, without the schema number. Times in microseconds. */
export interface HandshakeReport extends TranscriptReport {
  readonly target: string;
  readonly address: string;
  readonly startedAt: string;
  readonly established: boolean;
  readonly phases: PhaseTimes & {
    readonly dns: number | null;
    readonly tcp: number;
    /** Proxy and STARTTLS. */
    readonly prelude: number | null;
  };
  readonly verification: ChainVerification;
  readonly findings: readonly Finding[];
}

/** What devca's own validation says, beside the runtime's verdict. */
export interface ChainVerification {
  /** `null` where there was nothing to verify or nobody to do it. */
  readonly valid: boolean | null;
  /** The sets of roots that accept the chain. */
  readonly acceptedBy: readonly string[];
  readonly problems: readonly { readonly code: string; readonly message: string; readonly fix?: string }[];
  readonly runtime: RuntimeVerdict | null;
}

/** Reads a transcript. `clientChain` is what we would send ourselves (DER), to hold against a request. */
export function describeTranscript(
  transcript: Transcript,
  secrets: Pick<Recording, 'secrets'>,
  clientChain: readonly Uint8Array[],
): TranscriptReport {
  const zero = transcript.entries[0]?.at ?? 0;
  const negotiation = negotiationOf(transcript);
  const request = firstMessage(transcript, 'certificate_request');
  const phases = phasesOf(transcript.entries);
  const { protocol, cipherSuite, group, signatureScheme, alpn, resumed } = negotiation;
  return {
    protocol,
    cipherSuite,
    group,
    signatureScheme,
    alpn,
    resumed,
    negotiation,
    roundTrips: roundTrips(transcript),
    messages: transcript.entries.map((entry, index) => ({
      at: entry.at - zero,
      from: entry.from,
      type: entry.type,
      bytes: entry.bytes,
      encrypted: entry.encrypted,
      phase: phases[index] ?? 'hello',
      summary: entrySummary(entry),
      fields: entryFields(entry),
    })),
    marks: marksOf(secrets, zero),
    flights: transcript.flights.map(({ at, from, bytes }) => ({ at: at - zero, from, bytes })),
    chain: servedChain(transcript, 'server').certificates,
    clientChain: servedChain(transcript, 'client').certificates,
    clientCertificate: request === undefined ? null : judgeClientCertificate(request, clientChain),
    alert: alertOf(transcript, zero, negotiation),
  };
}

/** Puts the report of one observed handshake together. */
export function reportHandshake(
  observation: HandshakeObservation,
  verification: Omit<ChainVerification, 'runtime'>,
  context: {
    readonly target: string;
    readonly clientChain: readonly Uint8Array[];
    readonly timeoutMs: number;
  },
): HandshakeReport {
  const { transcript, recording, connection } = observation;
  const described = describeTranscript(transcript, recording, context.clientChain);
  const whole = { ...verification, runtime: observation.runtime ?? null };
  return {
    target: context.target,
    address: observation.address,
    startedAt: observation.startedAt.toISOString(),
    ...described,
    established: observation.established,
    phases: {
      dns: connection.dns,
      tcp: connection.tcp,
      prelude: connection.prelude,
      ...phaseTimes(transcript, recording),
    },
    verification: whole,
    findings: findingsOf(observation, described, whole, context.timeoutMs),
  };
}

function alertOf(transcript: Transcript, zero: number, negotiation: Negotiation): ReportedAlert | null {
  for (const { at, from, content } of transcript.entries) {
    if (content?.type !== 'alert' || HARMLESS_ALERTS.has(content.description.name)) continue;
    const { level, description } = content;
    const meaning = alertMeaning(description.name, { from, ...negotiation });
    return { at: at - zero, from, level, description: description.name, number: description.code, meaning };
  }
  return null;
}

function marksOf({ secrets }: Pick<Recording, 'secrets'>, zero: number): ReportedMark[] {
  return secrets.flatMap(({ at, line }) => {
    const what = MARKS[line.split(' ', 1)[0] ?? ''];
    return what === undefined ? [] : [{ at: at - zero, what }];
  });
}

/** RFC 9850 labels and what has just been done when they come. */
const MARKS: Readonly<Record<string, string>> = {
  SERVER_HANDSHAKE_TRAFFIC_SECRET: 'key exchange computed, handshake keys made',
  SERVER_TRAFFIC_SECRET_0: "server's Finished made or checked, application keys made",
  CLIENT_RANDOM: 'key exchange computed, master secret made',
};
