import { join } from 'node:path';
import { isDevcaError } from '../../errors/devca-error.ts';
import { bytesEqual, bytesToHex } from '../../pki/fingerprint.ts';
import type { Files } from '../../platform/files.ts';
import type { TrustSession } from '../session.ts';
import { isDevcaName, type TrustAnchor } from '../trust-anchor.ts';
import { readSqliteTable, type SqliteRow } from './sqlite-table.ts';

/** What the file of a database holds about an anchor. */
export interface NssRecords {
  /** Under which nicknames its very bytes are there. */
  readonly nicknames: readonly string[];
  /** Trust for TLS servers in the form of PKCS #11 3.2, which older NSS tools neither see nor take away. */
  readonly newTrust: boolean;
}

/** PKCS #11 3.2, and pkcs11n.h of NSS; columns are named after attributes, in hex. */
const CLASS = 'a0';
const CERTIFICATE = '00000001';
const TRUST = '0000000b';
const LABEL = 'a3';
const VALUE = 'a11';
const HASH_OF_CERTIFICATE = 'a635';
const TRUST_SERVER_AUTH = 'a62c';
const TRUST_ANCHOR = '00000002';
const ISSUER = 'a81';
const SERIAL_NUMBER = 'a82';
/** That of PKCS #11 3.2, and NSS's own of before (CKO_NSS_TRUST). */
const TRUSTS = [TRUST, 'ce534353'];

/**
 * Reads the file itself: certutil finds certificates by nickname only, and Firefox, which brings an NSS of its own, may
 * write trust that the system's certutil does not know. `undefined` where the file alone does not tell: it is damaged, or
 * another process is amid a change.
 */
export function readRecords(
  anchor: TrustAnchor,
  folder: string,
  session: TrustSession,
): NssRecords | undefined {
  try {
    const { files } = session.world;
    const path = join(folder, 'cert9.db');
    const beside = ['-journal', '-wal'].map((suffix) => files.statusOfTarget(path + suffix)?.size ?? 0);
    if (beside.some((size) => size > 0)) return undefined;
    const rows = readSqliteTable(files.read(path), 'nssPublic');
    if (rows === undefined) return undefined;
    return { nicknames: nicknamesIn(rows, anchor), newTrust: rows.some((row) => isTrust(row, anchor)) };
  } catch (error) {
    if (isDevcaError(error)) return undefined;
    throw error;
  }
}

/**
 * What keeps the files of a database: certificates, trust or keys besides those of the anchor that devca put there.
 * `undefined` where there is nothing else.
 */
export function otherContents(
  { certificate }: TrustAnchor,
  folder: string,
  { world: { files } }: TrustSession,
): string | undefined {
  const roots = devcasRoots(folder, files);
  if (typeof roots === 'string') return roots;
  const own = roots.filter((row) => bytesEqual(certificate, row.get(VALUE) ?? new Uint8Array()));
  return own.length === roots.length && own.length <= 1 ? undefined : OTHER_ROOTS;
}

/** Whether a database holds nothing that could be anybody's but devca's. */
export const isDevcasAlone = (folder: string, files: Readers): boolean =>
  typeof devcasRoots(folder, files) !== 'string';

type Readers = Pick<Files, 'read' | 'readIfPresent'>;

/** The rows of devca's roots, or what else is there. */
function devcasRoots(folder: string, files: Readers): readonly SqliteRow[] | string {
  try {
    const rows = readSqliteTable(files.read(join(folder, 'cert9.db')), 'nssPublic');
    const keys = files.readIfPresent(join(folder, 'key4.db'));
    const secrets = keys === undefined ? [] : readSqliteTable(keys, 'nssPrivate');
    if (rows === undefined || secrets === undefined) return 'what it holds cannot be read';
    if (secrets.length > 0) return 'it holds keys';
    const roots = rows.filter((row) => hex(row, CLASS) === CERTIFICATE && isDevcaName(labelOf(row)));
    if (!rows.every((row) => roots.some((root) => belongsTo(root, row))))
      return 'it holds other certificates';
    return roots;
  } catch (error) {
    if (isDevcaError(error)) return 'what it holds cannot be read';
    throw error;
  }
}

/** The last of them takes the database along. */
export const OTHER_ROOTS = 'it holds other roots of devca';

/** A certificate's row itself, and the trust that it has. */
const belongsTo = (root: SqliteRow, row: SqliteRow): boolean =>
  row === root ||
  (TRUSTS.includes(hex(row, CLASS)) &&
    hex(row, ISSUER) === hex(root, ISSUER) &&
    hex(row, SERIAL_NUMBER) === hex(root, SERIAL_NUMBER));

/** Every certificate in the file of a database, with its nickname; none where the file does not tell. */
export function certificatesIn(
  path: string,
  session: TrustSession,
): readonly { readonly certificate: Uint8Array; readonly nickname: string }[] {
  const rows = readSqliteTable(session.world.files.read(path), 'nssPublic') ?? [];
  return rows
    .filter((row) => hex(row, CLASS) === CERTIFICATE)
    .map((row) => ({ certificate: row.get(VALUE) ?? new Uint8Array(), nickname: labelOf(row) }));
}

const labelOf = (row: SqliteRow): string => Buffer.from(row.get(LABEL) ?? []).toString('utf8');

function nicknamesIn(rows: readonly SqliteRow[], { certificate }: TrustAnchor): readonly string[] {
  return rows
    .filter((row) => hex(row, CLASS) === CERTIFICATE)
    .filter((row) => bytesEqual(certificate, row.get(VALUE) ?? new Uint8Array()))
    .map(labelOf);
}

const isTrust = (row: SqliteRow, { sha256 }: TrustAnchor): boolean =>
  hex(row, CLASS) === TRUST &&
  hex(row, HASH_OF_CERTIFICATE) === sha256 &&
  hex(row, TRUST_SERVER_AUTH) === TRUST_ANCHOR;

const hex = (row: SqliteRow, column: string): string => bytesToHex(row.get(column) ?? new Uint8Array());
