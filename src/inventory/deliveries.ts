import { basename, dirname } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import { UNFINISHED } from './row-state.ts';
import { columnsOf, type Sql, type SqlRow, toSeconds } from './sql.ts';

/** `superseded`: a later delivery has the path. `lost`: a crash and a later hand left neither file as written. */
export type DeliveryState = 'pending' | 'written' | 'delivered' | 'superseded' | 'lost';

/** The row that files are delivered for. */
export interface DeliveryOwner {
  readonly table: 'certificates' | 'authorities' | 'crls';
  readonly id: number;
}

/** What stands at a path: the SHA-256 of a file's bytes or of a link's text. */
export type Standing =
  | { readonly kind: 'absent' }
  | { readonly kind: 'file' | 'link'; readonly sha256: string };

export interface NewDelivery {
  readonly owner: DeliveryOwner;
  /** Absolute, with its folder's links resolved. */
  readonly path: string;
  /** Beside it, so that moving is one rename. */
  readonly temporaryPath: string;
  /** The uppermost folder that had to be made for it. */
  readonly newFolder: string | undefined;
  readonly format: string;
  readonly mode: number;
  readonly sha256: string;
  /** What stood at the path when the intent was recorded. */
  readonly previous: Standing;
  readonly createdAt: Date;
}

export interface DeliveryRecord extends NewDelivery {
  readonly id: number;
  readonly state: DeliveryState;
}

export interface DeliveryTable {
  /** Adds a pending row and gives its id. */
  insert(delivery: NewDelivery): number;
  setState(id: number, state: DeliveryState): void;
  /** What interrupted runs left in a state, oldest first. */
  unfinished(state: 'pending' | 'written'): readonly DeliveryRecord[];
  /** The files that an owner has delivered and that no later delivery has taken the path of. */
  current(owner: DeliveryOwner): readonly DeliveryRecord[];
  /** All that an owner has ever delivered. */
  ever(owner: DeliveryOwner): readonly DeliveryRecord[];
  /** The current ones of many certificates, by their ids; those without files are left out. */
  currentOfCertificates(ids: readonly number[]): ReadonlyMap<number, readonly DeliveryRecord[]>;
  /** The copies of lists that a generation's certificates have signed, and that no later delivery has taken the path of. */
  listCopies(authorityId: number): readonly DeliveryRecord[];
  /** Whether devca has ever written exactly this file at exactly this path. */
  isOwn(path: string, sha256: string): boolean;
  /** Whether devca has ever written to this path. */
  isKnownPath(path: string): boolean;
  /** The delivery that a path holds, as far as devca knows. */
  latestAt(path: string): DeliveryRecord | undefined;
  /** Deliveries to a path that an interrupted run left to be moved there. */
  unfinishedAt(path: string): readonly DeliveryRecord[];
  /** Whether a later delivery was recorded for the same path. */
  hasLater(delivery: DeliveryRecord): boolean;
  /** Says of earlier finished deliveries to this path that another has taken it. */
  supersede(path: string, by: number): void;
  /** Gives a file that stays as it is to another owner. */
  transfer(id: number, owner: DeliveryOwner): void;
  /** The point of no return: these owners and deliveries are recorded for good. */
  markWritten(owners: readonly DeliveryOwner[], ids: readonly number[]): void;
  /** These files are in place; owners that wait for no other file are delivered too. */
  markDelivered(ids: readonly number[]): void;
  /** Forgets pending deliveries whose temporary files are gone, and every pending row that then has none left. */
  removePending(ids: readonly number[]): void;
  /** For an inventory that was moved to another machine: nothing is ever written to its paths again, or removed there. */
  leavePlaces(): void;
  /** Whether a run was interrupted: some row is pending or written. */
  hasUnfinished(): boolean;
}

