import { ROW_STATES, type RowState } from './row-state.ts';
import { columnsOf, type Sql, type SqlRow, toSeconds } from './sql.ts';

export interface NewCrl {
  /** The certificate (root or intermediate) whose key signed it. */
  readonly issuerId: number;
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly createdAt: Date;
  readonly der: Uint8Array;
}

export interface CrlRecord extends NewCrl {
  readonly id: number;
  readonly state: RowState;
}

export interface CrlTable {
  /** Adds a pending row and gives its id. Throws DEVCA_INVENTORY_DUPLICATE where the issuer has used the number. */
  insert(crl: NewCrl): number;
  /** The one with the highest number that an issuer has signed; pending ones do not exist. */
  latest(issuerId: number): CrlRecord | undefined;
  /** The highest number ever used, pending rows included, or 0. Numbers never go back (RFC 5280 section 5.2.3). */
  lastNumber(issuerId: number): number;
}

export function crlTable(sql: Sql): CrlTable {
  return {
    insert: (crl) =>
      sql.run(
        `INSERT INTO crls (issuer_id, number, state, this_update, next_update, created_at, der)
         VALUES (?, ?, 'pending', ?, ?, ?, ?)`,
        crl.issuerId,
        crl.number,
        toSeconds(crl.thisUpdate),
        toSeconds(crl.nextUpdate),
        toSeconds(crl.createdAt),
        crl.der,
      ).lastId,
    latest: (issuerId) => {
      const row = sql.row(
        `SELECT * FROM crls WHERE issuer_id = ? AND state <> 'pending' ORDER BY number DESC LIMIT 1`,
        issuerId,
      );
      return row === undefined ? undefined : crlRecord(row, sql);
    },
    lastNumber: (issuerId) => {
      const row = sql.row('SELECT max(number) AS number FROM crls WHERE issuer_id = ?', issuerId);
      return row === undefined ? 0 : (columnsOf(row, sql).optionalInteger('number') ?? 0);
    },
  };
}

function crlRecord(row: SqlRow, sql: Sql): CrlRecord {
  const columns = columnsOf(row, sql);
  return {
    id: columns.integer('id'),
    issuerId: columns.integer('issuer_id'),
    number: columns.integer('number'),
    state: columns.word('state', ROW_STATES),
    thisUpdate: columns.time('this_update'),
    nextUpdate: columns.time('next_update'),
    createdAt: columns.time('created_at'),
    der: columns.bytes('der'),
  };
}
