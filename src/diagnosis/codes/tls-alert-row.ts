import type { Candidates, FaultCode, Wordings } from '../fault.ts';
import type { CodeRow } from './code-names.ts';

/**
 * One TLS alert (RFC 8446 section 6.2). The candidates are for a client that received it, and so are about the client;
 * `atServer` are those for a server that received it.
 */
export interface AlertRow extends CodeRow {
  readonly go?: string;
  readonly gnutls?: string;
  readonly rustls?: string;
  readonly observed?: Wordings;
  readonly documented?: Wordings;
  /** What the alert itself says, where its fault says less. */
  readonly meaning?: string;
  /** Too common in healthy logs: counts only where it is all that was asked. */
  readonly exactOnly?: boolean;
  /** From which it was seen; `sent`: in what curl prints of the alerts that it sends. */
  readonly seen?: readonly ('openssl' | 'go' | 'gnutls' | 'rustls' | 'sent')[];
}

/** What a server is told by a client. */
export const server = (likely: readonly FaultCode[], possible: readonly FaultCode[] = []): Candidates => ({
  likely,
  possible,
  question: 'run "devca verify HOST:PORT --host NAME": what does it object to?',
});
