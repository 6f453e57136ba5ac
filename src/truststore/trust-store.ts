import type { DevcaError } from '../errors/devca-error.ts';
import type { ExecOutcome } from '../platform/exec.ts';
import type { TrustSession } from './session.ts';
import type { Step } from './step.ts';
import type { StoreExamination } from './store-examination.ts';
import type { TrustAction, TrustAnchor } from './trust-anchor.ts';

export type TrustStatus =
  | 'trusted'
  | 'not-trusted'
  /** Another devca root is trusted here, this one is not. */
  | 'different-root'
  | 'tool-missing'
  | 'permission'
  /** Nothing here that devca could change: never a failure. */
  | 'unsupported'
  /** Some readers of the store trust the root, others don't. */
  | 'partial'
  /** The store did not answer, or said something that devca does not know. */
  | 'unknown';

export interface StoreStatus {
  readonly status: TrustStatus;
  readonly detail: string;
  /** A command that mends it, ready to be pasted; empty where nothing has to be done. */
  readonly fix: string;
}

/** What stood in a store before devca changed it, as the journal keeps it: each store has its own words. */
export type Before = Readonly<Record<string, string>>;

export interface PlanRequest {
  readonly anchor: TrustAnchor;
  readonly action: TrustAction;
  /** For an uninstall: what the journal says was there before the install. */
  readonly before?: Before | undefined;
  /** The journal says that a change was begun and not ended. */
  readonly interrupted?: boolean;
}

export interface StorePlan {
  /** Nothing to do where it is empty. */
  readonly steps: readonly Step[];
  readonly before: Before;
  /** Why devca can't carry the steps out by itself; people still can. */
  readonly obstacle?: DevcaError;
  /** What people do where there are no steps for devca to take: lines of text. */
  readonly advice?: string;
  /** What an uninstall leaves although devca made it, and why: lower case, no full stop. */
  readonly leaves?: string;
}

/**
 * One place where software looks for roots. A store says how it stands and what has to be done; carrying that out,
 * recording it and undoing it is the same for all of them (`change.ts`).
 */
export interface TrustStore {
  /** `system`, `nss:PATH`, `java:PATH`, `macos-login` ... */
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Its change asks nobody anything and touches nothing that other stores use: several are changed at a time. */
  readonly independent?: boolean;
  /** Asks the store's own verifier, not only whether a file is there. */
  status(anchor: TrustAnchor, session: TrustSession): Promise<StoreStatus>;
  /** The steps from what is there now to what the action wants. Changes nothing. */
  plan(request: PlanRequest, session: TrustSession): Promise<StorePlan>;
  /** What people and tools have added, and what they have left broken. Changes nothing. */
  examine?(session: TrustSession): Promise<StoreExamination>;
  /** What it means that a step's command failed, where the store knows better than its status. */
  explain?(outcome: ExecOutcome, session: TrustSession): DevcaError;
  /** What people still have to do after a change, such as to restart a browser; empty where nothing. */
  afterChange?(action: TrustAction, session: TrustSession): string;
}

/** A kind of store, of which a machine has none, one or many. One file per family. */
export interface StoreFamily {
  /** What stands before the colon of an id, or is the id. */
  readonly kind: string;
  /** The stores of this kind on this machine. `named`: the user asked for this kind by name. */
  detect(session: TrustSession, named: boolean): Promise<readonly TrustStore[]>;
  /** The store at a path that the user or the journal names, whether or not it is there. */
  at?(path: string, session: TrustSession): TrustStore;
  /** The store by a name that is no path, such as a host or a device; `undefined` where it can't be one. */
  named?(name: string, session: TrustSession): TrustStore | undefined;
}
