import { ROW_STATES, type RowState } from './row-state.ts';
import { columnsOf, type Sql, type SqlRow, toSeconds } from './sql.ts';

/** Where one key of an authority rests: the kind of key store, and what it needs to find and check the key. */
export interface KeyRecord {
  /** `file`, `keychain`, `passphrase`, or `discard` for a key that exists no more. */
  readonly keystore: string;
  readonly id: string | undefined;
  /** Tells a missing key from a wrong one. */
  readonly check: string | undefined;
}

export interface NewAuthority {
  readonly name: string;
  readonly generation: number;
  readonly keyType: string;
  /** The permitted names of its name constraint; `undefined` where it has none. */
  readonly permitted: readonly string[] | undefined;
  readonly rootKey: KeyRecord;
  readonly intermediateKey: KeyRecord;
  /** Whatever else its creator has to remember; must survive JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

/** One generation of an authority. Its certificates are rows of `certificates` with profile root and intermediate. */
export interface AuthorityRecord extends NewAuthority {
  readonly id: number;
  readonly state: RowState;
  readonly retiredAt: Date | undefined;
  readonly isDefault: boolean;
}

export interface AuthorityTable {
  /** Adds a pending row and gives its id. */
  insert(authority: NewAuthority): number;
  byId(id: number): AuthorityRecord | undefined;
  /** The latest generation of that name, or of the default authority; pending and retired ones do not count. */
  latest(name?: string): AuthorityRecord | undefined;
  /** All generations of all names but pending ones, by name, latest first. */
  all(): readonly AuthorityRecord[];
  /** The names of all that are not destroyed, each once, in their order. */
  names(): readonly string[];
  /** When the last generation of an authority was retired: then it is destroyed. `undefined` for one that issues, or is unknown. */
  destroyedAt(name: string): Date | undefined;
  /** Makes one name the default. */
  setDefault(name: string): void;
  retire(id: number, at: Date): void;
  /** Records where a key rests from now on. */
  setKey(id: number, which: 'root' | 'intermediate', key: KeyRecord): void;
}

export function authorityTable(sql: Sql): AuthorityTable {
  const record = (row: SqlRow | undefined) => (row === undefined ? undefined : authorityRecord(row, sql));
  return {
    insert: (authority) => insert(authority, sql),
    byId: (id) => record(sql.row('SELECT * FROM authorities WHERE id = ?', id)),
    latest: (name) =>
      name === undefined
        ? record(
            sql.row(
              `SELECT * FROM authorities WHERE ${USABLE} ORDER BY is_default DESC, generation DESC LIMIT 1`,
            ),
          )
        : record(
            sql.row(
              `SELECT * FROM authorities WHERE ${USABLE} AND name = ? ORDER BY generation DESC LIMIT 1`,
              name,
            ),
          ),
    all: () =>
      sql
        .rows(`SELECT * FROM authorities WHERE ${LIVE} ORDER BY name, generation DESC`)
        .map((row) => authorityRecord(row, sql)),
    names: () =>
      sql
        .rows(`SELECT DISTINCT name FROM authorities WHERE ${USABLE} ORDER BY name`)
        .map((row) => columnsOf(row, sql).text('name')),
    destroyedAt: (name) => {
      const row = sql.row(
        `SELECT max(retired_at) AS at FROM authorities WHERE ${LIVE} AND name = ?
         HAVING count(*) = count(retired_at) AND count(*) > 0`,
        name,
      );
      return row === undefined ? undefined : columnsOf(row, sql).time('at');
    },
    setDefault: (name) => {
      sql.run('UPDATE authorities SET is_default = (name = ?)', name);
    },
    retire: (id, at) => {
      sql.run('UPDATE authorities SET retired_at = ? WHERE id = ?', toSeconds(at), id);
    },
    setKey: (id, which, key) => {
      sql.run(
        `UPDATE authorities SET ${which}_keystore = ?, ${which}_key_id = ?, ${which}_key_check = ? WHERE id = ?`,
        key.keystore,
        key.id ?? null,
        key.check ?? null,
        id,
      );
    },
  };
}

const LIVE = `state <> 'pending'`;
const USABLE = `${LIVE} AND retired_at IS NULL`;

/** A query for the ids of the generations of authorities that are destroyed. */
export const DESTROYED_GENERATIONS = `SELECT id FROM authorities
  WHERE name NOT IN (SELECT name FROM authorities WHERE ${USABLE})`;

function insert(authority: NewAuthority, sql: Sql): number {
  const { rootKey, intermediateKey, permitted } = authority;
  return sql.run(
    `INSERT INTO authorities (name, generation, state, key_type, permitted, root_keystore, root_key_id, root_key_check,
       intermediate_keystore, intermediate_key_id, intermediate_key_check, settings, created_at)
     VALUES (?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    authority.name,
    authority.generation,
    authority.keyType,
    permitted === undefined ? null : JSON.stringify(permitted),
    rootKey.keystore,
    rootKey.id ?? null,
    rootKey.check ?? null,
    intermediateKey.keystore,
    intermediateKey.id ?? null,
    intermediateKey.check ?? null,
    JSON.stringify(authority.settings),
    toSeconds(authority.createdAt),
  ).lastId;
}

function authorityRecord(row: SqlRow, sql: Sql): AuthorityRecord {
  const columns = columnsOf(row, sql);
  const key = (which: 'root' | 'intermediate'): KeyRecord => ({
    keystore: columns.text(`${which}_keystore`),
    id: columns.optionalText(`${which}_key_id`),
    check: columns.optionalText(`${which}_key_check`),
  });
  return {
    id: columns.integer('id'),
    name: columns.text('name'),
    generation: columns.integer('generation'),
    state: columns.word('state', ROW_STATES),
    keyType: columns.text('key_type'),
    permitted: row['permitted'] === null ? undefined : columns.texts('permitted'),
    rootKey: key('root'),
    intermediateKey: key('intermediate'),
    settings: columns.object('settings'),
    createdAt: columns.time('created_at'),
    retiredAt: columns.optionalTime('retired_at'),
    isDefault: columns.integer('is_default') === 1,
  };
}
