import { win32 } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import type { Files } from '../platform/files.ts';
import { recordBegun, recordEnd, recordOf } from './journal.ts';
import { requireRootsOwn, requireRootsOwnSteps } from './roots-own-path.ts';
import { commandError, type TrustSession } from './session.ts';
import { commandsOf, type Step } from './step.ts';
import { answerInTime, askStatus } from './store-status.ts';
import type { TrustAction, TrustAnchor } from './trust-anchor.ts';
import type { StorePlan, StoreStatus, TrustStore } from './trust-store.ts';

export interface Change {
  readonly status: StoreStatus;
  readonly changed: boolean;
  /** What people still have to do, or what is left and why; empty where nothing. */
  readonly advice: string;
}

/** Rebuilding a system's bundle, with Java's behind it, takes some seconds; a busy machine takes longer. */
const STEP_TIMEOUT_MS = 120_000;

/** What an action has to do to a store as it is now; no steps where it is as the action wants it. */
export async function planChange(
  action: TrustAction,
  anchor: TrustAnchor,
  store: TrustStore,
  session: TrustSession,
): Promise<StorePlan> {
  const record = recordOf(anchor, store.id, session);
  const before = record?.before;
  if (action === 'install' && (await askStatus(anchor, store, session)).status === 'trusted') {
    return { steps: [], before: {} };
  }
  const interrupted = record?.interrupted !== undefined;
  const plan = await answerInTime(store.plan({ anchor, action, before, interrupted }, session), store);
  requireRootsOwnSteps(store.id, plan.steps, session);
  return plan;
}

/**
 * Makes a store trust the root. Either the store's own verifier accepts it afterwards, or what was done is undone again
 * and an error says why.
 */
export async function installInStore(
  anchor: TrustAnchor,
  store: TrustStore,
  session: TrustSession,
): Promise<Change> {
  const plan = await planChange('install', anchor, store, session);
  if (plan.steps.length === 0) {
    await settleRecord('install', anchor, store, session);
    return { status: await askStatus(anchor, store, session), changed: false, advice: '' };
  }
  await clearObstacles('install', plan, store, session);
  const id = await recordBegun({ action: 'install', store: store.id, anchor, before: plan.before }, session);
  try {
    await runSteps(plan.steps, store, session);
    const status = await askStatus(anchor, store, session);
    if (status.status !== 'trusted') {
      throw new DevcaError('DEVCA_TRUST_NOT_EFFECTIVE', { store: store.id, detail: status.detail });
    }
    await recordEnd(id, 'done', session);
    return { status, changed: true, advice: adviceAfter('install', plan, store, session) };
  } catch (error) {
    await undoInstall(id, anchor, store, session);
    throw error;
  }
}

/** Takes the root out of a store, as far as devca put it there. Where it fails, the next command tries again. */
export async function uninstallFromStore(
  anchor: TrustAnchor,
  store: TrustStore,
  session: TrustSession,
): Promise<Change> {
  const plan = await planChange('uninstall', anchor, store, session);
  if (plan.steps.length === 0) {
    await settleRecord('uninstall', anchor, store, session);
    return { status: await askStatus(anchor, store, session), changed: false, advice: '' };
  }
  await clearObstacles('uninstall', plan, store, session);
  const id = await recordBegun(
    { action: 'uninstall', store: store.id, anchor, before: plan.before },
    session,
  );
  await runSteps(plan.steps, store, session);
  await recordEnd(id, 'done', session);
  const status = await askStatus(anchor, store, session);
  if (status.status === 'trusted') {
    throw new DevcaError('DEVCA_TRUST_STILL_TRUSTED', { store: store.id, detail: status.detail });
  }
  return { status, changed: true, advice: adviceAfter('uninstall', plan, store, session) };
}

function adviceAfter(
  action: TrustAction,
  { leaves = '' }: StorePlan,
  store: TrustStore,
  session: TrustSession,
): string {
  return [leaves, store.afterChange?.(action, session) ?? ''].filter((text) => text !== '').join('; ');
}

/** Half an install is worse than none: what the steps have done so far is taken back. */
async function undoInstall(
  id: string,
  anchor: TrustAnchor,
  store: TrustStore,
  session: TrustSession,
): Promise<void> {
  try {
    const plan = await planChange('uninstall', anchor, store, session);
    await runSteps(plan.steps, store, session);
    await recordEnd(id, 'undone', session);
  } catch {
    // The record stays open, and the next command settles it.
  }
}

/** Nothing is left to do, but the journal may still say that something was begun, or that the root is there. */
async function settleRecord(
  action: TrustAction,
  anchor: TrustAnchor,
  store: TrustStore,
  session: TrustSession,
): Promise<void> {
  const record = recordOf(anchor, store.id, session);
  if (record === undefined || (action === 'install' && record.interrupted === undefined)) return;
  const id = await recordBegun({ action, store: store.id, anchor, before: record.before }, session);
  await recordEnd(id, 'done', session);
}

async function clearObstacles(
  action: TrustAction,
  plan: StorePlan,
  store: TrustStore,
  session: TrustSession,
): Promise<void> {
  if (plan.obstacle !== undefined) throw plan.obstacle;
  if (plan.steps.some(({ needsRoot }) => needsRoot)) await session.becomeRoot(action, store.id);
}

async function runSteps(steps: readonly Step[], store: TrustStore, session: TrustSession): Promise<void> {
  const { files, system } = session.world;
  for (const step of steps) {
    if (system.platform === 'win32' && step.kind !== 'run') {
      changeFile(step, files);
      continue;
    }
    for (const command of commandsOf(step, system.platform)) {
      requireRootsOwn(store.id, command, session);
      const outcome = await session.run(command, STEP_TIMEOUT_MS);
      if (outcome.status !== 0) throw store.explain?.(outcome, session) ?? commandError(outcome, store.id);
    }
  }
}

/** Windows has no programs for it, and no other user whose rights they would need. */
function changeFile(step: Exclude<Step, { kind: 'run' }>, files: Files): void {
  files.remove(step.path);
  if (step.kind === 'remove') return;
  files.makeFolder(win32.dirname(step.path), 0o700);
  files.createExclusive(step.path, Buffer.from(step.text), step.mode);
}
