import {
  type CertificateFilter,
  certificateCount,
  certificateQuery,
  PROOF_PROFILE,
} from './certificate-query.ts';
import { ROW_STATES, type RowState } from './row-state.ts';
import { columnsOf, type Sql, type SqlRow, toSeconds } from './sql.ts';

export interface NewCertificate {
  /** The generation that signed it. */
  readonly authorityId: number;
  /** Lower-case hex without a leading sign octet. */
  readonly serialNumber: string;
  /** Of the key that signed it, in short: a serial number is unique for each (RFC 5280 section 4.1.2.2). */
  readonly issuerKey: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly profile: string;
  /** RFC 4514 text. */
  readonly subject: string;
  /** The subjectAltName as its user wrote and reads it, such as `localhost`, `127.0.0.1`, `spiffe://...`. */
  readonly names: readonly string[];
  /** Further words that find it, such as its common name. */
  readonly alsoFoundBy?: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly keyAlgorithm: string;
  readonly createdAt: Date;
  readonly der: Uint8Array;
}

export interface CertificateRecord extends Omit<NewCertificate, 'der' | 'alsoFoundBy'> {
  readonly id: number;
  readonly state: RowState;
  /** The id of the certificate that took its place. */
  readonly replacedBy: number | undefined;
  readonly revokedAt: Date | undefined;
}

export interface CertificateTable {
  /**
   * Adds a row and gives its id: a pending one, or one of a certificate that was out before (`delivered`), within the
   * transaction that makes its authority last. Throws DEVCA_INVENTORY_DUPLICATE for a certificate that is known, or a serial
   * number that its issuer has used.
   */
  insert(certificate: NewCertificate, state?: 'pending' | 'delivered'): number;
  byId(id: number): CertificateRecord | undefined;
  der(id: number): Uint8Array | undefined;
  /** Every word that finds it by name, in lower case. */
  words(id: number): readonly string[];
  /** More than one only where several issuers have used the serial number. */
  bySerial(serialNumber: string): readonly CertificateRecord[];
  /** Those of some serial numbers that any issuer has used. */
  usedSerials(serialNumbers: readonly string[]): readonly string[];
  bySha256(sha256: string): CertificateRecord | undefined;
  /** By any of its names or its common name, whatever the case, but not what was made for a proof; newest first. */
  byName(name: string, limit?: number): readonly CertificateRecord[];
  /**
   * What a user may call a certificate: a name, else its whole serial number or fingerprint, else the beginning of one (at
   * least 4 digits), with or without colons. Newest first; more than one where that is ambiguous.
   */
  find(what: string, limit?: number): readonly CertificateRecord[];
  /** See `CertificateFilter`; certificates that are pending are in no answer. */
  list(filter: CertificateFilter): readonly CertificateRecord[];
  /** As `list`, for any number of rows, one at a time. */
  stream(filter: CertificateFilter): Iterable<CertificateRecord>;
  count(filter: CertificateFilter): number;
  /** Records that another certificate took the place of this one. */
  markReplaced(id: number, replacedBy: number): void;
}

export function certificateTable(sql: Sql): CertificateTable {
  const read = (row: SqlRow): CertificateRecord => certificateRecord(row, sql);
  const one = (where: string, value: number | string) => {
    const row = sql.row(`SELECT ${COLUMNS} FROM certificates WHERE ${where} AND state <> 'pending'`, value);
    return row === undefined ? undefined : read(row);
  };
  const byName = (name: string, limit = 100) =>
    sql
      .rows(
        `SELECT ${COLUMNS} FROM certificates JOIN certificate_names ON certificate_id = id
         WHERE name = ? AND state <> 'pending' AND profile <> ? ORDER BY certificate_id DESC LIMIT ?`,
        searchable(name),
        PROOF_PROFILE,
        limit,
      )
      .map(read);
  return {
    insert: (certificate, state = 'pending') => insert(certificate, state, sql),
    byId: (id) => one('id = ?', id),
    der: (id) => {
      const row = sql.row('SELECT der FROM certificates WHERE id = ?', id);
      return row === undefined ? undefined : columnsOf(row, sql).bytes('der');
    },
    words: (id) =>
      sql
        .rows('SELECT name FROM certificate_names WHERE certificate_id = ?', id)
        .map((row) => columnsOf(row, sql).text('name')),
    bySerial: (serialNumber) => bySerial(serialNumber, sql).map(read),
    usedSerials: (serialNumbers) =>
      sql
        .rows(
          'SELECT serial_number FROM certificates WHERE serial_number IN (SELECT value FROM json_each(?))',
          JSON.stringify(serialNumbers),
        )
        .map((row) => columnsOf(row, sql).text('serial_number')),
    bySha256: (sha256) => one('sha256_fingerprint = ?', sha256),
    byName,
    find: (what, limit = 100) => {
      const named = byName(what, limit);
      return named.length > 0 ? named : byDigits(what, limit, sql).map(read);
    },
    list: (filter) => {
      const { text, values } = certificateQuery(COLUMNS, filter);
      return sql.rows(text, ...values).map(read);
    },
    *stream(filter) {
      const { text, values } = certificateQuery(COLUMNS, filter);
      for (const row of sql.stream(text, ...values)) yield read(row);
    },
    count: (filter) => {
      const { text, values } = certificateCount(filter);
      const row = sql.row(text, ...values);
      return row === undefined ? 0 : columnsOf(row, sql).integer('total');
    },
    markReplaced: (id, replacedBy) => {
      sql.run('UPDATE certificates SET replaced_by = ? WHERE id = ?', replacedBy, id);
    },
  };
}

