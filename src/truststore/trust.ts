import { type DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { forTerminal } from '../platform/escape.ts';
import type { World } from '../platform/world.ts';
import { AT_ONCE, boundedMap } from './bounded-map.ts';
import { type Change, installInStore, planChange, uninstallFromStore } from './change.ts';
import { readJournal } from './journal.ts';
import { asRoot } from './package-hint.ts';
import { powershellScript } from './powershell-script.ts';
import { openSession, type TrustSession } from './session.ts';
import { type Step, shellScript } from './step.ts';
import type { StoreExamination } from './store-examination.ts';
import { selectStores, storeAmong, storeById } from './store-list.ts';
import { answerInTime, askStatus, statusOfError } from './store-status.ts';
import type { TrustAction, TrustAnchor } from './trust-anchor.ts';
import type { StoreStatus, TrustStore } from './trust-store.ts';

export interface TrustOptions {
  /** Ids or kinds of stores (`system`, `nss`, `nss:/home/alice/.pki/nssdb`); without any, all of this machine. */
  readonly stores?: readonly string[] | undefined;
}

/** One store and how it stands: a row of `trust status`. */
export interface StoreRow extends StoreStatus {
  readonly id: string;
  readonly name: string;
}

/** What became of one store. An error belongs to its store and never keeps the others from their turn. */
export interface StoreOutcome extends StoreRow {
  readonly changed: boolean;
  /** What people still have to do, or what is left and why: it stands in the detail too. */
  readonly advice: string;
  readonly error: DevcaError | undefined;
}

/** What would be done to one store. */
export interface StorePreview {
  readonly id: string;
  readonly name: string;
  readonly steps: readonly Step[];
  /** What people do in a store that devca does not change. */
  readonly advice?: string;
  /** Why devca can't do it by itself, or can't tell what to do. */
  readonly error: DevcaError | undefined;
}

/** One row for each store, always: all are asked at once, and one that hangs or fails says so in its row. */
export async function trustStatus(
  anchor: TrustAnchor,
  options: TrustOptions,
  world: World,
): Promise<readonly StoreRow[]> {
  const session = await openSession(world);
  const stores = await selectStores(options.stores, session);
  return boundedMap(stores, AT_ONCE, async (store) => ({
    ...labelOf(store),
    ...(await askStatus(anchor, store, session)),
  }));
}

/** One store with what people and tools have put there or left broken. */
export interface ExaminedStore extends StoreExamination {
  readonly id: string;
  readonly name: string;
}

/** Looks into every store of this machine that can be looked into; one that fails has its row in `trustStatus`. */
export async function examineStores(world: World): Promise<readonly ExaminedStore[]> {
  const session = await openSession(world);
  const stores = await selectStores(undefined, session);
  const examined = await boundedMap(stores, AT_ONCE, async (store) => {
    try {
      if (store.examine === undefined) return [];
      return [{ ...labelOf(store), ...(await answerInTime(store.examine(session), store)) }];
    } catch (error) {
      if (!isDevcaError(error)) throw error;
      return [];
    }
  });
  return examined.flat();
}

/** What `installTrust` or `uninstallTrust` would do. Changes nothing. */
export async function planTrust(
  action: TrustAction,
  anchor: TrustAnchor,
  options: TrustOptions,
  world: World,
): Promise<readonly StorePreview[]> {
  const session = await openSession(world);
  const stores = await storesFor(action, anchor, options, session);
  return boundedMap(stores, AT_ONCE, (store) => preview(action, anchor, store, session));
}

/**
 * A plan as a script, for those who want to read or run it themselves: for a POSIX shell, on Windows for PowerShell. What
 * devca does not change itself stands there as a comment.
 */
export function planScript(previews: readonly StorePreview[], world: Pick<World, 'exec' | 'system'>): string {
  const { platform } = world.system;
  const script = (steps: readonly Step[]): string =>
    platform === 'win32' ? powershellScript(steps) : shellScript(steps, platform, asRoot(world));
  return previews
    .filter(({ steps, advice }) => steps.length > 0 || advice !== undefined)
    .map(({ id, steps, advice }) => `## ${forTerminal(id)}\n${commentOf(advice)}${script(steps)}`)
    .join('\n');
}

/** Makes stores trust the root, one after the other. What earlier commands left half done is undone first. */
export async function installTrust(
  anchor: TrustAnchor,
  options: TrustOptions,
  world: World,
): Promise<readonly StoreOutcome[]> {
  const session = await openSession(world);
  const stores = await storesFor('install', anchor, options, session);
  await undoInterrupted(anchor, stores, session);
  return oneByOne(stores, (store) => installInStore(anchor, store, session));
}

/** Undoes what devca did for the root, in every store of this machine and of the journal. */
export async function uninstallTrust(
  anchor: TrustAnchor,
  options: TrustOptions,
  world: World,
): Promise<readonly StoreOutcome[]> {
  const session = await openSession(world);
  const stores = await storesFor('uninstall', anchor, options, session);
  await undoInterrupted(anchor, stores, session);
  return oneByOne(stores, (store) => uninstallFromStore(anchor, store, session));
}

/** One root, and what became of it in every store. */
export interface RootRemoval {
  readonly anchor: TrustAnchor;
  readonly outcomes: readonly StoreOutcome[];
}

/**
 * `uninstallTrust` for several roots. The stores are asked once more after the last change: what stood there when one
 * root was taken out may be another that went later.
 */
export async function uninstallRoots(
  anchors: readonly TrustAnchor[],
  options: TrustOptions,
  world: World,
): Promise<readonly RootRemoval[]> {
  const removals: RootRemoval[] = [];
  for (const anchor of anchors)
    removals.push({ anchor, outcomes: await uninstallTrust(anchor, options, world) });
  if (!removals.some(({ outcomes }) => outcomes.some(({ changed }) => changed))) return removals;
  const session = await openSession(world);
  const detected = await selectStores(options.stores, session);
  const askAgain = async (outcome: StoreOutcome, anchor: TrustAnchor): Promise<StoreOutcome> => {
    const store = storeAmong(detected, outcome.id, session);
    if (store === undefined || outcome.error !== undefined) return outcome;
    return { ...outcome, ...withAdvice(await askStatus(anchor, store, session), outcome.advice) };
  };
  const asked: RootRemoval[] = [];
  for (const { anchor, outcomes } of removals) {
    const again = await boundedMap(outcomes, AT_ONCE, (outcome) => askAgain(outcome, anchor));
    asked.push({ anchor, outcomes: again });
  }
  return asked;
}

/** A change whose process was killed, and which no command has settled since. */
export interface InterruptedChange {
  readonly action: TrustAction;
  readonly store: string;
  readonly anchor: TrustAnchor;
}

export async function interruptedChanges(world: World): Promise<readonly InterruptedChange[]> {
  return readJournal(await openSession(world)).flatMap(({ interrupted: action, store, anchor }) =>
    action === undefined ? [] : [{ action, store, anchor }],
  );
}

/** The roots that devca has put into stores, from the journal: known also after the authority's home is gone. */
export async function journalledRoots(world: World): Promise<readonly TrustAnchor[]> {
  const roots = new Map<string, TrustAnchor>();
  for (const { anchor } of readJournal(await openSession(world))) roots.set(anchor.sha256, anchor);
  return [...roots.values()];
}

/** An uninstall also goes to where the journal says that the root was put, found or not. */
async function storesFor(
  action: TrustAction,
  anchor: TrustAnchor,
  { stores }: TrustOptions,
  session: TrustSession,
): Promise<readonly TrustStore[]> {
  const selected = await selectStores(stores, session);
  if (action === 'install' || (stores !== undefined && stores.length > 0)) return selected;
  const recorded = readJournal(session)
    .filter((record) => record.anchor.sha256 === anchor.sha256)
    .filter((record) => !selected.some(({ id }) => id === record.store))
    .map((record) => storeById(record.store, session));
  return [...selected, ...recorded.filter((store) => store !== undefined)];
}

async function preview(
  action: TrustAction,
  anchor: TrustAnchor,
  store: TrustStore,
  session: TrustSession,
): Promise<StorePreview> {
  try {
    const { steps, obstacle, advice } = await planChange(action, anchor, store, session);
    return { ...labelOf(store), steps, ...(advice === undefined ? {} : { advice }), error: obstacle };
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return { ...labelOf(store), steps: [], error };
  }
}

/** One after the other: they may ask for a password, and one may be the other's neighbour in the same folder. */
async function oneByOne(
  stores: readonly TrustStore[],
  change: (store: TrustStore) => Promise<Change>,
): Promise<readonly StoreOutcome[]> {
  const outcomes = new Map<TrustStore, StoreOutcome>();
  const runOn = async (store: TrustStore): Promise<void> => {
    outcomes.set(store, await outcomeOf(store, change));
  };
  for (const store of stores) if (store.independent !== true) await runOn(store);
  await boundedMap(
    stores.filter(({ independent }) => independent === true),
    AT_ONCE / 2,
    runOn,
  );
  return stores.flatMap((store) => outcomes.get(store) ?? []);
}

async function outcomeOf(
  store: TrustStore,
  change: (store: TrustStore) => Promise<Change>,
): Promise<StoreOutcome> {
  try {
    const { status, changed, advice } = await change(store);
    return { ...labelOf(store), ...withAdvice(status, advice), changed, advice, error: undefined };
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return { ...labelOf(store), ...statusOfError(error), changed: false, advice: '', error };
  }
}

/**
 * Changes whose process was killed, of other roots or in stores that the command is not about. Nobody can say any more
 * whether the root was wanted, so the safe way is back. What can't be undone now stays in the journal for the next time.
 */
async function undoInterrupted(
  anchor: TrustAnchor,
  stores: readonly TrustStore[],
  session: TrustSession,
): Promise<void> {
  const records = readJournal(session).filter(({ interrupted, ...record }) => {
    const isTheirs = record.anchor.sha256 === anchor.sha256 && stores.some(({ id }) => id === record.store);
    return interrupted !== undefined && !isTheirs;
  });
  if (records.length === 0) return;
  const detected = await selectStores(undefined, session);
  for (const record of records) {
    const store = storeAmong(detected, record.store, session);
    if (store !== undefined) await outcomeOf(store, () => uninstallFromStore(record.anchor, store, session));
  }
}

const withAdvice = (status: StoreStatus, advice: string): StoreStatus =>
  advice === '' ? status : { ...status, detail: `${status.detail}; ${advice}` };

function commentOf(advice: string | undefined): string {
  if (advice === undefined) return '';
  return advice
    .split('\n')
    .map((line) => `# ${forTerminal(line)}`.trimEnd().concat('\n'))
    .join('');
}

const labelOf = (store: TrustStore): { id: string; name: string } => ({ id: store.id, name: store.name });
