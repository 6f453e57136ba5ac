import { judgeClientCertificate } from './client-certificate-request.ts';
import { findingsOf } from './findings.ts';
import type {
  ChainVerification,
  HandshakeReport,
  ReportedAlert,
  ReportedMark,
  TranscriptReport,
} from './handshake-report.ts';
import { entryFields } from './message-fields.ts';
import { outlineOf } from './message-outline.ts';
import { negotiationOf } from './negotiation.ts';
import { HARMLESS_ALERTS, type HandshakeObservation } from './observe-handshake.ts';
import { phasesOf, phaseTimes, roundTrips } from './phases.ts';
import { meaningOf, type Refusal } from './refusal.ts';
import { servedChain } from './served-chain.ts';
import type { Recording } from './tap.ts';
import { firstMessage, type Transcript } from './transcript.ts';

/** What is known of a handshake besides its bytes. */
export interface TranscriptContext {
  readonly at: Date;
  /** What we would send ourselves (DER), to hold against a request. */
  readonly clientChain?: readonly Uint8Array[];
}

/** Reads a transcript. */
export function describeTranscript(
  transcript: Transcript,
  secrets: Pick<Recording, 'secrets'>,
  context: TranscriptContext,
): TranscriptReport {
  const { at, clientChain = [] } = context;
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
      ...outlineOf(entry, phases[index]),
      fields: entryFields(entry),
    })),
    marks: marksOf(secrets, zero),
    flights: transcript.flights.map(({ at, from, bytes }) => ({ at: at - zero, from, bytes })),
    chain: servedChain(transcript, 'server').certificates,
    clientChain: servedChain(transcript, 'client').certificates,
    clientCertificate: request === undefined ? null : judgeClientCertificate(request, clientChain),
    alert: alertOf(transcript, zero, { negotiation, at, clientHasCertificate: clientChain.length > 0 }),
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
  const described = describeTranscript(transcript, recording, {
    at: observation.startedAt,
    clientChain: context.clientChain,
  });
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
    findings: findingsOf(observation, described, whole, context),
  };
}

function alertOf(
  transcript: Transcript,
  zero: number,
  situation: Omit<Refusal, 'transcript' | 'from'>,
): ReportedAlert | null {
  for (const { at, from, content } of transcript.entries) {
    if (content?.type !== 'alert' || HARMLESS_ALERTS.has(content.description.name)) continue;
    const { level, description } = content;
    const meaning = meaningOf(description.name, { ...situation, transcript, from });
    return {
      at: at - zero,
      from,
      level,
      description: description.name,
      number: description.code,
      ...meaning,
    };
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
