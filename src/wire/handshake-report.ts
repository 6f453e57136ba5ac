import type { NamedFault } from '../diagnosis/named-fault.ts';
import type { ClientCertificateVerdict } from './client-certificate-request.ts';
import type { JsonValue } from './message-fields.ts';
import type { MessageOutline } from './message-outline.ts';
import type { Negotiation } from './negotiation.ts';
import type { RuntimeVerdict } from './observe-handshake.ts';
import type { PhaseTimes } from './phases.ts';
import type { ServedCertificate } from './served-chain.ts';
import type { Finding } from './tables/finding-table.ts';
import type { Side } from './transcript.ts';

export interface ReportedMessage extends MessageOutline {
  /** Microseconds since the client_hello left, or since the beginning of the observation. */
  readonly at: number;
  readonly fields: { readonly [key: string]: JsonValue };
}

export interface ReportedAlert {
  readonly at: number;
  readonly from: Side;
  readonly level: 'warning' | 'fatal';
  readonly description: string;
  readonly number: number;
  readonly meaning: string;
  /** What it stands for here, by the fault table. */
  readonly fault: NamedFault | null;
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

export interface ChainProblem {
  readonly code: string;
  readonly message: string;
  readonly certificate?: { readonly subject: string; readonly sha256: string };
  readonly fix?: string;
  readonly expected?: string;
  readonly fault?: NamedFault;
}

/** What devca's own validation says, beside the runtime's verdict. */
export interface ChainVerification {
  /** `null` where there was nothing to verify or nobody to do it. */
  readonly valid: boolean | null;
  /** The sets of roots that accept the chain. */
  readonly acceptedBy: readonly string[];
  readonly problems: readonly ChainProblem[];
  readonly runtime: RuntimeVerdict | null;
}
