import { defineCommand } from '../cli/command.ts';
import type { World } from '../platform/world.ts';
import { journalledRoots, uninstallTrust } from '../truststore/trust.ts';
import type { TrustAnchor } from '../truststore/trust-anchor.ts';
import { type AnchoredOutcome, reportOutcomes } from './trust-install.ts';
import { ownAnchors, rootsByFingerprint } from './trust-journalled.ts';
import { printPlan } from './trust-plan.ts';
import { type AuthorityFlags, formatStores, withRoot } from './trust-table.ts';

export const trustUninstallCommand = defineCommand({
  name: 'trust uninstall',
  summary: 'take the root out of every store again',
  details:
    "Undoes exactly what the journal says was done, also after the authority's folder is gone: then for every root that devca has put into a store.",
  positionals: {},
  flags: {
    store: {
      type: 'list',
      value: 'STORE',
      describe: 'only this store or kind of store, such as system or nss',
    },
    authority: { type: 'string', value: 'NAME', describe: 'whose root (default: the default authority)' },
    sha256: {
      type: 'list',
      value: 'HEX',
      describe: 'only this root, such as one that came by "--from": its fingerprint, or the beginning of it',
    },
    all: { type: 'boolean', describe: 'every root that devca has put into a store, of all authorities' },
    'dry-run': { type: 'boolean', describe: 'print the commands and change nothing' },
  },
  examples: [
    { command: 'devca trust uninstall', does: 'from every store' },
    { command: 'devca trust uninstall --sha256 3f8a91bc', does: "a colleague's root alone" },
    { command: 'devca trust uninstall --dry-run', does: 'the exact commands, to read or to run yourself' },
  ],
  async run({ flags }, context) {
    const { world, output } = context;
    const { anchors, others } = await anchorsFor(flags, world);
    if (anchors.length === 0) output.note('no root of devca was ever put into a store by this user');
    const options = { stores: flags.store };
    if (flags['dry-run']) return printPlan('uninstall', anchors, options, context);
    const outcomes: AnchoredOutcome[] = [];
    for (const anchor of anchors)
      outcomes.push(...(await uninstallTrust(anchor, options, world)).map(withRoot(anchor)));
    const status = reportOutcomes(outcomes, formatStores, context);
    if (others.length > 0) {
      const names = others.map(({ name, sha256 }) => `${name} (${sha256.slice(0, 16)})`).join(', ');
      output.note(
        `roots of other authorities may still be trusted: ${names}; "devca trust uninstall --all" takes them out, "--sha256" a single one`,
      );
    }
    return status;
  },
});

interface UninstallFlags extends AuthorityFlags {
  readonly all: boolean;
  readonly sha256: readonly string[];
}

interface Anchors {
  readonly anchors: readonly TrustAnchor[];
  /** Roots that the journal knows and that are left alone. */
  readonly others: readonly TrustAnchor[];
}

/** The roots that are named, or those of the authority; without one, or with `--all`, every root that the journal knows. */
async function anchorsFor(flags: UninstallFlags, world: World): Promise<Anchors> {
  const journalled = await journalledRoots(world);
  if (flags.sha256.length > 0) return { anchors: rootsByFingerprint(flags.sha256, journalled), others: [] };
  const own = ownAnchors(flags, world);
  if (own.length === 0) return { anchors: journalled, others: [] };
  const others = journalled.filter(({ sha256 }) => own.every((anchor) => anchor.sha256 !== sha256));
  return flags.all ? { anchors: [...own, ...others], others: [] } : { anchors: own, others };
}
