/** What is worth saying about a handshake, besides what happened. */
export interface Finding {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  readonly fix: string;
}

export interface FindingRow<Context> {
  readonly severity: Finding['severity'];
  readonly message: (context: Context) => string;
  readonly fix: (context: Context) => string;
}

export const row = <Context>(finding: FindingRow<Context>): FindingRow<Context> => finding;