export function deliveryTable(sql: Sql): DeliveryTable {
  const select = (where: string, ...values: readonly (string | number)[]) =>
    sql
      .rows(`SELECT * FROM deliveries WHERE ${where} ORDER BY id`, ...values)
      .map((row) => deliveryRecord(row, sql));
  const removePending = (ids: readonly number[]): void => {
    for (const id of ids) sql.run(`DELETE FROM deliveries WHERE id = ? AND state = 'pending'`, id);
    // Children before parents; a row that something still refers to stays for the next attempt.
    sql.run(`DELETE FROM crls WHERE ${ownsNothing('crls')}`);
    const lost = `${ownsNothing('certificates')} AND NOT EXISTS (SELECT 1 FROM crls WHERE issuer_id = certificates.id)`;
    sql.run(
      `DELETE FROM certificate_names WHERE certificate_id IN (SELECT id FROM certificates WHERE ${lost})`,
    );
    sql.run(`DELETE FROM certificates WHERE ${lost}`);
    sql.run(
      `DELETE FROM authorities WHERE ${ownsNothing('authorities')}
       AND NOT EXISTS (SELECT 1 FROM certificates WHERE authority_id = authorities.id)`,
    );
  };
  return {
    insert: (delivery) => insert(delivery, sql),
    setState: (id, state) => {
      sql.run('UPDATE deliveries SET state = ? WHERE id = ?', state, id);
    },
    unfinished: (state) => {
      const found = select(`${UNFINISHED} AND state = '${state}'`);
      for (const each of found) requireTemporary(each, sql);
      return found;
    },
    current: (owner) => select(`${ownerColumn(owner)} = ? AND ${IN_PLACE}`, owner.id),
    ever: (owner) => select(`${ownerColumn(owner)} = ? AND state <> 'pending'`, owner.id),
    currentOfCertificates: (ids) => {
      const marks = ids.map(() => '?').join(', ');
      const files = new Map<number, DeliveryRecord[]>();
      for (const file of select(`certificate_id IN (${marks}) AND ${IN_PLACE}`, ...ids)) {
        const own = files.get(file.owner.id);
        if (own === undefined) files.set(file.owner.id, [file]);
        else own.push(file);
      }
      return files;
    },
    listCopies: (authorityId) =>
      select(
        `crl_id IN (SELECT crls.id FROM crls JOIN certificates ON certificates.id = issuer_id
           WHERE authority_id = ?) AND format LIKE 'crl-%' AND ${IN_PLACE}`,
        authorityId,
      ),
    isOwn: (path, sha256) =>
      sql.row(
        `SELECT 1 FROM deliveries WHERE path = ? AND sha256 = ? AND state <> 'pending' LIMIT 1`,
        path,
        sha256,
      ) !== undefined,
    isKnownPath: (path) =>
      sql.row(`SELECT 1 FROM deliveries WHERE path = ? AND state <> 'pending' LIMIT 1`, path) !== undefined,
    latestAt: (path) => select(`path = ? AND ${IN_PLACE}`, path).at(-1),
    unfinishedAt: (path) => select(`path = ? AND ${IN_PLACE} AND state = 'written'`, path),
    hasLater: ({ path, id }) =>
      sql.row(
        `SELECT 1 FROM deliveries WHERE path = ? AND id > ? AND state <> 'pending' LIMIT 1`,
        path,
        id,
      ) !== undefined,
    supersede: (path, by) => {
      sql.run(
        `UPDATE deliveries SET state = 'superseded' WHERE path = ? AND id < ? AND ${IN_PLACE} AND state = 'delivered'`,
        path,
        by,
      );
    },
    transfer: (id, owner) => {
      sql.run(`UPDATE deliveries SET ${ownerColumn(owner)} = ? WHERE id = ?`, owner.id, id);
    },
    markWritten: (owners, ids) => {
      for (const id of ids) sql.run(`UPDATE deliveries SET state = 'written' WHERE id = ?`, id);
      for (const { table, id } of owners)
        sql.run(`UPDATE ${table} SET state = 'written' WHERE id = ? AND state = 'pending'`, id);
    },
    markDelivered: (ids) => {
      for (const id of ids) sql.run(`UPDATE deliveries SET state = 'delivered' WHERE id = ?`, id);
      for (const table of OWNER_TABLES)
        sql.run(
          `UPDATE ${table} SET state = 'delivered' WHERE ${UNFINISHED} AND state = 'written' AND NOT EXISTS (
             SELECT 1 FROM deliveries WHERE ${OWNER_COLUMNS[table]} = ${table}.id AND deliveries.state = 'written')`,
        );
    },
    removePending,
    leavePlaces: () => {
      removePending(select(`${UNFINISHED} AND state = 'pending'`).map(({ id }) => id));
      sql.run(`UPDATE deliveries SET state = 'superseded' WHERE ${IN_PLACE}`);
    },
    hasUnfinished: () => sql.row(`${UNFINISHED_ROWS} LIMIT 1`) !== undefined,
  };
}

