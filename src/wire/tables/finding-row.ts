import type { NamedFault } from '../../diagnosis/named-fault.ts';

/** What is worth saying about a handshake, besides what happened. */
export interface Finding {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly fix: string;
  /** What an error stands for, by the fault table. */
  readonly fault?: NamedFault;
}

export interface FindingRow<Context> {
  readonly severity: Finding['severity'];
  readonly message: (context: Context) => string;
  readonly fix: (context: Context) => string;
}

export const row = <Context>(finding: FindingRow<Context>): FindingRow<Context> => finding;
