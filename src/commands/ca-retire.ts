import { defineCommand } from '../cli/command.ts';
import { planRetirement, type RetireRequest, retireAuthority } from '../lifecycle/retire.ts';
import { homeOf } from '../platform/paths.ts';
import { warnOfRecovery } from './recovery-warning.ts';
import { noteOfKept, remainingEntry, removalRows, warnOfRemaining } from './remaining-trust.ts';
import { printPlan } from './trust-plan.ts';
import { formatStoresWithFixes } from './trust-table.ts';

export const caRetireCommand = defineCommand({
  name: 'ca retire',
  summary: 'end earlier generations of an authority, and take their roots out of every store',
  details:
    'Refused while certificates of an earlier generation are in use, unless --force. The keys of what is retired are destroyed, and its root and lists leave the files in ca/. Where a store cannot be changed nothing is retired, so that it can be tried again. Exit status: 4 where it is retired and a store trusts its root all the same, because something other than devca put it there.',
  positionals: {},
  flags: {
    generation: { type: 'number', value: 'N', describe: 'only this one (default: all but the latest)' },
    force: { type: 'boolean', describe: 'also where certificates of it are in use: nothing will trust them' },
    authority: { type: 'string', value: 'NAME', describe: 'which authority (default: the default one)' },
    'no-trust': { type: 'boolean', describe: 'leave every trust store alone' },
    'dry-run': { type: 'boolean', describe: 'print the commands for the stores and change nothing' },
  },
  examples: [
    { command: 'devca ca retire', does: 'once "devca list --old" is empty' },
    { command: 'devca ca retire --dry-run', does: 'what would be taken out of which store' },
  ],
  async run({ flags }, context) {
    const { world, output } = context;
    const home = homeOf(flags.home, world.system);
    const request: RetireRequest = {
      force: flags.force,
      noTrust: flags['no-trust'],
      ...(flags.authority === undefined ? {} : { authority: flags.authority }),
      ...(flags.generation === undefined ? {} : { generation: flags.generation }),
    };
    if (flags['dry-run']) {
      const anchors = planRetirement(request, home, world).generations.map(({ anchor }) => anchor);
      return printPlan('uninstall', flags['no-trust'] ? [] : anchors, {}, context);
    }
    const outcome = await retireAuthority(request, home, world);
    if (outcome.recovery !== undefined) warnOfRecovery(outcome.recovery, output);
    const rows = removalRows(outcome.trust);
    const { name, retired, removed, remaining } = outcome;
    const generations = outcome.generations.map(({ generation, live, anchor: { sha256 } }) => {
      return { generation, live, root: sha256 };
    });
    const list = `generation${generations.length === 1 ? '' : 's'} ${generations.map(({ generation }) => generation).join(', ')}`;
    const text = retired
      ? `retired ${list} of the authority "${name}"`
      : generations.length === 0
        ? `the authority "${name}" has no earlier generation; nothing was changed`
        : `retired nothing: a store still trusts ${list} of the authority "${name}", and could not be changed`;
    const stores = rows.map(({ id, status, detail, fix, root, changed }) => {
      return { id, status, detail, fix, root, changed };
    });
    output.report(
      { authority: name, retired, generations, removed, stores, remaining: remaining.map(remainingEntry) },
      () => (rows.length === 0 ? text : `${text}\n\n${formatStoresWithFixes(rows, output)}`),
    );
    warnOfRemaining(remaining, output);
    if (!retired && generations.length > 0) {
      noteOfKept(output);
      return 5;
    }
    return remaining.length > 0 ? 4 : 0;
  },
});
