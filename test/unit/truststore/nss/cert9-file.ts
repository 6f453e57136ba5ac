import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import type { TrustAnchor } from '../../../../src/truststore/trust-anchor.ts';

export interface Cert9Content {
  readonly anchor: TrustAnchor;
  readonly nickname: string | undefined;
  /** A trust object in the form of PKCS #11 3.2, as Firefox 153 writes it. */
  readonly newTrust: boolean;
}

/** A cert9.db as NSS makes it, as far as devca reads it. */
export function writeCert9(path: string, { anchor, nickname, newTrust }: Cert9Content): void {
  mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path);
  const columns = ['a0', 'a3', 'a11', 'a635', 'a62c'];
  database.exec(
    `DROP TABLE IF EXISTS nssPublic; CREATE TABLE nssPublic (id PRIMARY KEY UNIQUE ON CONFLICT ABORT, ${columns.join(', ')})`,
  );
  const insert = database.prepare('INSERT INTO nssPublic VALUES (?, ?, ?, ?, ?, ?)');
  const number = (value: number): Buffer => Buffer.from([0, 0, 0, value]);
  if (nickname !== undefined) insert.run(1, number(1), Buffer.from(nickname), anchor.certificate, null, null);
  if (newTrust) insert.run(2, number(0x0b), null, null, Buffer.from(anchor.sha256, 'hex'), number(2));
  database.close();
}
