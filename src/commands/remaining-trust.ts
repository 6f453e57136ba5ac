import type { Output } from '../cli/output.ts';
import type { RemainingTrust } from '../lifecycle/remaining-trust.ts';
import type { RootRemoval } from '../truststore/trust.ts';
import { byFingerprint, withRoot } from './trust-table.ts';

/** What stores said when roots were taken out of them, each with what mends it where that failed. */
export const removalRows = (removals: readonly RootRemoval[]) =>
  removals.flatMap(({ anchor, outcomes }) =>
    outcomes.map(withRoot(anchor)).map((row) => {
      return { ...row, fix: row.error === undefined ? '' : byFingerprint(row.fix, anchor) };
    }),
  );

/** Nothing else is done while a store keeps a root: says how to go on. */
export const noteOfKept = (output: Pick<Output, 'note'>): void =>
  output.note('once that is mended run the same command again, or leave the stores alone with "--no-trust"');

/** Says where a root is trusted still, and how it is taken out there: once for what one command mends. */
export function warnOfRemaining(remaining: readonly RemainingTrust[], output: Pick<Output, 'warn'>): void {
  const groups = new Map<string, readonly RemainingTrust[]>();
  for (const each of remaining) {
    const key = `${each.root.sha256} ${each.fix}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const { root, subject, fix } = first;
    const stores = group.map(({ store }) => `"${store}"`).join(', ');
    const [noun, verb] = group.length === 1 ? ['store', 'trusts'] : ['stores', 'trust'];
    output.warn(
      `the trust ${noun} ${stores} still ${verb} "${subject}" (SHA-256 ${root.sha256.slice(0, 16)}), which something other than devca put there: ${remedy(fix)}`,
    );
  }
}

export const remainingEntry = ({ store, root, subject, detail, fix }: RemainingTrust): object => ({
  store,
  root: { name: root.name, subject, sha256: root.sha256 },
  detail,
  fix,
});

const remedy = (fix: string): string =>
  fix === 'devca trust status' ? 'take it out with what put it there' : `to take it out run "${fix}"`;
