import { defineCommand } from '../cli/command.ts';
import { remainingTrust } from '../lifecycle/remaining-trust.ts';
import type { World } from '../platform/world.ts';
import { journalledRoots, uninstallRoots } from '../truststore/trust.ts';
import type { TrustAnchor } from '../truststore/trust-anchor.ts';
import { warnOfRemaining } from './remaining-trust.ts';
import { type AnchoredOutcome, reportOutcomes } from './trust-install.ts';
import { ownAnchors, rootsByFingerprint } from './trust-journalled.ts';
import { printPlan } from './trust-plan.ts';
import {
  type AuthorityFlags,
  byFingerprint,
  formatStoresWithFixes,
  STORE_FLAGS,
  withPlace,
  withRoot,
} from './trust-table.ts';

export const trustUninstallCommand = defineCommand({
  name: 'trust uninstall',
  summary: 'take the root out of every store again',
  details:
    "Undoes exactly what the journal says was done, also after the authority's folder is gone: then for every root that devca has put into a store.",
  positionals: {},
  flags: {
    ...STORE_FLAGS,
    sha256: {
      type: 'list',
      value: 'HEX',
      describe: 'only this root, such as one that came by "--from": its fingerprint, or the beginning of it',
    },
    all: { type: 'boolean', describe: 'every root that devca has put into a store, of all authorities' },
    'dry-run': { type: 'boolean', describe: 'print the commands and change nothing' },
    yes: { type: 'boolean', alias: 'y', describe: 'as elsewhere; nothing is asked' },
  },
  examples: [
    { command: 'devca trust uninstall', does: 'from every store' },
    { command: 'devca trust uninstall --sha256 3f8a91bc', does: "a colleague's root alone" },
    { command: 'devca trust uninstall --dry-run', does: 'the exact commands, to read or to run yourself' },
  ],
  async run({ flags }, context) {
    const { world, output } = context;
    const { own, anchors, others } = await anchorsFor(flags, world);
    const options = { stores: flags.store };
    if (flags['dry-run']) return printPlan('uninstall', anchors, options, context);
    if (anchors.length === 0) {
      output.report({ stores: [] }, () => 'no root of devca is in a store of this user; nothing was changed');
      return 0;
    }
    const removals = await uninstallRoots(anchors, options, world);
    const remaining = await remainingTrust(removals, world);
    const outcomes = removals.flatMap(({ anchor, outcomes: rows }) => {
      const isOwn = own.some(({ sha256 }) => sha256 === anchor.sha256);
      const fixOf = (row: AnchoredOutcome): string => {
        if (row.error !== undefined) return isOwn ? row.fix : byFingerprint(row.fix, anchor);
        return remaining.find(({ store, root }) => store === row.id && root === anchor)?.fix ?? '';
      };
      return rows.map(withRoot(anchor)).map((row) => ({ ...row, fix: fixOf(row) }));
    });
    const status = reportOutcomes(withPlace(outcomes, flags, world), formatStoresWithFixes, context);
    warnOfRemaining(remaining, output);
    if (status === 0 && remaining.length === 0 && outcomes.every(({ changed }) => !changed))
      output.note('no store had it: nothing was changed');
    if (others.length > 0) {
      const names = others.map(({ name, sha256 }) => `${name} (${sha256.slice(0, 16)})`).join(', ');
      output.note(
        `roots of other authorities may still be trusted: ${names}; "devca trust uninstall --all" takes them out, "--sha256" a single one`,
      );
    }
    return status === 0 && remaining.length > 0 ? 4 : status;
  },
});

interface UninstallFlags extends AuthorityFlags {
  readonly all: boolean;
  readonly sha256: readonly string[];
}

interface Anchors {
  /** Those of the authority. */
  readonly own: readonly TrustAnchor[];
  readonly anchors: readonly TrustAnchor[];
  /** Roots that the journal knows and that are left alone. */
  readonly others: readonly TrustAnchor[];
}

/** The roots that are named, or those of the authority; without one, or with `--all`, every root that the journal knows. */
async function anchorsFor(flags: UninstallFlags, world: World): Promise<Anchors> {
  const journalled = await journalledRoots(world);
  const own = ownAnchors(flags, world);
  if (flags.sha256.length > 0)
    return { own, anchors: rootsByFingerprint(flags.sha256, journalled), others: [] };
  if (own.length === 0) return { own, anchors: journalled, others: [] };
  const others = journalled.filter(({ sha256 }) => own.every((anchor) => anchor.sha256 !== sha256));
  return flags.all ? { own, anchors: [...own, ...others], others: [] } : { own, anchors: own, others };
}
