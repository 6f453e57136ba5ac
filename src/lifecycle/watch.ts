import { dueCrls, renewCrls, type SignedCrl } from '../authority/crl.ts';
import { chooseCertificates, dueTime } from '../authority/due.ts';
import { generationIds } from '../authority/generations.ts';
import { checkHome, readHome } from '../authority/home.ts';
import type { IssuedCertificate } from '../authority/issued-certificate.ts';
import type { Recovery } from '../authority/recovery.ts';
import { renewCertificates } from '../authority/renew.ts';
import { type DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { World } from '../platform/world.ts';
import { type Hook, type HookOutcome, hasEndedBadly, runHook } from './hook.ts';
import { type Backoff, backoff } from './watch-backoff.ts';
import type { WatchControl } from './watch-control.ts';

export interface WatchOptions {
  readonly home: string;
  /** Only what this authority has issued and signed. Default: what all have. */
  readonly authority?: string;
  /**
   * Due is what ends within this time. Default: in the last third of its life, which also goes for what lives no longer
   * than this time, unless `once`: it would be renewed at every look.
   */
  readonly withinMs?: number;
  readonly hook?: Hook;
  /** Of stores among the files. */
  readonly password?: string;
  readonly force?: boolean;
  /** How often the clock is looked at. Default, and at most: a minute. */
  readonly pollMs?: number;
  /** Looks once instead of for ever. */
  readonly once?: boolean;
}

export const LONGEST_POLL_MS = 60_000;

/** What a watch has to tell, in the order of its happening. */
export type WatchEvent =
  | { readonly kind: 'started'; readonly home: string; readonly pollMs: number }
  | { readonly kind: 'renewed'; readonly issued: IssuedCertificate }
  | { readonly kind: 'warning'; readonly message: string }
  | { readonly kind: 'recovered'; readonly recovery: Recovery }
  | {
      readonly kind: 'renewal-failed';
      readonly record: CertificateRecord;
      readonly error: DevcaError;
      readonly retryMs: number;
    }
  | { readonly kind: 'files-gone'; readonly record: CertificateRecord }
  | { readonly kind: 'check-failed'; readonly error: DevcaError; readonly retryMs: number }
  | { readonly kind: 'list-signed'; readonly list: SignedCrl; readonly files: readonly string[] }
  | {
      readonly kind: 'list-failed';
      readonly authority: string;
      readonly error: DevcaError;
      readonly retryMs: number;
    }
  | { readonly kind: 'hook-run'; readonly outcome: HookOutcome }
  | { readonly kind: 'hook-failed'; readonly outcome: HookOutcome; readonly retryMs: number }
  | { readonly kind: 'clock-changed'; readonly byMs: number }
  | { readonly kind: 'reloaded' }
  | { readonly kind: 'stopped'; readonly signal: string };

export type WatchLog = (event: WatchEvent) => void;

/**
 * Renews what is due, certificates and lists that end early, until told to end; gives whether all went well in the last
 * look. It compares the wall clock at every look, at most a minute apart, so that a machine that has slept catches up when
 * it wakes. A held lock, a full disk, a certificate that cannot be renewed and a hook that fails are told and tried again,
 * ever more seldom.
 * Throws DEVCA_AUTHORITY_MISSING, DEVCA_AUTHORITY_UNKNOWN and DEVCA_HOME_UNSAFE, at the start alone.
 */
export async function watch(
  options: WatchOptions,
  control: WatchControl,
  log: WatchLog,
  world: World,
): Promise<boolean> {
  const { home, authority } = options;
  checkHome(home, world);
  if (authority !== undefined)
    readHome(home, world, (inventory) => generationIds(inventory, authority, world));
  const pollMs = Math.min(options.pollMs ?? LONGEST_POLL_MS, LONGEST_POLL_MS);
  const retries = backoff<Task>(pollMs, world.clock);
  const watching: Watching = {
    options,
    retries,
    told: new Set(),
    forHook: [],
    isHookOwed: false,
    control,
    log,
    world,
  };
  if (options.once !== true) log({ kind: 'started', home: options.home, pollMs });
  watching.isHookOwed = isHookOwed(watching);
  let isWell = await look(watching);
  while (options.once !== true && control.stoppedBy === undefined) {
    const before = readClocks(world);
    await control.pause(pollMs);
    if (control.stoppedBy !== undefined) break;
    noticeChanges(before, control, watching);
    isWell = await look(watching);
  }
  if (control.stoppedBy !== undefined) log({ kind: 'stopped', signal: control.stoppedBy });
  return isWell;
}

/** What is tried again: certificates by their ids, lists by the names of their authorities, the inventory and the hook. */
type Task = number | `list of ${string}` | 'inventory' | 'hook';

interface Watching {
  readonly options: WatchOptions;
  readonly retries: Backoff<Task>;
  /** Certificates without files, which were told of. */
  readonly told: Set<number>;
  /** What was renewed and no hook has gone well since. */
  forHook: readonly IssuedCertificate[];
  /** Lists were signed, or an earlier watch has renewed something, and no hook has gone well since. */
  isHookOwed: boolean;
  readonly control: WatchControl;
  readonly log: WatchLog;
  readonly world: World;
}

/** Another process may take its time, but a service has to hear signals. */
const LOCK_TIMEOUT_MS = 2000;

async function look(watching: Watching): Promise<boolean> {
  const isRenewed = await renewDue(watching);
  const isListed = await renewLists(watching);
  const isHooked = await callHook(watching);
  return isRenewed && isListed && isHooked;
}

/** Renewed without a look at whether it is to end: a second or two. */
const BATCH = 20;

async function renewDue(watching: Watching): Promise<boolean> {
  const { retries, control } = watching;
  if (!retries.isReady('inventory')) return false;
  const due = findDue(watching);
  if (due === undefined) return false;
  const ready = due.filter(({ id }) => retries.isReady(id));
  let done = 0;
  for (let at = 0; at < ready.length && !(await control.isStopped()); at += BATCH)
    done += await renewBatch(ready.slice(at, at + BATCH), watching);
  return done === due.length;
}

/** Gives how many need no further try. */
async function renewBatch(due: readonly CertificateRecord[], watching: Watching): Promise<number> {
  const { options, retries, log, world } = watching;
  const { home, password, force = false } = options;
  const outcome = await renewCertificates(
    due,
    {
      key: 'same',
      force,
      lockTimeoutMs: LOCK_TIMEOUT_MS,
      ...(password === undefined ? {} : { password }),
    },
    home,
    world,
  );
  for (const recovery of outcome.recoveries) if (hasNews(recovery)) log({ kind: 'recovered', recovery });
  for (const issued of outcome.renewed) log({ kind: 'renewed', issued });
  for (const { record, error } of outcome.failed)
    log({ kind: 'renewal-failed', record, error, retryMs: retries.failed(record.id) });
  for (const message of outcome.warnings) log({ kind: 'warning', message });
  watching.forHook = [...watching.forHook, ...outcome.renewed];
  return outcome.renewed.length + outcome.passed.length;
}

async function renewLists(watching: Watching): Promise<boolean> {
  const { options, retries, log, world } = watching;
  if (!retries.isReady('inventory')) return false;
  const due = reading(watching, () => dueCrls(options.home, world));
  let isWell = due !== undefined;
  for (const { authority, days } of due ?? []) {
    if (authority !== (options.authority ?? authority)) continue;
    const task = `list of ${authority}` as const;
    if (!retries.isReady(task)) {
      isWell = false;
      continue;
    }
    try {
      const place = { home: options.home, authority };
      const signed = await renewCrls({ days }, place, world, { lockTimeoutMs: LOCK_TIMEOUT_MS });
      retries.succeeded(task);
      for (const list of signed.lists) log({ kind: 'list-signed', list, files: signed.files });
      for (const { path, reason } of signed.staleCopies)
        log({ kind: 'warning', message: `"${path}" still has the lists of before: ${reason}` });
      watching.isHookOwed = true;
    } catch (error) {
      if (!isDevcaError(error)) throw error;
      log({ kind: 'list-failed', authority, error, retryMs: retries.failed(task) });
      isWell = false;
    }
  }
  return isWell;
}

function findDue(watching: Watching): readonly CertificateRecord[] | undefined {
  const { home, authority, withinMs, once = false } = watching.options;
  const { told, log, world } = watching;
  const choice = {
    kind: 'due' as const,
    ...(withinMs === undefined ? {} : { withinMs }),
    ...(authority === undefined ? {} : { authority }),
  };
  const now = world.clock.now();
  const found = reading(watching, () =>
    readHome(home, world, (inventory) => chooseCertificates(choice, 'same', inventory, world)),
  );
  for (const record of found?.gone ?? []) {
    if (!told.has(record.id)) log({ kind: 'files-gone', record });
    told.add(record.id);
  }
  const isShort = (record: CertificateRecord) => !once && lifeMs(record) <= (withinMs ?? 0);
  return found?.chosen.filter((record) => !isShort(record) || dueTime(record) <= now);
}

const lifeMs = ({ notBefore, notAfter }: CertificateRecord): number =>
  notAfter.getTime() - notBefore.getTime();

/** A watch that ended before its hook went well has left a server with the certificates of before. */
function isHookOwed(watching: Watching): boolean {
  const { hook, home } = watching.options;
  if (hook === undefined) return false;
  const events = reading(watching, () =>
    readHome(home, watching.world, (inventory) => inventory.events.latest(LOOK_BACK)),
  );
  return events !== undefined && hasEndedBadly(hook, events);
}

/** How many events are looked at for what an earlier watch has left undone. */
const LOOK_BACK = 1000;

/** `undefined` where the inventory cannot be read at the moment. */
function reading<T>({ retries, log }: Watching, read: () => T): T | undefined {
  try {
    const found = read();
    retries.succeeded('inventory');
    return found;
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    log({ kind: 'check-failed', error, retryMs: retries.failed('inventory') });
    return undefined;
  }
}

const hasNews = ({ undone, completed, problems }: Recovery): boolean =>
  undone.length + completed.length + problems.length > 0;

/** Until a hook has gone well, the server may still have the old certificates. */
async function callHook(watching: Watching): Promise<boolean> {
  const { options, retries, forHook, control, log, world } = watching;
  const { hook, home } = options;
  if (hook === undefined || (forHook.length === 0 && !watching.isHookOwed)) return true;
  if (!retries.isReady('hook')) return false;
  const outcome = await runHook(hook, forHook, control.patienceEnds, home, world);
  if (!outcome.ok) {
    log({ kind: 'hook-failed', outcome, retryMs: retries.failed('hook') });
    return false;
  }
  log({ kind: 'hook-run', outcome });
  retries.succeeded('hook');
  watching.forHook = [];
  watching.isHookOwed = false;
  return true;
}

interface Clocks {
  readonly wall: number;
  readonly monotonic: number;
}

const readClocks = ({ clock }: World): Clocks => ({
  wall: clock.now().getTime(),
  monotonic: clock.monotonicMs(),
});

/** A difference between the clocks that no adjustment of a running clock makes. */
const JUMP_MS = 30_000;

/** After sleep, a set clock or a word to look again, nothing has to wait for its turn. */
function noticeChanges(before: Clocks, control: WatchControl, { retries, log, world }: Watching): void {
  const now = readClocks(world);
  const byMs = Math.round(now.wall - before.wall - (now.monotonic - before.monotonic));
  const hasJumped = Math.abs(byMs) > JUMP_MS;
  if (hasJumped) log({ kind: 'clock-changed', byMs });
  const isAsked = control.takeReload();
  if (isAsked) log({ kind: 'reloaded' });
  if (hasJumped || isAsked) retries.reset();
}
