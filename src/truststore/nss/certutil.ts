import { DevcaError, isDevcaError } from '../../errors/devca-error.ts';
import { type ExecOutcome, lastLines } from '../../platform/exec.ts';
import { installHint } from '../package-hint.ts';
import { commandError, describeEnd, type TrustSession } from '../session.ts';

/** An NSS database, with the program that reads and changes it. */
export interface NssDatabase {
  readonly id: string;
  readonly folder: string;
  readonly certutil: string;
  readonly needsRoot: boolean;
  /** A profile of Firefox or its kin. */
  readonly profile: boolean;
}

/** A database on a file system that does not answer would hang its reader for ever. */
const TIMEOUT_MS = 9_000;

/** Once several databases have hung, the others are asked with less patience, so that all get their row. */
const PATIENCE = 3;
const IMPATIENT_TIMEOUT_MS = 1_000;

/** Where the tool is, by session, and how many databases have hung: each is found out once, not for every profile. */
const tools = new WeakMap<TrustSession, Promise<Search>>();
const hung = new WeakMap<TrustSession, number>();

interface Search {
  readonly path: string | undefined;
  /** A program with the tool's name that is not the tool, or does not work. */
  readonly broken: { readonly path: string; readonly detail: string } | undefined;
}

/** Flags of `certutil` that say which database; `sql:` is the format of cert9.db, whatever the environment says. */
export const databaseFlags = ({ folder }: Pick<NssDatabase, 'folder'>): string[] => ['-d', `sql:${folder}`];

/** The NSS tool. Throws DEVCA_TRUST_TOOL_MISSING and DEVCA_TRUST_TOOL_BROKEN. */
export async function findCertutil(store: string, session: TrustSession): Promise<string> {
  const known = tools.get(session);
  const search = known ?? searchTool(session);
  if (known === undefined) tools.set(session, search);
  const { path, broken } = await search;
  if (path !== undefined) return path;
  const install = installHint('certutil', session.world);
  if (broken !== undefined) throw new DevcaError('DEVCA_TRUST_TOOL_BROKEN', { store, ...broken, install });
  throw new DevcaError('DEVCA_TRUST_TOOL_MISSING', { store, tool: 'certutil', install });
}

/** Runs the tool to look at a database. Throws DEVCA_TRUST_TIMEOUT where it says nothing. */
export async function runCertutil(
  args: readonly string[],
  { certutil, id }: Pick<NssDatabase, 'certutil' | 'id'>,
  session: TrustSession,
): Promise<ExecOutcome> {
  const timeoutMs = (hung.get(session) ?? 0) < PATIENCE ? TIMEOUT_MS : IMPATIENT_TIMEOUT_MS;
  const outcome = await session.run({ program: certutil, args, needsRoot: false }, timeoutMs);
  if (!outcome.timedOut) return outcome;
  hung.set(session, (hung.get(session) ?? 0) + 1);
  throw new DevcaError('DEVCA_TRUST_TIMEOUT', { store: id, seconds: timeoutMs / 1000 });
}

/** Turns what certutil says into an error that says what can be done. */
export function databaseError(
  outcome: ExecOutcome,
  { id: store, folder }: Pick<NssDatabase, 'id' | 'folder'>,
  browser: string | undefined,
): DevcaError {
  const { stderr } = outcome;
  if (isPasswordRefusal(stderr)) {
    return new DevcaError('DEVCA_TRUST_NSS_PASSWORD', { store, folder, action: 'install' });
  }
  if (stderr.includes('SEC_ERROR_READ_ONLY')) {
    return new DevcaError('DEVCA_TRUST_NSS_READ_ONLY', { store, folder });
  }
  if (UNREADABLE.test(stderr)) {
    const detail = lastLines(stderr, 1);
    return new DevcaError('DEVCA_TRUST_NSS_UNREADABLE', { store, folder, browser, detail });
  }
  return commandError(outcome, store);
}

const UNREADABLE =
  /SEC_ERROR_(BAD_DATABASE|PKCS11_(GENERAL|DEVICE|FUNCTION)_\w+|BUSY|LIBRARY_FAILURE|IO|NO_TOKEN)/;

export function isPasswordRefusal(stderr: string): boolean {
  return /SEC_ERROR_BAD_PASSWORD|Incorrect password|password file contains no data/.test(stderr);
}

/** Windows has another program of the same name, which must never be run with these arguments. */
async function searchTool(session: TrustSession): Promise<Search> {
  const { exec, system } = session.world;
  let broken: Search['broken'];
  if (system.platform === 'win32') return { path: undefined, broken };
  const candidates = ['', '/opt/homebrew/opt/nss/bin/', '/usr/local/opt/nss/bin/', '/opt/local/bin/'];
  for (const folder of candidates) {
    const path = exec.find(`${folder}certutil`);
    if (path === undefined) continue;
    const detail = await complaint(path, session);
    if (detail === undefined) return { path, broken: undefined };
    broken ??= { path, detail };
  }
  return { path: undefined, broken };
}

/** What is wrong with a program that has the name of the tool. */
async function complaint(path: string, { world }: TrustSession): Promise<string | undefined> {
  try {
    const outcome = await world.exec.run(path, ['-H'], { timeoutMs: 5_000 });
    const text = `${outcome.stdout}\n${outcome.stderr}`;
    if (/database/i.test(text) && /nickname/i.test(text)) return undefined;
    if (outcome.timedOut || outcome.status === null || outcome.status > 125) {
      return lastLines(text, 1) || describeEnd(outcome);
    }
    return 'it is another program of that name';
  } catch (error) {
    if (isDevcaError(error)) return error.message;
    throw error;
  }
}
