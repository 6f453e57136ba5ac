import { type CommandContext, defineCommand } from '../cli/command.ts';
import { installTrust, journalledRoots, type StoreOutcome } from '../truststore/trust.ts';
import type { TrustAnchor } from '../truststore/trust-anchor.ts';
import { type FromFlags, foreignAnchors } from './trust-from.ts';
import { rootsByFingerprint, withFingerprint } from './trust-journalled.ts';
import { printPlan } from './trust-plan.ts';
import {
  type AnchoredRow,
  type formatStores,
  formatStoresWithFixes,
  STORE_FLAGS,
  trustAnchorsOf,
  withPlace,
  withRoot,
} from './trust-table.ts';

export const trustInstallCommand = defineCommand({
  name: 'trust install',
  summary: 'make the system and the browsers trust the root',
  details:
    'Each store is changed on its own and asked afterwards; one that fails stops none of the others. Every change is kept in a journal, so that "devca trust uninstall" undoes exactly it. Where root is needed and there is a terminal, sudo asks for the password.',
  positionals: {},
  flags: {
    ...STORE_FLAGS,
    from: { type: 'string', value: 'FILE', describe: 'the roots in a file that someone else made' },
    sha256: {
      type: 'list',
      value: 'HEX',
      describe:
        'the fingerprint of a root in that file, needed where nobody can be asked; without --from, of a root that was installed before',
    },
    'allow-unconstrained': {
      type: 'boolean',
      describe: 'with --from: also a root that may sign for every name, and a file with a key in it',
    },
    'dry-run': { type: 'boolean', describe: 'print the commands and change nothing' },
    yes: {
      type: 'boolean',
      alias: 'y',
      describe: 'as elsewhere; nothing is asked for an own root, and one of --from is told by --sha256 alone',
    },
  },
  examples: [
    { command: 'devca trust install', does: 'in every store of this machine' },
    { command: 'devca trust install --store nss', does: 'in the browsers alone' },
    { command: 'devca trust install --from roots.pem', does: "a colleague's roots, after a look at them" },
    { command: 'devca trust install --dry-run', does: 'the exact commands, to read or to run yourself' },
  ],
  async run({ flags }, context) {
    const anchors = await chosenAnchors(flags, context);
    if (anchors === undefined) return 1;
    if (flags['dry-run']) return printPlan('install', anchors, { stores: flags.store }, context);
    const isOwn = flags.from === undefined && flags.sha256.length === 0;
    const found: AnchoredOutcome[] = [];
    const options = { stores: flags.store };
    for (const anchor of anchors)
      found.push(...(await installTrust(anchor, options, context.world)).map(withRoot(anchor, isOwn)));
    const outcomes = isOwn || flags.from !== undefined ? found : found.map(withFingerprint);
    return reportOutcomes(withPlace(outcomes, flags, context.world), formatStoresWithFixes, context);
  },
});

interface ChoiceFlags extends FromFlags {
  readonly home: string | undefined;
  readonly from: string | undefined;
}

/** Those of the authority, of a file, or, by fingerprint alone, of the journal: roots that were put into a store before. */
async function chosenAnchors(
  flags: ChoiceFlags,
  context: CommandContext,
): Promise<readonly TrustAnchor[] | undefined> {
  if (flags.from !== undefined) return foreignAnchors(flags.from, flags, context);
  if (flags.sha256.length === 0) return trustAnchorsOf(flags, context.world);
  return rootsByFingerprint(flags.sha256, await journalledRoots(context.world));
}

export type AnchoredOutcome = StoreOutcome & AnchoredRow;

/** One line for each store, and a word where browsers have to be started again; 5 where a store could not be changed. */
export function reportOutcomes(
  outcomes: readonly AnchoredOutcome[],
  format: typeof formatStores,
  { output }: CommandContext,
): 0 | 5 {
  output.report({ stores: outcomes.map(outcomeEntry) }, () => format(outcomes, output));
  if (outcomes.some(({ id, changed }) => changed && id.startsWith('nss:'))) {
    output.note('browsers that are running see the change when they are started again');
  }
  return outcomes.some(({ error }) => error !== undefined) ? 5 : 0;
}

function outcomeEntry({ id, name, status, detail, fix, root, changed, error }: AnchoredOutcome): object {
  const failure =
    error === undefined ? {} : { error: { code: error.code, message: error.message, hints: error.hints } };
  return { id, name, status, detail, fix, root, changed, ...failure };
}
