import { DevcaError } from '../errors/devca-error.ts';
import { pathsOf } from '../platform/paths.ts';
import { javaFamily } from './java/java-store.ts';
import { nssFamily } from './nss/nss-store.ts';
import { platformFamilies } from './platform-families.ts';
import { chromiumPolicyFamily } from './policy/chromium-policy.ts';
import { firefoxPolicyFamily } from './policy/firefox-policy.ts';
import type { TrustSession } from './session.ts';
import { answerInTime } from './store-status.ts';
import { systemFamily } from './system/system-family.ts';
import type { StoreFamily, TrustStore } from './trust-store.ts';

/** Every kind of store that devca knows, in the order in which they are changed and shown. */
const FAMILIES: readonly StoreFamily[] = [
  systemFamily,
  ...platformFamilies,
  nssFamily,
  firefoxPolicyFamily,
  chromiumPolicyFamily,
  javaFamily,
];

/**
 * The stores that a command is about. A selector is an id (`nss:/home/alice/.pki/nssdb`) or a kind (`nss`); without any,
 * all that are on this machine. A kind or path that is named may come to a store that is not there yet.
 */
export async function selectStores(
  selectors: readonly string[] | undefined,
  session: TrustSession,
): Promise<readonly TrustStore[]> {
  if (selectors === undefined || selectors.length === 0) return detectAll(session, []);
  const kinds = selectors.filter((selector) => FAMILIES.some(({ kind }) => kind === selector));
  const detected = await detectAll(
    session,
    selectors.map((selector) => selector.split(':', 1)[0] ?? ''),
  );
  const chosen = new Map<string, TrustStore>();
  const unknown: string[] = [];
  for (const selector of selectors) {
    const matches = detected.filter(({ id }) => isSelected(id, selector));
    const named = matches.length > 0 ? matches : [storeById(selector, session)];
    for (const store of named) {
      if (store !== undefined) chosen.set(store.id, store);
      else if (!kinds.includes(selector)) unknown.push(selector);
    }
  }
  if (unknown.length > 0) {
    const known = detected.map(({ id }) => id);
    throw new DevcaError('DEVCA_TRUST_STORE_UNKNOWN', { unknown, known });
  }
  return [...chosen.values()];
}

export const isSelected = (id: string, selector: string): boolean =>
  id === selector || id.startsWith(`${selector}:`);

/** The store of an id as it was found on this machine, else as `storeById` knows it. */
export const storeAmong = (
  detected: readonly TrustStore[],
  id: string,
  session: TrustSession,
): TrustStore | undefined => detected.find((store) => store.id === id) ?? storeById(id, session);

/** A store by an id that the user or the journal gives, whether or not it is there. */
export function storeById(id: string, session: TrustSession): TrustStore | undefined {
  const [kind = ''] = id.split(':', 1);
  const family = FAMILIES.find((candidate) => candidate.kind === kind);
  const rest = id.slice(kind.length + 1);
  const paths = pathsOf(session.world.system);
  if (paths.isAbsolute(rest)) return family?.at?.(paths.resolve(rest), session);
  return rest === '' ? undefined : family?.named?.(rest, session);
}

/** A family that can't even be looked for, or hangs, gets a row that says so, and the others get theirs. */
async function detectAll(session: TrustSession, named: readonly string[]): Promise<readonly TrustStore[]> {
  const found = await Promise.all(
    FAMILIES.map(async ({ kind, detect }) => {
      try {
        return await answerInTime(detect(session, named.includes(kind)), { id: kind });
      } catch (error) {
        return [failingStore(kind, error)];
      }
    }),
  );
  return found.flat();
}

function failingStore(kind: string, error: unknown): TrustStore {
  const fail = async (): Promise<never> => {
    throw error;
  };
  return { id: kind, name: kind, status: fail, plan: fail };
}
