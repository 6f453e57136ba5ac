import type { FaultCode } from '../diagnosis/fault.ts';
import { faultOfAlert, meaningOfAlert } from '../diagnosis/lookup.ts';
import { type NamedFault, namedFault } from '../diagnosis/named-fault.ts';
import type { Negotiation } from './negotiation.ts';
import { faultsOfChain } from './refused-chain.ts';
import { sentChain } from './served-chain.ts';
import type { Side, Transcript } from './transcript.ts';

/** A handshake in which a side refused the other, as far as it tells why. */
export interface Refusal {
  readonly from: Side;
  readonly transcript: Transcript;
  readonly negotiation: Pick<
    Negotiation,
    'cipherSuite' | 'clientCertificateRequested' | 'clientCertificateSent' | 'serverName'
  >;
  /** The client had a certificate that it could have sent. */
  readonly clientHasCertificate: boolean;
  readonly at: Date;
}

/** What an alert means in this handshake. */
export interface AlertMeaning {
  readonly meaning: string;
  readonly fault: NamedFault | null;
}

export function meaningOf(alert: string, refusal: Refusal): AlertMeaning {
  const { from } = refusal;
  const found = faultOfAlert(alert, from === 'server' ? 'client' : 'server');
  const fault = likeliest(
    found.map(({ fault: { code } }) => code as FaultCode),
    refusal,
  );
  const own =
    fault === null || fault.code === 'DEVCA_FAULT_PROTOCOL_ERROR' ? meaningOfAlert(alert) : undefined;
  return { meaning: own ?? fault?.title ?? `the ${from} ended the handshake`, fault };
}

/** The fault where a side hung up without a word. */
export function silentRefusal(refusal: Refusal): NamedFault | null {
  const { from, transcript, negotiation } = refusal;
  const isAboutCertificate =
    from === 'server' ? negotiation.clientCertificateRequested : sentChain(transcript, 'server').length > 0;
  if (!isAboutCertificate) return namedFault('DEVCA_FAULT_CLOSED_IN_HANDSHAKE', 'handshake') ?? null;
  return meaningOf('certificate_unknown', refusal).fault;
}

/** The first candidate that fits what was requested and sent, or, before it, one that the refused chain is seen to have. */
function likeliest(candidates: readonly FaultCode[], refusal: Refusal): NamedFault | null {
  const fitting =
    refusal.from === 'server' ? fittingClient(withoutAgreed(candidates, refusal), refusal) : candidates;
  const evident = fitting.length > 1 ? evidentFaults(refusal) : [];
  const code = fitting.find((each) => evident.includes(each)) ?? fitting[0];
  return (code === undefined ? undefined : namedFault(code, 'handshake')) ?? null;
}

/** A server that has answered found a version and a suite. */
function withoutAgreed(candidates: readonly FaultCode[], { negotiation }: Refusal): readonly FaultCode[] {
  const open = candidates.filter((code) => code !== 'DEVCA_FAULT_CIPHER' && code !== 'DEVCA_FAULT_VERSION');
  return negotiation.cipherSuite === null || open.length === 0 ? candidates : open;
}

function fittingClient(candidates: readonly FaultCode[], refusal: Refusal): readonly FaultCode[] {
  const { clientCertificateRequested: isRequested, clientCertificateSent: isSent } = refusal.negotiation;
  const own = candidates.filter(isAboutClient);
  const others = candidates.filter((code) => !isAboutClient(code));
  if (!isRequested) return others.length > 0 ? others : candidates;
  const absence = refusal.clientHasCertificate
    ? 'DEVCA_FAULT_CLIENT_CERT_NOT_SENT'
    : 'DEVCA_FAULT_CLIENT_CERT_MISSING';
  if (!isSent) return own.length > 0 ? [absence] : others;
  const sound = candidates.filter((code) => !ABSENCES.includes(code));
  return sound.length > 0 ? sound : candidates;
}

const ABSENCES: readonly FaultCode[] = [
  'DEVCA_FAULT_CLIENT_CERT_MISSING',
  'DEVCA_FAULT_CLIENT_CERT_NOT_SENT',
];

/** To a client an alert about a key that fits no certificate is about its own. */
const isAboutClient = (code: FaultCode): boolean =>
  code.startsWith('DEVCA_FAULT_CLIENT_CERT_') || code === 'DEVCA_FAULT_KEY_MISMATCH';

function evidentFaults({ from, transcript, negotiation, at }: Refusal): readonly FaultCode[] {
  const { serverName } = negotiation;
  if (from === 'server') return faultsOfChain(sentChain(transcript, 'client'), 'client', undefined, at);
  const name = serverName === null ? undefined : ({ kind: 'dns', value: serverName } as const);
  return faultsOfChain(sentChain(transcript, 'server'), 'server', name, at);
}
