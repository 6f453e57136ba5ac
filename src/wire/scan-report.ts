import type { Finding } from './tables/finding-table.ts';

/** What a server accepts, found by asking. */
export interface ScanReport {
  readonly target: string;
  readonly versions: readonly string[];
  /** In the server's order where it has one, else in the order in which they were offered. */
  readonly cipherSuites: Readonly<Record<string, readonly string[]>>;
  /** The server's order counts, not the client's; `null` where there was nothing to choose. */
  readonly serverPreference: boolean | null;
  readonly groups: readonly string[];
  readonly signatureSchemes: readonly string[];
  readonly resumption: Readonly<Record<string, boolean>>;
  readonly clientCertificate: 'none' | 'optional' | 'required';
  readonly alpn: readonly string[];
  readonly dhBits: number | null;
  readonly compression: boolean;
  readonly secureRenegotiation: boolean | null;
  readonly connections: number;
  readonly unanswered: number;
  readonly grade: 'A' | 'B' | 'C' | 'F';
  readonly findings: readonly Finding[];
}
