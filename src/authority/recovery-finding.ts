import { DevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import type { World } from '../platform/world.ts';
import { LINK_FORMAT, sameStanding, standingAt } from './delivery-target.ts';

/** What a recorded delivery that was interrupted looks like on the disk. */
export type Finding =
  /** Its temporary file is as written and its place is as it was: it can be moved. */
  | { readonly kind: 'ready'; readonly delivery: DeliveryRecord }
  /** It was moved before the run ended. */
  | { readonly kind: 'placed'; readonly delivery: DeliveryRecord }
  /** A later delivery has its place. */
  | { readonly kind: 'stale'; readonly delivery: DeliveryRecord }
  /** Someone has changed one of the two files: neither is touched. */
  | { readonly kind: 'kept'; readonly delivery: DeliveryRecord; readonly problem: DevcaError }
  /** Its temporary file is gone, and its place does not hold it. */
  | { readonly kind: 'lost'; readonly delivery: DeliveryRecord; readonly problem: DevcaError };

export function findingFor(delivery: DeliveryRecord, inventory: Inventory, world: World): Finding {
  const { path, temporaryPath: temporary } = delivery;
  const kept = (reason: string): Finding => ({
    kind: 'kept',
    delivery,
    problem: new DevcaError('DEVCA_DELIVERY_KEPT', { path, temporary, reason }),
  });
  if (inventory.deliveries.hasLater(delivery)) return { kind: 'stale', delivery };
  try {
    const kind = delivery.format === LINK_FORMAT ? 'link' : 'file';
    const wanted = { kind, sha256: delivery.sha256 } as const;
    const atTarget = standingAt(path, world);
    if (sameStanding(atTarget, wanted)) return { kind: 'placed', delivery };
    const atTemporary = standingAt(temporary, world);
    if (atTemporary.kind === 'absent') {
      const problem = new DevcaError('DEVCA_DELIVERY_LOST', { path, temporary });
      return { kind: 'lost', delivery, problem };
    }
    if (!sameStanding(atTemporary, wanted)) return kept('the temporary file has been changed since');
    if (!sameStanding(atTarget, delivery.previous)) return kept('something else has been put in its place');
    return { kind: 'ready', delivery };
  } catch (error) {
    if (!(error instanceof DevcaError)) throw error;
    return kept(error.message);
  }
}
