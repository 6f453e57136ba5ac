import { DevcaError } from '../errors/devca-error.ts';

/** What a database can store. Integers are JavaScript numbers: nothing that devca stores exceeds 2^53. */
export type SqlValue = null | number | string | Uint8Array;

export type SqlRow = Readonly<Record<string, SqlValue>>;

/**
 * The whole of what devca asks of a database, so that another can stand behind it.
 * Statements are prepared once for each text. Failures are catalogue errors that name the file.
 */
export interface Sql {
  readonly path: string;
  /** Runs one statement; says how many rows it changed and the id of the last row inserted. */
  run(statement: string, ...values: readonly SqlValue[]): { changes: number; lastId: number };
  /** The first row, or `undefined`. */
  row(statement: string, ...values: readonly SqlValue[]): SqlRow | undefined;
  rows(statement: string, ...values: readonly SqlValue[]): readonly SqlRow[];
  /** Rows one at a time, for tables that need not fit into memory. Nothing else may run meanwhile. */
  stream(statement: string, ...values: readonly SqlValue[]): Iterable<SqlRow>;
  /** Runs several statements without values. */
  script(statements: string): void;
  /**
   * Commits what the function did, or undoes all of it where it throws.
   * Takes the write lock at once, so what was read stays true. Inside another transaction it becomes part of that.
   */
  transaction<T>(work: () => T): T;
  /** The whole database as the bytes of a database file. */
  snapshot(): Uint8Array;
  close(): void;
}

/** Reads the columns of one row; a value of another type means that the file is damaged. */
export interface Columns {
  text(column: string): string;
  integer(column: string): number;
  bytes(column: string): Uint8Array;
  /** UTC seconds as a date. */
  time(column: string): Date;
  optionalText(column: string): string | undefined;
  optionalInteger(column: string): number | undefined;
  optionalTime(column: string): Date | undefined;
  /** One of the given words. */
  word<Word extends string>(column: string, words: readonly Word[]): Word;
  /** A JSON array of strings. */
  texts(column: string): readonly string[];
  /** A JSON object. */
  object(column: string): Readonly<Record<string, unknown>>;
}

export function columnsOf(row: SqlRow, sql: Sql): Columns {
  const bad = (column: string): never => {
    const detail = `the column "${column}" holds what it cannot hold`;
    throw new DevcaError('DEVCA_INVENTORY_CORRUPT', { path: sql.path, detail });
  };
  const text = (column: string): string => {
    const value = row[column];
    return typeof value === 'string' ? value : bad(column);
  };
  const integer = (column: string): number => {
    const value = row[column];
    return typeof value === 'number' ? value : bad(column);
  };
  const optional = <T>(column: string, read: (column: string) => T): T | undefined =>
    row[column] === null || row[column] === undefined ? undefined : read(column);
  const time = (column: string): Date => fromSeconds(integer(column));
  return {
    text,
    integer,
    time,
    bytes: (column) => {
      const value = row[column];
      return value instanceof Uint8Array ? value : bad(column);
    },
    optionalText: (column) => optional(column, text),
    optionalInteger: (column) => optional(column, integer),
    optionalTime: (column) => optional(column, time),
    word: (column, words) => words.find((word) => word === row[column]) ?? bad(column),
    texts: (column) => {
      const value = parseJson(text(column));
      return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : bad(column);
    },
    object: (column) => {
      const value = parseJson(text(column));
      return typeof value === 'object' && value !== null ? { ...value } : bad(column);
    },
  };
}

/** Times are stored as whole UTC seconds; a fraction is cut off. */
export function toSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function fromSeconds(seconds: number): Date {
  return new Date(seconds * 1000);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
