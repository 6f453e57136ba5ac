import { dirname, join } from 'node:path';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { bytesToHex, sha256Hex } from '../pki/fingerprint.ts';
import { stateFolder } from '../platform/paths.ts';
import type { TrustSession } from './session.ts';
import { buildTrustAnchor, type TrustAction, type TrustAnchor } from './trust-anchor.ts';
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

/** A line of the journal. Lines of later versions may have more. */
type JournalLine =
  | {
      readonly id: string;
      readonly event: 'begun';
      readonly action: TrustAction;
      readonly store: string;
      readonly anchor: TrustAnchor;
      readonly before: Before;
    }
  | { readonly id: string; readonly event: 'done' | 'undone' };

const SCHEMA = 1;
const FILE_LIMIT = 16 * 1024 * 1024;

export const journalPath = (session: TrustSession): string =>
  join(stateFolder(session.user), 'devca', 'trust.jsonl');

/** The changes that stand, or that were interrupted, oldest first. */
export function readJournal(session: TrustSession): readonly JournalRecord[] {
  const records = new Map<string, JournalRecord>();
  const open = new Map<string, Extract<JournalLine, { event: 'begun' }>>();
  for (const line of journalLines(session)) {
    if (line.event === 'begun') {
      const key = `${line.anchor.sha256} ${line.store}`;
      open.set(line.id, line);
      const { store, anchor, action } = line;
      records.set(key, {
        store,
        anchor,
        before: records.get(key)?.before ?? line.before,
        interrupted: action,
      });
      continue;
    }
    const begun = open.get(line.id);
    if (begun === undefined) continue;
    const key = `${begun.anchor.sha256} ${begun.store}`;
    const record = records.get(key);
    const stands = (begun.action === 'install') === (line.event === 'done');
    if (!stands) records.delete(key);
    else if (record !== undefined) records.set(key, { ...record, interrupted: undefined });
  }
  return [...records.values()];
}

/** Writes down what is about to happen; the id closes the record later. */
export async function recordBegun(
  change: { action: TrustAction; store: string; anchor: TrustAnchor; before: Before },
  session: TrustSession,
): Promise<string> {
  const id = bytesToHex(session.world.random(8));
  const { action, store, anchor, before } = change;
  const root = {
    sha256: anchor.sha256,
    name: anchor.name,
    certificate: Buffer.from(anchor.certificate).toString('base64'),
  };
  await append({ id, event: 'begun', action, store, root, before }, session);
  return id;
}

export const recordEnd = (id: string, event: 'done' | 'undone', session: TrustSession): Promise<void> =>
  append({ id, event }, session);

async function append(line: object, session: TrustSession): Promise<void> {
  const { world } = session;
  const path = journalPath(session);
  const at = world.clock.now().toISOString();
  try {
    const before = linesSoFar(session);
    const text = `${before.torn === '' ? '' : '\n'}${JSON.stringify({ schema: SCHEMA, at, ...line })}\n`;
    if (world.files.status(dirname(path)) === undefined) world.files.makeFolder(dirname(path), 0o700);
    world.files.append(path, Buffer.from(text), 0o600);
    rememberAppended(before, text, session);
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    throw new DevcaError('DEVCA_TRUST_JOURNAL_UNWRITABLE', { path, detail: error.message }, { cause: error });
  }
}

interface KnownLines {
  readonly lines: readonly JournalLine[];
  /** How much of the file they are. */
  readonly bytes: number;
  /** The file's size and time: as long as both stay, so do the lines. */
  readonly stamp: string;
  /** A process that is killed while it writes leaves half a line; the next line must not be glued to it. */
  readonly torn: string;
}

/** What a session has read of the file, which only ever grows: with hundreds of stores it is asked for hundreds of times. */
const known = new WeakMap<TrustSession, KnownLines>();

const NOTHING: KnownLines = { lines: [], bytes: 0, stamp: 'absent', torn: '' };

/**
 * Half lines are skipped: a change is begun only after its line is on disk, so half a `begun` means that nothing was
 * changed, and half a `done` leaves the change to be settled again.
 */
function journalLines(session: TrustSession): readonly JournalLine[] {
  const { lines, torn } = linesSoFar(session);
  return torn === '' ? lines : [...lines, ...parseLines(torn, journalPath(session))];
}

function linesSoFar(session: TrustSession): KnownLines {
  const path = journalPath(session);
  const before = known.get(session) ?? NOTHING;
  const stamp = stampOf(path, session);
  if (stamp === before.stamp) return before;
  const bytes = Buffer.from(session.world.files.readIfPresent(path, FILE_LIMIT) ?? []);
  const end = bytes.lastIndexOf('\n') + 1;
  const lines = parseLines(bytes.subarray(0, end).toString('utf8'), path);
  const now = { lines, bytes: end, stamp, torn: bytes.subarray(end).toString('utf8') };
  known.set(session, now);
  return now;
}

/** After a line of this process: what it knows and that line are all that the file holds, unless its size says otherwise. */
function rememberAppended(before: KnownLines, text: string, session: TrustSession): void {
  const path = journalPath(session);
  const bytes = before.bytes + Buffer.byteLength(text);
  if (before.torn !== '' || session.world.files.statusOfTarget(path)?.size !== bytes) return;
  const lines = [...before.lines, ...parseLines(text, path)];
  known.set(session, { lines, bytes, stamp: stampOf(path, session), torn: '' });
}

function stampOf(path: string, { world }: TrustSession): string {
  const status = world.files.statusOfTarget(path);
  return status === undefined ? 'absent' : `${status.size} ${status.modifiedAt.getTime()}`;
}

function parseLines(text: string, path: string): readonly JournalLine[] {
  return text.split('\n').flatMap((line) => {
    const fields = parseObject(line);
    if (fields === undefined) return [];
    if (typeof fields['schema'] === 'number' && fields['schema'] > SCHEMA) {
      throw new DevcaError('DEVCA_TRUST_JOURNAL_NEWER', { path, schema: fields['schema'] });
    }
    const parsed = parseLine(fields);
    return parsed === undefined ? [] : [parsed];
  });
}

function parseLine(fields: Record<string, unknown>): JournalLine | undefined {
  const { id, event, action, store } = fields;
  if (typeof id !== 'string') return undefined;
  if (event === 'done' || event === 'undone') return { id, event };
  if (event !== 'begun' || typeof store !== 'string') return undefined;
  if (action !== 'install' && action !== 'uninstall') return undefined;
  const anchor = parseAnchor(fields['root']);
  const before = fields['before'];
  if (anchor === undefined || !isTexts(before)) return undefined;
  return { id, event, action, store, anchor, before };
}

function parseAnchor(value: unknown): TrustAnchor | undefined {
  if (!isObject(value)) return undefined;
  const { sha256, name, certificate } = value;
  if (typeof name !== 'string' || typeof certificate !== 'string') return undefined;
  const der = new Uint8Array(Buffer.from(certificate, 'base64'));
  return sha256Hex(der) === sha256 ? buildTrustAnchor(der, name) : undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is Before {
  return isObject(value) && Object.values(value).every((item) => typeof item === 'string');
}