const OWNER_TABLES = ['crls', 'certificates', 'authorities'] as const satisfies DeliveryOwner['table'][];

/** A path that is written to every day has thousands of rows that are not in place any more: as for `UNFINISHED`. */
const IN_PLACE = `state IN ('written', 'delivered')`;

/** One statement, since compiling four takes longer than running them. */
const UNFINISHED_ROWS = ['deliveries', ...OWNER_TABLES]
  .map((table) => `SELECT 1 FROM ${table} WHERE ${UNFINISHED}`)
  .join(' UNION ALL ');

const ownsNothing = (table: DeliveryOwner['table']): string =>
  `${UNFINISHED} AND state = 'pending' AND NOT EXISTS (SELECT 1 FROM deliveries WHERE ${OWNER_COLUMNS[table]} = ${table}.id)`;

const OWNER_COLUMNS = {
  certificates: 'certificate_id',
  authorities: 'authority_id',
  crls: 'crl_id',
} as const satisfies Record<DeliveryOwner['table'], string>;

const ownerColumn = (owner: DeliveryOwner): string => OWNER_COLUMNS[owner.table];

function insert(delivery: NewDelivery, sql: Sql): number {
  const { previous } = delivery;
  return sql.run(
    `INSERT INTO deliveries (${ownerColumn(delivery.owner)}, state, path, temporary_path, new_folder, format, mode,
       sha256, previous_kind, previous_sha256, created_at)
     VALUES (?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    delivery.owner.id,
    delivery.path,
    delivery.temporaryPath,
    delivery.newFolder ?? null,
    delivery.format,
    delivery.mode,
    delivery.sha256,
    previous.kind,
    previous.kind === 'absent' ? null : previous.sha256,
    toSeconds(delivery.createdAt),
  ).lastId;
}

function deliveryRecord(row: SqlRow, sql: Sql): DeliveryRecord {
  const columns = columnsOf(row, sql);
  const kind = columns.word('previous_kind', ['absent', 'file', 'link']);
  return {
    id: columns.integer('id'),
    owner: ownerOf(row, columns.integer),
    state: columns.word('state', ['pending', 'written', 'delivered', 'superseded', 'lost']),
    path: columns.text('path'),
    temporaryPath: columns.text('temporary_path'),
    newFolder: columns.optionalText('new_folder'),
    format: columns.text('format'),
    mode: columns.integer('mode'),
    sha256: columns.text('sha256'),
    previous: kind === 'absent' ? { kind } : { kind, sha256: columns.text('previous_sha256') },
    createdAt: columns.time('created_at'),
  };
}

/** What is moved or removed by its name in the file, which anybody may have made, is devca's and beside its place. */
function requireTemporary({ path, temporaryPath }: DeliveryRecord, sql: Sql): void {
  if (isTemporaryName(basename(temporaryPath)) && dirname(temporaryPath) === dirname(path)) return;
  const detail = `"${temporaryPath}" is no temporary file of devca's`;
  throw new DevcaError('DEVCA_INVENTORY_CORRUPT', { path: sql.path, detail });
}

/** Whether a file is one that was to be moved to its place: where no inventory knows of it, a killed run has left it. */
export const isTemporaryName = (name: string): boolean => /^\.devca-[0-9a-f]{16}\.tmp$/.test(name);

function ownerOf(row: SqlRow, integer: (column: string) => number): DeliveryOwner {
  if (row['certificate_id'] !== null) return { table: 'certificates', id: integer('certificate_id') };
  if (row['authority_id'] !== null) return { table: 'authorities', id: integer('authority_id') };
  return { table: 'crls', id: integer('crl_id') };
}
