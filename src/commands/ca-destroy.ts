import { defineCommand } from '../cli/command.ts';
import type { Output } from '../cli/output.ts';
import { confirm } from '../cli/prompt.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { type Destruction, destroyHome, planDestruction } from '../lifecycle/destroy.ts';
import { forTerminal } from '../platform/escape.ts';
import { homeOf } from '../platform/paths.ts';
import { noteOfKept, remainingEntry, removalRows, warnOfRemaining } from './remaining-trust.ts';
import { formatStoresWithFixes } from './trust-table.ts';

export const caDestroyCommand = defineCommand({
  name: 'ca destroy',
  summary: 'end every authority of a home: trust, keys, files and inventory',
  details:
    'Takes the roots out of every trust store first; where one cannot be changed nothing is destroyed, so that it can be tried again. Files of certificates that were issued stay where they are, and are listed; nothing will trust them. Exit status: 4 where all is destroyed and a store trusts a root all the same, because something other than devca put it there.',
  positionals: {},
  flags: {
    yes: { type: 'boolean', alias: 'y', describe: 'do not ask' },
    'no-trust': { type: 'boolean', describe: 'leave every trust store alone' },
    'dry-run': { type: 'boolean', describe: 'say what would go and change nothing' },
  },
  examples: [
    { command: 'devca ca destroy --dry-run', does: 'what would go, and what would stay' },
    { command: 'devca ca destroy', does: 'asks, then leaves nothing trusted and no key' },
  ],
  async run({ flags }, { world, output }) {
    const home = homeOf(flags.home, world.system);
    const plan = await planDestruction(home, world);
    if (flags['dry-run']) {
      output.result(
        { destroyed: false, ...entryOf(plan, home) },
        () => `would destroy ${describe(plan, home)}`,
      );
      return 0;
    }
    if (!flags.yes) {
      const { authorities } = plan;
      if (!world.terminal.canAsk || output.json)
        throw new DevcaError('DEVCA_DESTROY_UNCONFIRMED', { home, authorities });
      output.note(forTerminalLines(describe(plan, home)));
      if (!(await confirm('Destroy all of it? It cannot be undone.', world))) {
        output.note('nothing was destroyed');
        return 1;
      }
    }
    const outcome = await destroyHome({ noTrust: flags['no-trust'] }, home, world);
    const { destroyed, removed, left } = outcome;
    const remaining = outcome.remaining.map(remainingEntry);
    const rows = removalRows(outcome.trust);
    const stores = rows.map(({ id, status, detail, fix, root }) => ({ id, status, detail, fix, root }));
    output.report({ destroyed, ...entryOf(outcome, home), removed, left, stores, remaining }, () =>
      [
        destroyed
          ? `destroyed ${describe(outcome, home)}`
          : 'destroyed nothing: a store still trusts a root of it, and could not be changed',
        ...(left.length === 0 ? [] : [`not written by devca, or changed since, and left: ${list(left)}`]),
        ...(rows.length === 0 ? [] : ['', formatStoresWithFixes(rows, output)]),
      ].join('\n'),
    );
    warnOfRemaining(outcome.remaining, output);
    if (destroyed) warnOfNamed(outcome, output);
    if (!destroyed) {
      noteOfKept(output);
      return 5;
    }
    return remaining.length > 0 ? 4 : 0;
  },
});

function entryOf(destruction: Destruction, home: string): object {
  const { authorities, anchors, live, staying } = destruction;
  const roots = anchors.map(({ name, sha256 }) => ({ name, sha256 }));
  const [runtimeFiles, runtimeFilesInUse] = [false, true].map((isNamed) =>
    runtimePaths(destruction, isNamed),
  );
  return { home, authorities, roots, live, staying, runtimeFiles, runtimeFilesInUse };
}

const runtimePaths = ({ runtimeFiles }: Destruction, isNamed: boolean): readonly string[] =>
  runtimeFiles.filter((each) => each.isNamed === isNamed).flatMap(({ paths }) => paths);

/** A shell that names a file which is gone trusts nothing at all. */
function warnOfNamed(outcome: Destruction, output: Output): void {
  for (const path of runtimePaths(outcome, true))
    output.warn(
      `"${path}" stays, since variables of this shell lead to it: undo them with "devca env --unset", then remove it`,
    );
}

function describe(destruction: Destruction, home: string): string {
  const { authorities, anchors, live, staying } = destruction;
  const names = authorities.map((name) => `"${name}"`).join(', ');
  const roots = anchors.map(({ sha256 }) => sha256.slice(0, 16)).join(', ');
  const runtime = runtimePaths(destruction, false);
  return forTerminalLines(
    [
      `${authorities.length === 1 ? 'the authority' : 'the authorities'} ${names} in ${home}`,
      `  roots: ${roots}`,
      `  certificates in use, which nothing will trust: ${live}`,
      ...(runtime.length === 0 ? [] : [`  files that "devca env" and "devca run" made: ${list(runtime)}`]),
      ...(staying.length === 0 ? [] : [`  files of certificates, which stay: ${list(staying)}`]),
    ].join('\n'),
  );
}

const list = (paths: readonly string[]): string => paths.map((path) => `\n    ${path}`).join('');

const forTerminalLines = (text: string): string => text.split('\n').map(forTerminal).join('\n');
