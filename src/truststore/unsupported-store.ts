import type { StoreStatus, TrustStore } from './trust-store.ts';

/** A store that gets its row, with what people can do themselves, but that devca can't change. */
export function unsupportedStore(row: { id: string; name: string; detail: string; fix: string }): TrustStore {
  return {
    id: row.id,
    name: row.name,
    status: async () => ({ status: 'unsupported', detail: row.detail, fix: row.fix }),
    plan: async () => ({ steps: [], before: {} }),
  };
}

/** A store for other users and services, which nobody needs beside their own: it is changed only where it is named. */
export const onlyByName = (id: string): StoreStatus => ({
  status: 'unsupported',
  detail: `for other users and services; changed only with "--store ${id}"`,
  fix: '',
});
