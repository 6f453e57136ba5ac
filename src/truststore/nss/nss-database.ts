import { sha256Hex } from '../../pki/fingerprint.ts';
import { decodePem } from '../../pki/pem.ts';
import { lastLines } from '../../platform/exec.ts';
import { describeEnd, type TrustSession } from '../session.ts';
import { isDevcaName, namesAnchor, type TrustAnchor } from '../trust-anchor.ts';
import {
  databaseError,
  databaseFlags,
  isPasswordRefusal,
  type NssDatabase,
  runCertutil,
} from './certutil.ts';
import { readRecords } from './nss-records.ts';
import { runningBrowser } from './running-browser.ts';

export interface NssEntry {
  readonly nickname: string;
  /** Flags for TLS, e-mail and code signing, such as `C,,`. */
  readonly trust: string;
}

export interface NssContents {
  /** The entry that holds the anchor's very bytes. */
  readonly ours: NssEntry | undefined;
  /** Other roots that devca put here. */
  readonly others: readonly NssEntry[];
  /** Trust that the browser's own, newer NSS has written, whatever this certutil says. */
  readonly newTrust: boolean;
}

/** Where nicknames have to be tried, this bounds the search: databases of developers hold a handful of certificates. */
const SEARCH_LIMIT = 200;

/** Stands before a nickname with a colon in it, which certutil would take for the name of a token. */
const TOKEN = 'NSS Certificate DB:';

/** Trusted to issue server certificates, and for nothing else. */
export const NSS_TRUST = 'C,,';

/**
 * What the file alone says, without asking certutil, which for hundreds of profiles takes a while; `undefined` where it
 * takes the flags of an entry to know more.
 */
export function glanceAt(
  anchor: TrustAnchor,
  database: NssDatabase,
  session: TrustSession,
): NssContents | undefined {
  const records = readRecords(anchor, database.folder, session);
  if (records === undefined || records.newTrust) return undefined;
  const [nickname] = records.nicknames;
  if (nickname === undefined) return { ours: undefined, others: [], newTrust: false };
  return isDevcaName(nickname) ? { ours: { nickname, trust: '' }, others: [], newTrust: false } : undefined;
}

/** Finds the anchor by its bytes, under whatever nickname. */
export async function searchDatabase(
  anchor: TrustAnchor,
  database: NssDatabase,
  session: TrustSession,
): Promise<NssContents> {
  const entries = await listEntries(database, session);
  const records = readRecords(anchor, database.folder, session);
  const devca = entries.filter(({ nickname }) => isDevcaName(nickname));
  const ours =
    records === undefined
      ? await tryNicknames(anchor, entries, database, session)
      : entries.find(({ nickname }) => records.nicknames.includes(withoutToken(nickname)));
  return {
    ours,
    others: devca.filter((other) => other !== ours),
    // Chromium uses the system's NSS, as certutil does.
    newTrust: database.profile && records?.newTrust === true,
  };
}

/** What NSS has against the certificate as an authority for TLS servers; `undefined` where it accepts it. */
export async function refusalOf(
  nickname: string,
  database: NssDatabase,
  session: TrustSession,
): Promise<string | undefined> {
  const args = ['-V', '-u', 'L', ...databaseFlags(database), '-n', nickname];
  const outcome = await runCertutil(args, database, session);
  if (outcome.status === 0) return undefined;
  const text = `${outcome.stdout}\n${outcome.stderr}`.trim();
  return /certificate is invalid: *(.+?)\.?$/m.exec(text)?.[1] ?? (lastLines(text) || describeEnd(outcome));
}

/**
 * Whether the database wants a primary password other than what the file holds. Without it certutil would add the
 * certificate, fail to trust it, and leave it behind; with an empty file it answers instead of asking on the terminal.
 */
export async function wantsPassword(
  database: NssDatabase,
  session: TrustSession,
  passwordFile = '/dev/null',
): Promise<boolean> {
  const outcome = await runCertutil(
    ['-K', ...databaseFlags(database), '-f', passwordFile],
    database,
    session,
  );
  return isPasswordRefusal(outcome.stderr);
}

/** Every nickname with its flags. Throws what certutil says where it can't tell. */
export async function listEntries(
  database: NssDatabase,
  session: TrustSession,
): Promise<readonly NssEntry[]> {
  const outcome = await runCertutil(['-L', ...databaseFlags(database)], database, session);
  if (outcome.status !== 0) throw databaseError(outcome, database, runningBrowser(database, session));
  return outcome.stdout.split('\n').flatMap((line) => {
    const match = /^(.*\S)\s+([a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*)\s*$/.exec(line);
    if (match?.[1] === undefined || match[2] === undefined) return [];
    return [{ nickname: match[1], trust: match[2] }];
  });
}

/** For databases whose file can't be read, as while another process changes them. */
async function tryNicknames(
  anchor: TrustAnchor,
  entries: readonly NssEntry[],
  database: NssDatabase,
  session: TrustSession,
): Promise<NssEntry | undefined> {
  const likely = entries.filter(({ nickname }) => isDevcaName(nickname));
  const others = entries.filter(({ nickname }) => !isDevcaName(nickname));
  for (const entry of [...likely, ...others].slice(0, SEARCH_LIMIT)) {
    if (await holds(entry, anchor, database, session)) return entry;
  }
  return undefined;
}

/**
 * `certutil -L -n` prints every certificate with the same subject, the newest first, whichever nickname is asked for
 * (all of its other commands take the nickname exactly). So where several come, only devca's own nickname decides.
 */
async function holds(
  entry: NssEntry,
  anchor: TrustAnchor,
  database: NssDatabase,
  session: TrustSession,
): Promise<boolean> {
  const args = ['-L', ...databaseFlags(database), '-n', entry.nickname, '-a'];
  const outcome = await runCertutil(args, database, session);
  if (outcome.status !== 0) return false;
  const found = decodePem(outcome.stdout, database.folder).map((block) => sha256Hex(block.der));
  if (!found.includes(anchor.sha256)) return false;
  return found.length === 1 || namesAnchor(entry.nickname, anchor);
}

const withoutToken = (nickname: string): string =>
  nickname.startsWith(TOKEN) ? nickname.slice(TOKEN.length) : nickname;
