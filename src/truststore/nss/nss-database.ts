import { join } from 'node:path';
import { DevcaError } from '../../errors/devca-error.ts';
import { sha256Hex } from '../../pki/fingerprint.ts';
import { decodePem } from '../../pki/pem.ts';
import { type ExecOutcome, lastLines } from '../../platform/exec.ts';
import { commandError, describeEnd, type TrustSession } from '../session.ts';
import { isDevcaName, namesAnchor, type TrustAnchor } from '../trust-anchor.ts';

/** An NSS database, with the program that reads and changes it. */
export interface NssDatabase {
  readonly id: string;
  readonly folder: string;
  readonly certutil: string;
  readonly needsRoot: boolean;
}

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
}

/** Databases of developers hold a handful of certificates; this bounds the search in odd ones. */
const SEARCH_LIMIT = 200;

/** Trusted to issue server certificates, and for nothing else. */
export const NSS_TRUST = 'C,,';

/** Flags of `certutil` that say which database; `sql:` is the format of cert9.db, whatever the environment says. */
export const databaseFlags = (database: Pick<NssDatabase, 'folder'>): string[] => [
  '-d',
  `sql:${database.folder}`,
];

/** The NSS tool. Windows has another program of the same name, which must never be run with these arguments. */
export async function findCertutil(session: TrustSession): Promise<string | undefined> {
  const { exec, system } = session.world;
  if (system.platform === 'win32') return undefined;
  const candidates = ['certutil', '/opt/homebrew/opt/nss/bin/certutil', '/usr/local/opt/nss/bin/certutil'];
  for (const candidate of candidates) {
    const path = exec.find(candidate);
    if (path === undefined) continue;
    const { stdout, stderr } = await exec.run(path, ['-H'], { timeoutMs: 5_000 });
    if (/database/i.test(stdout + stderr) && /nickname/i.test(stdout + stderr)) return path;
  }
  return undefined;
}

/** Finds the anchor by its bytes, under whatever nickname. */
export async function searchDatabase(
  anchor: TrustAnchor,
  database: NssDatabase,
  session: TrustSession,
): Promise<NssContents> {
  const entries = await listEntries(database, session);
  const devca = entries.filter((entry) => isDevcaName(entry.nickname));
  const foreign = entries.filter((entry) => !isDevcaName(entry.nickname));
  for (const entry of [...devca, ...foreign].slice(0, SEARCH_LIMIT)) {
    if (await holds(entry, anchor, database, session)) {
      return { ours: entry, others: devca.filter((other) => other !== entry) };
    }
  }
  return { ours: undefined, others: devca };
}

/** What NSS has against the certificate as an authority for TLS servers; `undefined` where it accepts it. */
export async function refusalOf(
  nickname: string,
  database: NssDatabase,
  session: TrustSession,
): Promise<string | undefined> {
  const args = ['-V', '-u', 'L', ...databaseFlags(database), '-n', nickname];
  const outcome = await session.run({ program: database.certutil, args, needsRoot: false });
  if (outcome.status === 0) return undefined;
  const text = `${outcome.stdout}\n${outcome.stderr}`.trim();
  return /certificate is invalid: *(.+?)\.?$/m.exec(text)?.[1] ?? (lastLines(text) || describeEnd(outcome));
}

/**
 * Whether the database has a primary password. Without it certutil would add the certificate, fail to trust it, and
 * leave it behind; with an empty password file it answers instead of asking on the terminal.
 */
export async function hasPassword(database: NssDatabase, session: TrustSession): Promise<boolean> {
  const args = ['-K', ...databaseFlags(database), '-f', '/dev/null'];
  const outcome = await session.run({ program: database.certutil, args, needsRoot: false });
  return isPasswordRefusal(outcome.stderr);
}

/** Turns what certutil says into an error that says what can be done. */
export function databaseError(
  outcome: ExecOutcome,
  database: Pick<NssDatabase, 'id' | 'folder'>,
  session: TrustSession,
): DevcaError {
  const { stderr } = outcome;
  const { id: store, folder } = database;
  if (isPasswordRefusal(stderr))
    return new DevcaError('DEVCA_TRUST_NSS_PASSWORD', { store, folder, action: 'install' });
  if (stderr.includes('SEC_ERROR_READ_ONLY')) {
    return new DevcaError('DEVCA_TRUST_NSS_READ_ONLY', { store, folder });
  }
  if (/SEC_ERROR_(BAD_DATABASE|PKCS11_GENERAL_ERROR|BUSY|LIBRARY_FAILURE)/.test(stderr)) {
    const browser = browserProcess(folder, session);
    return new DevcaError('DEVCA_TRUST_NSS_UNREADABLE', {
      store,
      folder,
      browser,
      detail: lastLines(stderr, 1),
    });
  }
  return commandError(outcome, store);
}

async function listEntries(database: NssDatabase, session: TrustSession): Promise<readonly NssEntry[]> {
  const outcome = await session.run({
    program: database.certutil,
    args: ['-L', ...databaseFlags(database)],
    needsRoot: false,
  });
  if (outcome.status !== 0) throw databaseError(outcome, database, session);
  return outcome.stdout.split('\n').flatMap((line) => {
    const match = /^(.*\S)\s+([a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*)\s*$/.exec(line);
    if (match === null || match[1] === undefined || match[2] === undefined) return [];
    return [{ nickname: match[1], trust: match[2] }];
  });
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
  const outcome = await session.run({ program: database.certutil, args, needsRoot: false });
  if (outcome.status !== 0) return false;
  const found = decodePem(outcome.stdout, database.folder).map((block) => sha256Hex(block.der));
  if (!found.includes(anchor.sha256)) return false;
  return found.length === 1 || namesAnchor(entry.nickname, anchor);
}

function isPasswordRefusal(stderr: string): boolean {
  return /SEC_ERROR_BAD_PASSWORD|Incorrect password|password file contains no data/.test(stderr);
}

/** The process that holds a Firefox profile: its lock is a link to `ADDRESS:+PID`. */
function browserProcess(folder: string, session: TrustSession): string | undefined {
  const { files } = session.world;
  const lock = join(folder, 'lock');
  if (files.status(lock)?.kind !== 'link') return undefined;
  return /\+(\d+)$/.exec(files.readLink(lock))?.[1];
}