const COLUMNS = `id, authority_id, serial_number, issuer_key, sha256_fingerprint, state, profile, subject, names,
  not_before, not_after, key_algorithm, created_at, replaced_by, revoked_at`;

function insert(certificate: NewCertificate, state: 'pending' | 'delivered', sql: Sql): number {
  return sql.transaction(() => {
    const { lastId } = sql.run(
      `INSERT INTO certificates (authority_id, serial_number, issuer_key, sha256_fingerprint, state, profile, subject,
         names, not_before, not_after, key_algorithm, created_at, der)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      certificate.authorityId,
      certificate.serialNumber,
      certificate.issuerKey,
      certificate.sha256,
      state,
      certificate.profile,
      certificate.subject,
      JSON.stringify(certificate.names),
      toSeconds(certificate.notBefore),
      toSeconds(certificate.notAfter),
      certificate.keyAlgorithm,
      toSeconds(certificate.createdAt),
      certificate.der,
    );
    const words = new Set([...certificate.names, ...(certificate.alsoFoundBy ?? [])].map(searchable));
    for (const word of words)
      sql.run('INSERT INTO certificate_names (name, certificate_id) VALUES (?, ?)', word, lastId);
    return lastId;
  });
}

const bySerial = (serialNumber: string, sql: Sql): readonly SqlRow[] =>
  sql.rows(
    `SELECT ${COLUMNS} FROM certificates WHERE serial_number = ? AND state <> 'pending' ORDER BY id DESC`,
    serialNumber,
  );

/** Rows whose serial number is some hex digits, else whose serial number or fingerprint begins with them. */
function byDigits(what: string, limit: number, sql: Sql): readonly SqlRow[] {
  const digits = what.replaceAll(/[:\s]/g, '').toLowerCase();
  if (!/^[0-9a-f]{1,64}$/.test(digits)) return [];
  const whole = bySerial(digits, sql).slice(0, limit);
  if (whole.length > 0 || digits.length < 4) return whole;
  // A range uses the index whatever the collation; 'g' follows every hex digit.
  const range = [digits, `${digits}g`];
  return sql.rows(
    `SELECT ${COLUMNS} FROM certificates WHERE id IN (
       SELECT id FROM certificates WHERE serial_number >= ? AND serial_number < ?
       UNION SELECT id FROM certificates WHERE sha256_fingerprint >= ? AND sha256_fingerprint < ?)
     AND state <> 'pending' ORDER BY id DESC LIMIT ?`,
    ...range,
    ...range,
    limit,
  );
}

const searchable = (name: string): string => name.toLowerCase();

function certificateRecord(row: SqlRow, sql: Sql): CertificateRecord {
  const columns = columnsOf(row, sql);
  return {
    id: columns.integer('id'),
    authorityId: columns.integer('authority_id'),
    serialNumber: columns.text('serial_number'),
    issuerKey: columns.integer('issuer_key'),
    sha256: columns.text('sha256_fingerprint'),
    state: columns.word('state', ROW_STATES),
    profile: columns.text('profile'),
    subject: columns.text('subject'),
    names: columns.texts('names'),
    notBefore: columns.time('not_before'),
    notAfter: columns.time('not_after'),
    keyAlgorithm: columns.text('key_algorithm'),
    createdAt: columns.time('created_at'),
    replacedBy: columns.optionalInteger('replaced_by'),
    revokedAt: columns.optionalTime('revoked_at'),
  };
}
