import { placeWords } from '../authority/place-flags.ts';
import { defineCommand } from '../cli/command.ts';
import type { Output } from '../cli/output.ts';
import { confirm } from '../cli/prompt.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { type DestroyOutcome, destroy } from '../lifecycle/destroy.ts';
import { type Destruction, planDestruction } from '../lifecycle/destroy-plan.ts';
import { homeOf } from '../platform/paths.ts';
import {
  describeConsequences,
  describeDestruction,
  forTerminalLines,
  listOf,
  runtimePaths,
} from './ca-destroy-text.ts';
import { noteOfKept, remainingEntry, removalRows, warnOfRemaining } from './remaining-trust.ts';
import { formatStoresWithFixes } from './trust-table.ts';

export const caDestroyCommand = defineCommand({
  name: 'ca destroy',
  summary: 'end the authorities of a home, or one of them: trust, keys, files and inventory',
  details:
    'Takes the roots out of every trust store first; where one cannot be changed nothing is destroyed, so that it can be tried again. Files of certificates that were issued stay where they are, and are listed; nothing will trust them. With --authority one of several ends, with all its generations: what it has issued stays in the inventory, and its name can be used again; the only one of a home ends as without it, with the inventory. A copy of the home, such as one that was restored from a backup, has the same roots: --no-trust leaves them in the stores for it. Exit status: 4 where all is destroyed and a store trusts a root all the same, because something other than devca put it there.',
  positionals: {},
  flags: {
    authority: {
      type: 'string',
      value: 'NAME',
      describe: 'only this one of several (default: all, with the home)',
    },
    yes: { type: 'boolean', alias: 'y', describe: 'do not ask' },
    'no-trust': { type: 'boolean', describe: 'leave every trust store alone' },
    'dry-run': { type: 'boolean', describe: 'say what would go and change nothing' },
  },
  examples: [
    { command: 'devca ca destroy --dry-run', does: 'what would go, and what would stay' },
    { command: 'devca ca destroy', does: 'asks, then leaves nothing trusted and no key' },
    { command: 'devca ca destroy --authority work', does: 'one of several; the others stay as they are' },
  ],
  async run({ flags }, { world, output }) {
    const home = homeOf(flags.home, world.system);
    const { authority, 'no-trust': noTrust } = flags;
    const plan = await planDestruction(authority, home, world);
    const text = [describeDestruction(plan, home), ...describeConsequences(plan, noTrust)].join('\n');
    if (flags['dry-run']) {
      output.result({ destroyed: false, ...entryOf(plan, home) }, () =>
        forTerminalLines(`would destroy ${text}`),
      );
      return 0;
    }
    // Of what is destroyed already only leftovers go, unless stores trust its roots again.
    const isAgain = plan.destroyedAt !== undefined && (noTrust || plan.anchors.length === 0);
    if (!flags.yes && !isAgain) {
      const { authorities } = plan;
      if (!world.terminal.canAsk || output.json)
        throw new DevcaError('DEVCA_DESTROY_UNCONFIRMED', {
          home,
          authorities,
          place: placeWords({ home, authority }, world),
        });
      output.note(forTerminalLines(text));
      if (!(await confirm('Destroy all of it? It cannot be undone.', world))) {
        output.note('nothing was destroyed');
        return 1;
      }
    }
    const outcome = await destroy({ authority, noTrust }, home, world);
    const { destroyed, removed, left } = outcome;
    const remaining = outcome.remaining.map(remainingEntry);
    const rows = removalRows(outcome.trust);
    const stores = rows.map(({ id, status, detail, fix, root }) => ({ id, status, detail, fix, root }));
    output.report({ destroyed, ...entryOf(outcome, home), removed, left, stores, remaining }, () =>
      [
        forTerminalLines(summary(outcome, home)),
        ...(left.length === 0 ? [] : [`not written by devca, or changed since, and left: ${listOf(left)}`]),
        ...(rows.length === 0 ? [] : ['', formatStoresWithFixes(rows, output)]),
      ].join('\n'),
    );
    warnOfRemaining(outcome.remaining, output);
    if (destroyed) warnOfRuntimeFiles(outcome, output);
    if (!destroyed) {
      noteOfKept(output);
      return 5;
    }
    return remaining.length > 0 ? 4 : 0;
  },
});

function summary(outcome: DestroyOutcome, home: string): string {
  const { destroyed, destroyedAt, removed, heir } = outcome;
  if (!destroyed) return 'destroyed nothing: a store still trusts a root of it, and could not be changed';
  if (destroyedAt !== undefined) {
    const [name = ''] = outcome.authorities;
    const rest =
      removed.length === 0 ? 'nothing of it was left' : `removed what was left: ${listOf(removed)}`;
    return `the authority "${name}" was destroyed on ${destroyedAt.toISOString().slice(0, 10)} already; ${rest}`;
  }
  const moved = heir === undefined ? [] : [`"${heir}" is the default authority now`];
  return [`destroyed ${describeDestruction(outcome, home)}`, ...moved].join('\n');
}

function entryOf(destruction: Destruction, home: string): object {
  const { authorities, isWhole, destroyedAt, heir, anchors, issued, live, staying } = destruction;
  const roots = anchors.map(({ name, sha256 }) => ({ name, sha256 }));
  return {
    home,
    authorities,
    whole: isWhole,
    destroyedBefore: destroyedAt?.toISOString() ?? null,
    newDefault: heir ?? null,
    roots,
    issued,
    live,
    staying,
    runtimeFiles: runtimePaths(destruction.runtimeFiles, false),
    runtimeFilesInUse: runtimePaths(destruction.runtimeFiles, true),
    runtimeFilesShared: runtimePaths(destruction.sharedRuntimeFiles),
  };
}

/** A shell that names a file which is gone trusts nothing at all. */
function warnOfRuntimeFiles({ runtimeFiles, sharedRuntimeFiles }: Destruction, output: Output): void {
  for (const path of runtimePaths(runtimeFiles, true))
    output.warn(
      `"${path}" stays, since variables of this shell lead to it: undo them with "devca env --unset", then remove it`,
    );
  const shared = runtimePaths(sharedRuntimeFiles);
  if (shared.length > 0)
    output.warn(
      `files that "devca env" made of all authorities may still hold its root, until "devca env" makes them anew: ${shared.map((path) => `"${path}"`).join(', ')}`,
    );
}
