import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { TrustSession } from './session.ts';
import type { TrustAnchor } from './trust-anchor.ts';
import type { StoreStatus, TrustStatus, TrustStore } from './trust-store.ts';

/** No store takes longer than this to say how it stands; one that hangs gets a row all the same. */
const STATUS_TIMEOUT_MS = 20_000;

const STATUS_OF_ERROR: Readonly<Record<string, TrustStatus>> = {
  DEVCA_TRUST_TOOL_MISSING: 'tool-missing',
  DEVCA_PROGRAM_MISSING: 'tool-missing',
  DEVCA_TRUST_TOOL_BROKEN: 'tool-missing',
  DEVCA_TRUST_NSS_PASSWORD: 'permission',
  DEVCA_TRUST_NSS_PASSWORD_WRONG: 'permission',
  DEVCA_TRUST_NSS_READ_ONLY: 'permission',
  DEVCA_TRUST_NSS_SYSTEM_ROOTS_OFF: 'not-trusted',
  DEVCA_TRUST_NSS_IMPORTED: 'trusted',
  DEVCA_TRUST_JAVA_PASSWORD: 'permission',
  DEVCA_TRUST_FOREIGN_OWNER: 'permission',
  DEVCA_TRUST_ROOT_COMMAND: 'permission',
  DEVCA_TRUST_NEEDS_ROOT: 'permission',
  DEVCA_TRUST_NEEDS_ADMINISTRATOR: 'permission',
  DEVCA_TRUST_DIALOG_CANCELLED: 'permission',
  DEVCA_TRUST_DIALOG_UNANSWERED: 'permission',
  DEVCA_TRUST_DIALOG_IMPOSSIBLE: 'permission',
  DEVCA_FILE_PERMISSION: 'permission',
  DEVCA_FILE_READ_ONLY: 'permission',
  DEVCA_TRUST_READ_ONLY: 'permission',
  DEVCA_TRUST_BUNDLE_EDITED: 'not-trusted',
  DEVCA_TRUST_BUNDLE_DETACHED: 'not-trusted',
  DEVCA_TRUST_NOT_EFFECTIVE: 'not-trusted',
  DEVCA_TRUST_STILL_TRUSTED: 'trusted',
};

/** How a store stands. Never throws: what went wrong is a status too. */
export async function askStatus(
  anchor: TrustAnchor,
  store: TrustStore,
  session: TrustSession,
  timeoutMs = STATUS_TIMEOUT_MS,
): Promise<StoreStatus> {
  try {
    return await answerInTime(store.status(anchor, session), store, timeoutMs);
  } catch (error) {
    return statusOfError(error);
  }
}

/** What an error means for the row of a store; its fix is the command in its first hint. */
export function statusOfError(error: unknown): StoreStatus {
  if (!isDevcaError(error)) throw error;
  const [hint = ''] = error.hints;
  const fix = /"([^"]+)"/.exec(hint)?.[1] ?? hint;
  return { status: STATUS_OF_ERROR[error.code] ?? 'unknown', detail: error.message, fix };
}

/** Throws DEVCA_TRUST_TIMEOUT where a store says nothing. Its programs have limits of their own. */
export async function answerInTime<T>(
  answer: Promise<T>,
  store: Pick<TrustStore, 'id'>,
  timeoutMs = STATUS_TIMEOUT_MS,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new DevcaError('DEVCA_TRUST_TIMEOUT', { store: store.id, seconds: timeoutMs / 1000 }));
    }, timeoutMs);
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
