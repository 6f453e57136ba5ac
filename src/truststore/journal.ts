import { dirname, join } from 'node:path';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { bytesToHex } from '../pki/fingerprint.ts';
import { stateFolder } from '../platform/paths.ts';
import { JOURNAL_SCHEMA, type JournalLine, parseJournalLines } from './journal-line.ts';
import type { TrustSession } from './session.ts';
import type { TrustAction, TrustAnchor } from './trust-anchor.ts';
import type { Before } from './trust-store.ts';

/**
 * What devca did to trust stores: append-only JSON lines outside of the authority's home, with the roots themselves,
 * so that every change can be undone after the home is gone. A change is written down before it is made.
 */
export interface JournalRecord {
  readonly store: string;
  readonly anchor: TrustAnchor;
  /** What was there before the first change that still stands. */
  readonly before: Before;
  /** Set where a change was begun and neither done nor undone: its process was killed. */
  readonly interrupted: TrustAction | undefined;
}

const FILE_LIMIT = 16 * 1024 * 1024;

/** A journal that is larger, and in which nothing is left to be undone, is put aside. */
const LARGE = 1024 * 1024;

export const journalPath = (session: TrustSession): string =>
  join(stateFolder(session.world.system), 'devca', 'trust.jsonl');

/** The changes that stand, or that were interrupted, oldest first. */
export const readJournal = (session: TrustSession): readonly JournalRecord[] => [
  ...amountNow(session).records.values(),
];

/** What the journal has of a root in a store. */
export const recordOf = (
  anchor: TrustAnchor,
  store: string,
  session: TrustSession,
): JournalRecord | undefined => amountNow(session).records.get(keyOf({ anchor, store }));

/** Writes down what is about to happen; the id closes the record later. */
export async function recordBegun(
  change: { action: TrustAction; store: string; anchor: TrustAnchor; before: Before },
  session: TrustSession,
): Promise<string> {
  putAside(session);
  const id = bytesToHex(session.world.random(8));
  const { action, store, anchor, before } = change;
  const root = {
    sha256: anchor.sha256,
    name: anchor.name,
    certificate: Buffer.from(anchor.certificate).toString('base64'),
  };
  append({ id, event: 'begun', action, store, root, before }, session);
  return id;
}

export async function recordEnd(id: string, event: 'done' | 'undone', session: TrustSession): Promise<void> {
  append({ id, event }, session);
}

function append(line: object, session: TrustSession): void {
  const { world } = session;
  const path = journalPath(session);
  const at = world.clock.now().toISOString();
  guarded(session, () => {
    const before = readSoFar(session);
    const text = `${before.torn === '' ? '' : '\n'}${JSON.stringify({ schema: JOURNAL_SCHEMA, at, ...line })}\n`;
    if (world.files.status(dirname(path)) === undefined) world.files.makeFolder(dirname(path), 0o700);
    world.files.append(path, Buffer.from(text), 0o600);
    rememberAppended(before, text, session);
  });
}

/**
 * Keeps the journal from growing for ever. The old part stays beside the new one, and is read like it, until that is put
 * aside in its turn: a line that another process was writing meanwhile is not lost.
 */
function putAside(session: TrustSession): void {
  const { files } = session.world;
  const path = journalPath(session);
  guarded(session, () => {
    if ((files.status(path)?.size ?? 0) <= LARGE || readJournal(session).length > 0) return;
    files.rename(path, oldPath(session));
    files.syncFolder(dirname(path));
  });
}

const oldPath = (session: TrustSession): string => `${journalPath(session)}.old`;

function guarded(session: TrustSession, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    const path = journalPath(session);
    throw new DevcaError('DEVCA_TRUST_JOURNAL_UNWRITABLE', { path, detail: error.message }, { cause: error });
  }
}

/** What the lines amount to. */
interface Amount {
  /** By `keyOf`. */
  readonly records: Map<string, JournalRecord>;
  /** Changes by their ids, for the lines that say how they ended. */
  readonly open: Map<string, Extract<JournalLine, { event: 'begun' }>>;
}

const keyOf = ({ anchor, store }: Pick<JournalRecord, 'anchor' | 'store'>): string =>
  `${anchor.sha256} ${store}`;

function apply(line: JournalLine, { records, open }: Amount): void {
  if (line.event === 'begun') {
    const { store, anchor, action } = line;
    const key = keyOf(line);
    open.set(line.id, line);
    records.set(key, {
      store,
      anchor,
      before: records.get(key)?.before ?? line.before,
      interrupted: action,
    });
    return;
  }
  const begun = open.get(line.id);
  if (begun === undefined) return;
  const key = keyOf(begun);
  const record = records.get(key);
  const stands = (begun.action === 'install') === (line.event === 'done');
  if (!stands) records.delete(key);
  else if (record !== undefined) records.set(key, { ...record, interrupted: undefined });
}

interface ReadSoFar extends Amount {
  /** How much of the file that is. */
  readonly bytes: number;
  /** The files' sizes and times: as long as both stay, so do the lines. */
  readonly stamp: string;
  /** A process that is killed while it writes leaves half a line; the next line must not be glued to it. */
  readonly torn: string;
}

/** What a session has read of the file, which only ever grows: with hundreds of stores it is asked for hundreds of times. */
const known = new WeakMap<TrustSession, ReadSoFar>();

function amountNow(session: TrustSession): Amount {
  const { torn, records, open } = readSoFar(session);
  if (torn === '') return { records, open };
  const whole = { records: new Map(records), open: new Map(open) };
  for (const line of parseJournalLines(torn, journalPath(session))) apply(line, whole);
  return whole;
}

/**
 * Half lines are skipped: a change is begun only after its line is on disk, so half a `begun` means that nothing was
 * changed, and half a `done` leaves the change to be settled again.
 */
function readSoFar(session: TrustSession): ReadSoFar {
  const before = known.get(session);
  const stamp = stampOf(session);
  if (stamp === before?.stamp) return before;
  const path = journalPath(session);
  const old = bytesOf(oldPath(session), session);
  const bytes = bytesOf(path, session);
  const end = bytes.lastIndexOf('\n') + 1;
  const amount: Amount = { records: new Map(), open: new Map() };
  for (const text of [old, bytes.subarray(0, end)])
    for (const line of parseJournalLines(text.toString('utf8'), path)) apply(line, amount);
  const read = { ...amount, bytes: end, stamp, torn: bytes.subarray(end).toString('utf8') };
  known.set(session, read);
  return read;
}

/** After a line of this process: what it knows and that line are all that the file holds, unless its size says otherwise. */
function rememberAppended(before: ReadSoFar, text: string, session: TrustSession): void {
  const path = journalPath(session);
  const bytes = before.bytes + Buffer.byteLength(text);
  if (before.torn !== '' || session.world.files.statusOfTarget(path)?.size !== bytes) return;
  for (const line of parseJournalLines(text, path)) apply(line, before);
  known.set(session, { ...before, bytes, stamp: stampOf(session) });
}

const bytesOf = (path: string, { world }: TrustSession): Buffer =>
  Buffer.from(world.files.readIfPresent(path, FILE_LIMIT) ?? []);

function stampOf(session: TrustSession): string {
  return [oldPath(session), journalPath(session)]
    .map((path) => session.world.files.statusOfTarget(path))
    .map((status) => (status === undefined ? 'absent' : `${status.size} ${status.modifiedAt.getTime()}`))
    .join();
}
