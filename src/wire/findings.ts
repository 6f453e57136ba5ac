import { faultOfNodeError } from '../diagnosis/lookup.ts';
import { nameFault } from '../diagnosis/named-fault.ts';
import type { ChainProblem, ChainVerification, ReportedAlert, TranscriptReport } from './handshake-report.ts';
import type { HandshakeObservation } from './observe-handshake.ts';
import { silentRefusal } from './refusal.ts';
import { describeServedChain, sentChain } from './served-chain.ts';
import { type Finding, type FindingCode, finding } from './tables/finding-table.ts';
import type { Transcript } from './transcript.ts';

/** RFC 6928: ten segments; 1460 bytes each on Ethernet with IPv4. */
export const INITIAL_WINDOW = 14_600;

/** What was asked of the handshake. */
export interface FindingContext {
  readonly timeoutMs: number;
  readonly clientChain: readonly Uint8Array[];
}

/** Everything that is worth saying about one handshake, the worst first. */
export function findingsOf(
  observation: HandshakeObservation,
  report: TranscriptReport,
  verification: ChainVerification,
  context: FindingContext,
): readonly Finding[] {
  const findings = [
    ...endingFindings(observation, report, context),
    ...chainFindings(sentChain(observation.transcript, 'server'), verification),
    ...clientCertificateFindings(report),
    ...parameterFindings(report),
    ...sizeFindings(observation.transcript),
  ];
  return findings.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

const SEVERITIES: readonly Finding['severity'][] = ['error', 'warning', 'info'];

/** Why a handshake did not come about, as one finding. */
function endingFindings(
  observation: HandshakeObservation,
  report: TranscriptReport,
  { timeoutMs, clientChain }: FindingContext,
): Finding[] {
  const { transcript, address, ending, failure } = observation;
  if (observation.established) return [];
  const { foreign } = transcript.server;
  if (foreign !== undefined) return [foreignFinding(address, foreign)];
  // Our own side answers garbage with an alert; what it answers says more.
  const problem = transcript.problems.find(({ from }) => from === 'server');
  if (problem !== undefined && report.alert?.from !== 'server')
    return [finding('DEVCA_WIRE_GARBAGE', { address, detail: problem.error.message })];
  if (report.alert !== null) return [alertFinding(report.alert)];
  const after = lastSeen(transcript);
  switch (ending) {
    case 'reset':
      return [finding('DEVCA_WIRE_RESET', { address, after })];
    case 'stalled':
      return [finding('DEVCA_WIRE_STALLED', { address, after, timeoutMs })];
    case 'failed':
      return [localFailure(failure ?? 'without a reason')];
    default: {
      const { negotiation } = report;
      const clientHasCertificate = clientChain.length > 0;
      const situation = { transcript, negotiation, clientHasCertificate, at: observation.startedAt };
      const fault = silentRefusal({ ...situation, from: 'server' });
      return [finding('DEVCA_WIRE_CLOSED', { address, after }, fault)];
    }
  }
}

export function alertFinding({ from: sender, description, meaning, fault }: ReportedAlert): Finding {
  return finding('DEVCA_WIRE_ALERT', { sender, description, meaning, fix: fault?.fix }, fault);
}

/** What the runtime's TLS itself says, which the fault table knows as Node's words. */
export function localFailure(detail: string): Finding {
  const [likeliest] = faultOfNodeError(undefined, detail);
  const fault = likeliest === undefined ? null : nameFault(likeliest.fault, 'handshake');
  return finding('DEVCA_WIRE_LOCAL_FAILURE', { detail }, fault);
}

function foreignFinding(address: string, foreign: NonNullable<Transcript['server']['foreign']>): Finding {
  const { protocol } = foreign;
  if (protocol === 'http') return finding('DEVCA_WIRE_PLAIN_HTTP', { address });
  if (
    protocol === 'smtp' ||
    protocol === 'ftp' ||
    protocol === 'imap' ||
    protocol === 'pop3' ||
    protocol === 'mysql'
  )
    return finding('DEVCA_WIRE_NEEDS_STARTTLS', { address, protocol });
  const sample = JSON.stringify(Buffer.from(foreign.sample.subarray(0, 24)).toString('latin1')).slice(1, -1);
  const named = protocol === 'unknown' ? 'something else' : protocol.toUpperCase();
  return finding('DEVCA_WIRE_OTHER_PROTOCOL', { address, protocol: named, sample });
}

/** The last thing that the server sent, else what we sent. */
function lastSeen(transcript: Transcript): string {
  const last = transcript.entries.findLast(({ from }) => from === 'server') ?? transcript.entries.at(-1);
  return last === undefined ? 'nothing' : `${last.from}'s ${last.type}`;
}

/** How the chain was put together, and what is missing in it. */
export function chainFindings(
  chain: readonly Uint8Array[],
  verification: Pick<ChainVerification, 'valid' | 'problems'>,
): Finding[] {
  if (chain.length === 0) return [];
  const served = describeServedChain(chain);
  const findings: Finding[] = [];
  const list = (
    code: 'DEVCA_WIRE_CHAIN_ORDER' | 'DEVCA_WIRE_CHAIN_DUPLICATE' | 'DEVCA_WIRE_CHAIN_UNRELATED',
    found: readonly number[],
  ) => {
    if (found.length > 0) findings.push(finding(code, { positions: found.join(', ') }));
  };
  for (const { position, malformed } of served.certificates)
    if (malformed !== undefined)
      findings.push(finding('DEVCA_WIRE_CHAIN_MALFORMED', { position, detail: malformed }));
  list('DEVCA_WIRE_CHAIN_ORDER', served.misplaced);
  list('DEVCA_WIRE_CHAIN_DUPLICATE', served.duplicates);
  list('DEVCA_WIRE_CHAIN_UNRELATED', served.unrelated);
  const root = served.rootSent === undefined ? undefined : served.certificates[served.rootSent];
  if (root !== undefined)
    findings.push(finding('DEVCA_WIRE_CHAIN_ROOT_SENT', { subject: root.subject, bytes: root.bytes }));
  if (
    served.openEnd !== undefined &&
    verification.valid === false &&
    verification.problems.some(isUnknownIssuer)
  )
    findings.push(
      finding(
        'DEVCA_WIRE_CHAIN_INCOMPLETE',
        { issuer: served.openEnd.issuer, urls: served.openEnd.urls.join(', ') },
        verification.problems.find(isUnknownIssuer)?.fault,
      ),
    );
  return findings;
}

/** The chain ends open; only where no path was found does that matter. */
const isUnknownIssuer = ({ code }: ChainProblem): boolean =>
  /^DEVCA_PATH_(MISSING_INTERMEDIATE|UNTRUSTED_ROOT)$/.test(code);

function clientCertificateFindings({ clientCertificate, negotiation }: TranscriptReport): Finding[] {
  if (clientCertificate === null) return [];
  const { match, acceptableAuthorities } = clientCertificate;
  if (match === null) {
    if (negotiation.clientCertificateSent) return [];
    const authorities =
      acceptableAuthorities.length === 0
        ? 'from any authority'
        : `from ${acceptableAuthorities.map((name) => `"${name}"`).join(', ')}`;
    return [finding('DEVCA_WIRE_CLIENT_CERTIFICATE_WANTED', { authorities })];
  }
  const silent = match.clients.filter(({ sends }) => !sends);
  const [first] = silent;
  if (first === undefined) return [];
  const client = silent.map(({ client: name }) => name).join(' or ');
  return [finding('DEVCA_WIRE_CLIENT_SILENT', { client, reason: first.reason ?? '' })];
}

const OLD_VERSIONS: Readonly<Record<string, string>> = {
  SSLv3: 'it is broken (POODLE)',
  TLSv1: 'it is deprecated (RFC 8996) and open to BEAST',
  'TLSv1.1': 'it is deprecated (RFC 8996)',
};

/** Patterns of suites and what is wrong with them; the first that fits counts. */
export const WEAK_SUITES: readonly (readonly [RegExp, string])[] = [
  [/_NULL_/, 'nothing is encrypted'],
  [/_anon_/, 'nobody is authenticated'],
  [/_EXPORT/, 'the keys were made weak on purpose (FREAK, Logjam)'],
  [/_RC4_/, 'RC4 is broken (RFC 7465)'],
  [/_(3DES|DES|IDEA|RC2)_|DES40/, 'blocks of 64 bits (Sweet32)'],
  [/_MD5$/, 'MD5 is broken'],
];

function parameterFindings(report: TranscriptReport): Finding[] {
  const { negotiation, cipherSuite, protocol, group } = report;
  const findings: Finding[] = [];
  const risk = OLD_VERSIONS[protocol ?? ''];
  if (risk !== undefined) findings.push(finding('DEVCA_WIRE_VERSION_OLD', { version: protocol ?? '', risk }));
  const weak = WEAK_SUITES.find(([pattern]) => pattern.test(cipherSuite ?? ''));
  if (weak !== undefined)
    findings.push(finding('DEVCA_WIRE_CIPHER_WEAK', { cipherSuite: cipherSuite ?? '', risk: weak[1] }));
  if (group === 'rsa')
    findings.push(finding('DEVCA_WIRE_NO_FORWARD_SECRECY', { cipherSuite: cipherSuite ?? '' }));
  if (negotiation.retried) findings.push(finding('DEVCA_WIRE_RETRIED', { group: group ?? 'another group' }));
  const top = negotiation.offered.versions[0];
  if (negotiation.downgrade !== null && top === 'TLSv1.3')
    findings.push(finding('DEVCA_WIRE_DOWNGRADE', { version: protocol ?? '' }));
  for (const ticket of negotiation.tickets.slice(0, 1)) {
    if ((ticket.maxEarlyDataSize ?? 0) > 0)
      findings.push(finding('DEVCA_WIRE_EARLY_DATA', { bytes: ticket.maxEarlyDataSize ?? 0 }));
    if (protocol === 'TLSv1.3' && ticket.lifetimeSeconds > WEEK_SECONDS)
      findings.push(finding('DEVCA_WIRE_TICKET_LONG', { seconds: ticket.lifetimeSeconds }));
  }
  return findings;
}

const WEEK_SECONDS = 604_800;

function sizeFindings(transcript: Transcript): Finding[] {
  const first = transcript.flights.find(({ from }) => from === 'server');
  // What is large without a certificate is no chain: garbage, or a server that never comes to the point.
  const hasChain = transcript.entries.some(
    ({ from, type }) => from === 'server' && type.includes('certificate'),
  );
  if (first === undefined || first.bytes <= INITIAL_WINDOW || !hasChain) return [];
  const code: FindingCode = 'DEVCA_WIRE_CHAIN_LARGE';
  return [finding(code, { bytes: first.bytes, window: INITIAL_WINDOW })];
}
