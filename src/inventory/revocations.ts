import { columnsOf, type Sql, toSeconds } from './sql.ts';

export interface Revocation {
  readonly certificateId: number;
  readonly serialNumber: string;
  /** A CRLReason by its RFC 5280 name, such as `keyCompromise`. */
  readonly reason: string;
  readonly at: Date;
}

export interface RevocationTable {
  /** Throws DEVCA_INVENTORY_DUPLICATE where the certificate is revoked already. */
  insert(certificateId: number, reason: string, at: Date): void;
  byCertificate(certificateId: number): Revocation | undefined;
  /** What a CRL of this issuer must name, of what one authority has recorded, in the order of their revocation. */
  byIssuer(authorityId: number, issuerKey: number): readonly Revocation[];
}

export function revocationTable(sql: Sql): RevocationTable {
  // CROSS JOIN makes SQLite begin with the revocations, of which there are far fewer than certificates.
  const select = (where: string, ...values: readonly number[]) =>
    sql
      .rows(
        `SELECT certificate_id, serial_number, reason, at FROM revocations CROSS JOIN certificates
         WHERE certificate_id = id AND ${where} ORDER BY at, certificate_id`,
        ...values,
      )
      .map((row) => {
        const columns = columnsOf(row, sql);
        return {
          certificateId: columns.integer('certificate_id'),
          serialNumber: columns.text('serial_number'),
          reason: columns.text('reason'),
          at: columns.time('at'),
        };
      });
  return {
    insert: (certificateId, reason, at) => {
      sql.transaction(() => {
        const seconds = toSeconds(at);
        sql.run(
          'INSERT INTO revocations (certificate_id, reason, at) VALUES (?, ?, ?)',
          certificateId,
          reason,
          seconds,
        );
        // Kept beside the certificate too, for the indexes that lists by status stand on.
        sql.run('UPDATE certificates SET revoked_at = ? WHERE id = ?', seconds, certificateId);
      });
    },
    byCertificate: (certificateId) => select('certificate_id = ?', certificateId)[0],
    byIssuer: (authorityId, issuerKey) =>
      select('authority_id = ? AND issuer_key = ?', authorityId, issuerKey),
  };
}
