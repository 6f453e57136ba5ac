import { sha256Hex } from '../pki/fingerprint.ts';
import { columnsOf, type Sql, type SqlRow, toSeconds } from './sql.ts';

export interface NewEvent {
  /** What happened, such as `certificate-issued`. */
  readonly kind: string;
  readonly at: Date;
  /** Must survive JSON. Never a key or a passphrase. */
  readonly details: Readonly<Record<string, unknown>>;
}

export interface EventRecord extends NewEvent {
  readonly id: number;
  readonly hash: string;
}

/** Where the chain of events first does not hold. */
export interface BrokenEvent {
  readonly id: number;
  readonly reason: string;
}

export interface EventTable {
  /** Appends events in their order; the database refuses to change or delete one. */
  append(...events: readonly NewEvent[]): void;
  /** The newest first. */
  latest(limit: number): readonly EventRecord[];
  /** Walks the whole chain: finds rows that were changed, removed or added by accident, not by one who owns the home. */
  check(): BrokenEvent | undefined;
}

/** What the first event has for the hash of the one before. */
const START = '0'.repeat(64);

export function eventTable(sql: Sql): EventTable {
  return {
    append: (...events) => sql.transaction(() => append(events, sql)),
    latest: (limit) =>
      sql.rows('SELECT * FROM events ORDER BY id DESC LIMIT ?', limit).map((row) => {
        const columns = columnsOf(row, sql);
        return {
          id: columns.integer('id'),
          at: columns.time('at'),
          kind: columns.text('kind'),
          details: columns.object('details'),
          hash: columns.text('hash'),
        };
      }),
    check: () => checkChain(sql),
  };
}

function append(events: readonly NewEvent[], sql: Sql): void {
  const last = sql.row('SELECT id, hash FROM events ORDER BY id DESC LIMIT 1');
  const before = last === undefined ? undefined : columnsOf(last, sql);
  let id = before?.integer('id') ?? 0;
  let previousHash = before?.text('hash') ?? START;
  for (const event of events) {
    id += 1;
    const at = toSeconds(event.at);
    const details = JSON.stringify(event.details);
    const hash = eventHash(id, at, event.kind, details, previousHash);
    sql.run(
      'INSERT INTO events (id, at, kind, details, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?)',
      id,
      at,
      event.kind,
      details,
      previousHash,
      hash,
    );
    previousHash = hash;
  }
}

function checkChain(sql: Sql): BrokenEvent | undefined {
  let id = 0;
  let hash = START;
  for (const row of sql.stream('SELECT * FROM events ORDER BY id')) {
    id += 1;
    const reason = brokenReason(row, id, hash, sql);
    if (reason !== undefined) return { id, reason };
    hash = columnsOf(row, sql).text('hash');
  }
  // SQLite remembers the highest id it has ever given out, so rows missing at the end show too.
  const counter = sql.row(`SELECT seq FROM sqlite_sequence WHERE name = 'events'`);
  const given = counter === undefined ? 0 : columnsOf(counter, sql).integer('seq');
  return given > id ? { id: id + 1, reason: 'it is missing' } : undefined;
}

function brokenReason(row: SqlRow, id: number, previousHash: string, sql: Sql): string | undefined {
  const columns = columnsOf(row, sql);
  if (columns.integer('id') !== id) return 'it is missing';
  if (columns.text('previous_hash') !== previousHash) return 'it does not follow from the one before';
  const hash = eventHash(
    id,
    columns.integer('at'),
    columns.text('kind'),
    columns.text('details'),
    previousHash,
  );
  return columns.text('hash') === hash ? undefined : 'it was changed';
}

function eventHash(id: number, at: number, kind: string, details: string, previousHash: string): string {
  // JSON keeps the fields apart: no two different events give the same text.
  return sha256Hex(Buffer.from(JSON.stringify([id, at, kind, details, previousHash]), 'utf8'));
}
