import { DESTROYED_GENERATIONS } from './authorities.ts';
import type { CertificateStatus } from './certificate-status.ts';
import { UNFINISHED } from './row-state.ts';
import { type SqlValue, toSeconds } from './sql.ts';

/**
 * The profile of a row for what was signed so that clients could be asked once, with a key that is gone. Every signature
 * has its row, but nobody uses such a certificate, so it counts nowhere and no name finds it.
 */
export const PROOF_PROFILE = 'proof';

/** The profile of a row for an end entity that was there before its authority was imported. */
export const IMPORTED_PROFILE = 'imported';

/** The profiles of rows for the certificates of the authority itself. */
export const AUTHORITY_PROFILES: readonly string[] = ['root', 'intermediate', 'bridge'];

/** Which certificates a list has. What is left out does not narrow it. */
export interface CertificateFilter {
  /** The time that statuses are derived at. */
  readonly at: Date;
  readonly status?: CertificateStatus;
  readonly profile?: string;
  readonly authorityId?: number;
  /** Those of several generations; none at all where it is empty. */
  readonly authorityIds?: readonly number[];
  /** Live certificates (valid at `at`, neither revoked nor replaced) whose notAfter is at or before this time. */
  readonly expiringBy?: Date;
  /**
   * End entities that are neither revoked nor replaced and are to be renewed: `all` of them, those with a third of
   * their life left or less (`last-third`), or those that end by a time. What has ended already is among them, what nobody
   * can renew is not: what was imported, and what an authority has issued that is destroyed.
   */
  readonly renewable?: 'all' | 'last-third' | Date;
  /** Without those of the authority itself (`AUTHORITY_PROFILES`), and those that were made for a proof. */
  readonly endEntitiesOnly?: boolean;
  readonly limit?: number;
  readonly offset?: number;
}

/**
 * The query for the rows of a filter. What is about to expire comes first where the filter is about time to come (`valid`,
 * `not-yet-valid`, `expiringBy`), else what expires last. Each order is that of an index, so that a limited list
 * reads only the rows it returns.
 */
export function certificateQuery(columns: string, filter: CertificateFilter): Query {
  const { text, values } = conditionsOf(filter);
  const order = ORDERS[wantedStatus(filter) ?? 'any'];
  const query = `SELECT ${columns} FROM certificates WHERE ${text} AND state <> 'pending' ORDER BY ${order}`;
  if (filter.limit === undefined) return { text: query, values };
  return { text: `${query} LIMIT ? OFFSET ?`, values: [...values, filter.limit, filter.offset ?? 0] };
}

/**
 * The query for the number of rows of a filter, whatever its limit. Pending rows are few: counting them apart lets
 * the rest be counted in an index.
 */
export function certificateCount(filter: CertificateFilter): Query {
  const { text, values } = conditionsOf(filter);
  return {
    text: `WITH pending AS MATERIALIZED (SELECT * FROM certificates WHERE ${UNFINISHED} AND state = 'pending')
      SELECT (SELECT count(*) FROM certificates WHERE ${text}) - (SELECT count(*) FROM pending WHERE ${text}) AS total`,
    values: [...values, ...values],
  };
}

interface Query {
  readonly text: string;
  readonly values: readonly SqlValue[];
}

const ORDERS = {
  any: 'not_after DESC, id DESC',
  revoked: 'not_after DESC, id DESC',
  replaced: 'not_after DESC, id DESC',
  expired: 'not_after DESC, id DESC',
  valid: 'not_after, id',
  'not-yet-valid': 'not_before, id',
} as const satisfies Record<CertificateStatus | 'any', string>;

const NO_END_ENTITIES = [...AUTHORITY_PROFILES, PROOF_PROFILE].map((profile) => `'${profile}'`).join(', ');

const wantedStatus = (filter: CertificateFilter): CertificateStatus | undefined =>
  filter.expiringBy === undefined ? filter.status : 'valid';

function conditionsOf(filter: CertificateFilter): Query {
  const conditions: string[] = ['1'];
  const values: SqlValue[] = [];
  const add = (condition: string, ...bound: readonly SqlValue[]) => {
    conditions.push(condition);
    values.push(...bound);
  };
  const status = wantedStatus(filter);
  if (filter.profile !== undefined) add('profile = ?', filter.profile);
  if (filter.authorityId !== undefined) add('authority_id = ?', filter.authorityId);
  if (filter.authorityIds !== undefined)
    add(`authority_id IN (${filter.authorityIds.map(() => '?').join(', ')})`, ...filter.authorityIds);
  if (status !== undefined) addStatus(status, toSeconds(filter.at), add);
  if (filter.expiringBy !== undefined) add('not_after <= ?', toSeconds(filter.expiringBy));
  if (filter.renewable !== undefined) add('ended IS NULL');
  // Of what was imported devca has neither key nor files.
  if (filter.renewable !== undefined) add(`profile <> '${IMPORTED_PROFILE}'`);
  if (filter.renewable !== undefined) add(`authority_id NOT IN (${DESTROYED_GENERATIONS})`);
  if (filter.renewable === 'last-third')
    add('not_after - (not_after - not_before) / 3 <= ?', toSeconds(filter.at));
  if (filter.renewable instanceof Date) add('not_after <= ?', toSeconds(filter.renewable));
  if (filter.endEntitiesOnly === true || filter.renewable !== undefined)
    add(`profile NOT IN (${NO_END_ENTITIES})`);
  return { text: conditions.join(' AND '), values };
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
      // The plus keeps SQLite from searching by notBefore, which nearly every row satisfies.
      add('ended IS NULL AND not_after >= ? AND +not_before <= ?', at, at);
  }
}
