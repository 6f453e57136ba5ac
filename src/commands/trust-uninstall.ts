import { defineCommand } from '../cli/command.ts';
import { isDevcaError } from '../errors/devca-error.ts';
import type { World } from '../platform/world.ts';
import { journalledRoots, type StoreOutcome, uninstallTrust } from '../truststore/trust.ts';
import type { TrustAnchor } from '../truststore/trust-anchor.ts';
import { reportOutcomes } from './trust-install.ts';
import { printPlan } from './trust-plan.ts';
import { trustAnchorOf } from './trust-table.ts';

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
    'dry-run': { type: 'boolean', describe: 'print the commands and change nothing' },
  },
  examples: [
    { command: 'devca trust uninstall', does: 'from every store' },
    { command: 'devca trust uninstall --dry-run', does: 'the exact commands, to read or to run yourself' },
  ],
  async run({ flags }, context) {
    const { world, output } = context;
    const anchors = await anchorsFor(flags.home, world);
    const outcomes: StoreOutcome[] = [];
    let planned: 0 | 5 = 0;
    for (const anchor of anchors) {
      if (flags['dry-run']) planned = (await printPlan('uninstall', anchor, flags.store, context)) || planned;
      else outcomes.push(...(await uninstallTrust(anchor, { stores: flags.store }, world)));
    }
    if (anchors.length === 0) output.note('no root of devca was ever put into a store by this user');
    return flags['dry-run'] ? planned : reportOutcomes(outcomes, context);
  },
});

/** The root of the authority that is there; without one, every root that the journal knows. */
async function anchorsFor(homeFlag: string | undefined, world: World): Promise<readonly TrustAnchor[]> {
  try {
    return [trustAnchorOf(homeFlag, world)];
  } catch (error) {
    if (isDevcaError(error, 'DEVCA_AUTHORITY_MISSING')) return journalledRoots(world);
    throw error;
  }
}
