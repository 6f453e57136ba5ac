import type { CertificateStatus } from './certificate-status.ts';
import { type SqlValue, toSeconds } from './sql.ts';

/** Which certificates a list has. What is left out does not narrow it. */
export interface CertificateFilter {
  /** The time that statuses are derived at. */
  readonly at: Date;
  readonly status?: CertificateStatus;
  readonly profile?: string;
  readonly authorityId?: number;
  /** Live certificates (valid at `at`, neither revoked nor replaced) whose notAfter is at or before this time. */
  readonly expiringBy?: Date;
  /** Without those of the authority itself: profiles root, intermediate and bridge. */
  readonly endEntitiesOnly?: boolean;
  readonly limit?: number;
  readonly offset?: number;
}

/**
 * The query for a filter. What is about to expire comes first where the filter is about time to come (`valid`,
 * `not-yet-valid`, `expiringBy`), else what expires last. Each order is that of an index, so that a limited list
 * reads only the rows it returns.
 */
export function certificateQuery(
  columns: string,
  filter: CertificateFilter,
): { text: string; values: readonly SqlValue[] } {
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  const add = (condition: string, ...bound: readonly SqlValue[]) => {
    conditions.push(condition);
    values.push(...bound);
  };
  const at = toSeconds(filter.at);
  const status = filter.expiringBy === undefined ? filter.status : 'valid';
  if (filter.profile !== undefined) add('profile = ?', filter.profile);
  if (filter.authorityId !== undefined) add('authority_id = ?', filter.authorityId);
  if (status !== undefined) addStatus(status, at, add);
  if (filter.expiringBy !== undefined) add('not_after <= ?', toSeconds(filter.expiringBy));
  if (filter.endEntitiesOnly === true) add(`profile NOT IN ('root', 'intermediate', 'bridge')`);
  add(`state <> 'pending'`);
  const limit = filter.limit === undefined ? '' : ' LIMIT ? OFFSET ?';
  if (filter.limit !== undefined) values.push(filter.limit, filter.offset ?? 0);
  const text = `SELECT ${columns} FROM certificates WHERE ${conditions.join(' AND ')} ORDER BY ${order(status)}${limit}`;
  return { text, values };
}

function addStatus(
  status: CertificateStatus,
  at: number,
  add: (condition: string, ...bound: readonly SqlValue[]) => void,
): void {
  switch (status) {
    case 'revoked':
    case 'replaced':
      add('ended = ?', status);
      return;
    case 'expired':
      add('ended IS NULL AND not_after < ?', at);
      return;
    case 'not-yet-valid':
      add('ended IS NULL AND not_before > ?', at);
      return;
    case 'valid':
      add('ended IS NULL AND not_after >= ? AND not_before <= ?', at, at);
  }
}

function order(status: CertificateStatus | undefined): string {
  if (status === 'not-yet-valid') return 'not_before, id';
  if (status === 'valid') return 'not_after, id';
  return 'not_after DESC, id DESC';
}
