import { faultOfNodeError } from '../diagnosis/lookup.ts';
import { nameFault } from '../diagnosis/named-fault.ts';
import { verifyChain } from '../validation/verify-chain.ts';
import { describeTranscript } from './describe-handshake.ts';
import { alertFinding, chainFindings, localFailure } from './findings.ts';
import type { ChainVerification, TranscriptReport } from './handshake-report.ts';
import type { ChainQuestion, InspectOptions } from './inspect-handshake.ts';
import { withFaults } from './named-problems.ts';
import { HARMLESS_ALERTS } from './observe-handshake.ts';
import { type PhaseTimes, phaseTimes } from './phases.ts';
import { readRecording } from './recording.ts';
import { silentRefusal } from './refusal.ts';
import type { ServedHandshake } from './serve-handshakes.ts';
import { sentChain } from './served-chain.ts';
import { type Finding, finding } from './tables/finding-table.ts';
import type { Transcript } from './transcript.ts';

/** A handshake from the server's side. */
export interface ServedReport extends TranscriptReport {
  /** The client's address. */
  readonly client: string;
  readonly address: string;
  readonly startedAt: string;
  readonly established: boolean;
  readonly phases: PhaseTimes;
  /** Of the client's certificate. */
  readonly verification: ChainVerification;
  readonly findings: readonly Finding[];
}

/** Describes what a server saw. The client's chain is verified where there are roots and a verifier. */
export async function reportServed(
  served: ServedHandshake,
  options: Pick<InspectOptions, 'verify' | 'rootSets'>,
  world: { readonly clock: { now(): Date } },
): Promise<{ readonly report: ServedReport; readonly transcript: Transcript }> {
  const transcript = readRecording(served.recording);
  const described = describeTranscript(transcript, served.recording, { at: served.startedAt });
  const chain = sentChain(transcript, 'client');
  const verification = await verifyClient(chain, served, options, world);
  const refused = transcript.entries.some(
    ({ content }) => content?.type === 'alert' && !HARMLESS_ALERTS.has(content.description.name),
  );
  const established = served.secured && !refused;
  return {
    transcript,
    report: {
      client: served.client,
      address: served.server,
      startedAt: served.startedAt.toISOString(),
      ...described,
      established,
      phases: phaseTimes(transcript, served.recording),
      verification,
      findings: [
        ...(established ? [] : endingFindings(served, transcript, described)),
        ...chainFindings(chain, verification),
      ],
    },
  };
}

async function verifyClient(
  chain: readonly Uint8Array[],
  served: ServedHandshake,
  { verify = verifyChain, rootSets = [] }: Pick<InspectOptions, 'verify' | 'rootSets'>,
  world: { readonly clock: { now(): Date } },
): Promise<ChainVerification> {
  const [endEntity, ...intermediates] = chain;
  const code = served.authorizationError ?? null;
  const runtime = endEntity === undefined ? null : { authorized: code === null, code, message: code };
  const anchors = rootSets.flatMap((set) => [...set.anchors]);
  if (endEntity === undefined || anchors.length === 0)
    return { valid: null, acceptedBy: [], problems: [], runtime };
  const question: ChainQuestion = {
    endEntity,
    intermediates,
    trustAnchors: anchors,
    at: world.clock.now(),
    purpose: 'client',
  };
  const { valid, problems } = await verify(question);
  const acceptedBy = valid ? rootSets.map(({ name }) => name) : [];
  return { valid, acceptedBy, problems: withFaults(problems, endEntity, 'server'), runtime };
}

function endingFindings(
  served: ServedHandshake,
  transcript: Transcript,
  report: TranscriptReport,
): Finding[] {
  const { client: address, ending, failure } = served;
  if (transcript.client.foreign?.protocol === 'http')
    return [finding('DEVCA_WIRE_CLIENT_PLAIN_HTTP', { address })];
  const problem = transcript.problems.find(({ from }) => from === 'client');
  if (problem !== undefined)
    return [finding('DEVCA_WIRE_GARBAGE', { address, detail: problem.error.message })];
  if (report.alert !== null) return [alertFinding(report.alert)];
  if (served.authorizationError !== undefined) return [refusedClient(served.authorizationError)];
  const last = transcript.entries.at(-1);
  const after = last === undefined ? 'nothing' : `${last.from}'s ${last.type}`;
  if (ending === 'reset') return [finding('DEVCA_WIRE_CLIENT_RESET', { address, after })];
  if (ending === 'stalled')
    return [finding('DEVCA_WIRE_STALLED', { address, after, timeoutMs: served.timeoutMs })];
  if (last !== undefined) {
    const { negotiation } = report;
    const situation = { transcript, negotiation, clientHasCertificate: false, at: served.startedAt };
    const fault = silentRefusal({ ...situation, from: 'client' });
    return [finding('DEVCA_WIRE_CLIENT_CLOSED', { address, after }, fault)];
  }
  return failure === undefined ? [] : [localFailure(failure)];
}

/** `reason` is the runtime's code for what it has against the client's certificate. */
function refusedClient(reason: string): Finding {
  const [likeliest] = faultOfNodeError(reason, '', 'server');
  const fault = likeliest === undefined ? null : nameFault(likeliest.fault, 'handshake');
  return finding('DEVCA_WIRE_CLIENT_REFUSED', { reason }, fault);
}
