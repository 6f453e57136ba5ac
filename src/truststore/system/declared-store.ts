import type { TrustSession } from '../session.ts';
import type { TrustAnchor } from '../trust-anchor.ts';
import type { StoreStatus, TrustStore } from '../trust-store.ts';
import type { DeclaredSystem } from './declared-systems.ts';
import { holds, textOf } from './roots.ts';
import { askOpenssl } from './verifiers.ts';

/** The store of a system that devca does not change: whether the root is there, and what to write where it isn't. */
export function declaredStore(declared: DeclaredSystem): TrustStore {
  return {
    id: 'system',
    name: `system store (${declared.name})`,
    status: (anchor, session) => look(declared, anchor, session),
    plan: async ({ anchor, action }, session) => {
      if (action === 'install') return { steps: [], before: {}, advice: declared.advice(anchor) };
      const isThere = holds(textOf(declared.bundle, session), anchor);
      const advice = `take the root out of ${declared.place} again, and do there what its change needs`;
      return { steps: [], before: {}, ...(isThere ? { advice } : {}) };
    },
  };
}

async function look(
  { bundle, detail }: DeclaredSystem,
  anchor: TrustAnchor,
  session: TrustSession,
): Promise<StoreStatus> {
  if (holds(textOf(bundle, session), anchor)) {
    const verdict = await askOpenssl({ bundle }, anchor, session);
    if (verdict.kind !== 'refused') return { status: 'trusted', detail: `in ${bundle}`, fix: '' };
    return { status: 'partial', detail: `in ${bundle}, but ${verdict.why}`, fix: '' };
  }
  return { status: 'unsupported', detail, fix: 'devca trust plan --store system' };
}
