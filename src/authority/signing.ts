import { type DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import type { Signer } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import { type Authority, openSigner, openSignerAtOnce } from './open-authority.ts';
import { changeInventory, type Recovery } from './recovery.ts';

/** Work on a home for which the intermediate's key is needed. */
export interface SigningJob<Plan, T> {
  readonly home: string;
  /** Keys that are open, by the ids of their generations; what is opened is added. */
  readonly signers: Map<number, Signer>;
  /** Keys that did not open, likewise: nobody is asked twice, and no wrong passphrase is tried for each certificate. */
  readonly refusals?: Map<number, DevcaError>;
  /** Refuses what is to be refused before anybody is asked for a passphrase. Changes nothing. */
  readonly plan: (inventory: Inventory) => { readonly authority: Authority; readonly plan: Plan };
  readonly work: (
    planned: { readonly authority: Authority; readonly plan: Plan },
    signer: Signer,
    inventory: Inventory,
  ) => T;
  /** What became of interrupted runs is added, also where the work fails. */
  readonly recoveries?: Recovery[];
  readonly lockTimeoutMs?: number;
}

/**
 * As `changeInventory`, with the key. A key that somebody may have to be asked for is opened while the lock is free, and
 * then everything is looked at again; the key file of most is just read.
 */
export async function changeWithSigner<Plan, T>(
  { home, signers, refusals, plan, work, recoveries = [], ...options }: SigningJob<Plan, T>,
  world: World,
): Promise<{ readonly outcome: T; readonly recoveries: readonly Recovery[] }> {
  for (;;) {
    const look = (inventory: Inventory, recovery: Recovery) => {
      recoveries.push(recovery);
      const planned = plan(inventory);
      const { authority } = planned;
      const refusal = refusals?.get(authority.record.id);
      if (refusal !== undefined) throw refusal;
      const signer = signers.get(authority.record.id) ?? openSignerAtOnce(authority, world);
      if (signer === undefined) return { waitsFor: authority };
      signers.set(authority.record.id, signer);
      return { outcome: work(planned, signer, inventory) };
    };
    const step = changeInventory(home, world, look, options);
    if ('outcome' in step) return { outcome: step.outcome as T, recoveries };
    const { id } = step.waitsFor.record;
    try {
      signers.set(id, await openSigner(step.waitsFor, world));
    } catch (error) {
      if (isDevcaError(error)) refusals?.set(id, error);
      throw error;
    }
  }
}
