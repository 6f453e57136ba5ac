import type { World } from '../platform/world.ts';
import { AT_ONCE, boundedMap } from './bounded-map.ts';
import { readJournal } from './journal.ts';
import { openSession } from './session.ts';
import { isSelected, selectStores, storeAmong } from './store-list.ts';
import { askStatus } from './store-status.ts';
import type { StoreRow, TrustOptions } from './trust.ts';
import type { TrustAnchor } from './trust-anchor.ts';
import type { StoreStatus } from './trust-store.ts';

/** A root that devca has put into a store, and how that store stands now. */
export interface JournalledRow {
  readonly anchor: TrustAnchor;
  readonly row: StoreRow;
}

const NO_SUCH_STORE: StoreStatus = {
  status: 'unknown',
  detail: 'the journal names this store, and this devca knows none by that name',
  fix: '',
};

/** All that the journal says was put into stores and not taken out again, but for the roots of some fingerprints. */
export async function journalledStatus(
  except: readonly string[],
  options: TrustOptions,
  world: World,
): Promise<readonly JournalledRow[]> {
  const session = await openSession(world);
  const { stores: selectors = [] } = options;
  const records = readJournal(session)
    .filter(({ anchor }) => !except.includes(anchor.sha256))
    .filter(
      ({ store }) => selectors.length === 0 || selectors.some((selector) => isSelected(store, selector)),
    );
  if (records.length === 0) return [];
  const detected = await selectStores(undefined, session);
  return boundedMap(records, AT_ONCE, async ({ anchor, store: id }) => {
    const store = storeAmong(detected, id, session);
    const status = store === undefined ? NO_SUCH_STORE : await askStatus(anchor, store, session);
    return { anchor, row: { id, name: store?.name ?? id, ...status } };
  });
}
