import type { CommandContext } from '../cli/command.ts';
import { confirm } from '../cli/prompt.ts';
import { formatFields } from '../cli/table.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { checkFingerprints, type ForeignRoot, readForeignRoots } from '../lifecycle/import-roots.ts';
import { describeScope } from '../lifecycle/root-scope.ts';
import type { TrustAnchor } from '../truststore/trust-anchor.ts';

export interface FromFlags {
  readonly authority: string | undefined;
  readonly sha256: readonly string[];
  readonly 'allow-unconstrained': boolean;
  readonly 'dry-run': boolean;
}

/** The roots of a file from elsewhere, once it is known that they are the right ones; undefined where somebody says no. */
export async function foreignAnchors(
  path: string,
  flags: FromFlags,
  { world, output }: CommandContext,
): Promise<readonly TrustAnchor[] | undefined> {
  if (flags.authority !== undefined)
    throw new DevcaError('DEVCA_USAGE_INVALID', {
      command: 'trust install',
      detail: '"--from" brings its own roots: leave out "--authority"',
    });
  const roots = readForeignRoots({ path, allowUnconstrained: flags['allow-unconstrained'] }, world);
  output.note(roots.map(describe).join('\n\n'));
  if (flags.sha256.length > 0) checkFingerprints(roots, flags.sha256, path);
  else if (!flags['dry-run'] && !(await isWanted(roots, path, { world, output }))) return undefined;
  return roots.map(({ anchor }) => anchor);
}

async function isWanted(
  roots: readonly ForeignRoot[],
  path: string,
  { world, output }: CommandContext,
): Promise<boolean> {
  // With --quiet the fingerprint is not shown, so there is nothing to say yes to.
  if (!world.terminal.canAsk || output.json || output.quiet) checkFingerprints(roots, [], path);
  const question = `Is ${roots.length === 1 ? 'this the root' : 'each of these a root'} that you expect, with this fingerprint?`;
  if (await confirm(question, world)) return true;
  output.note('trust was left as it is');
  return false;
}

const describe = ({ anchor, subject, notAfter, scope }: ForeignRoot): string =>
  formatFields([
    ['root', subject],
    ['SHA-256', anchor.sha256],
    ['ends', notAfter.toISOString().slice(0, 10)],
    ['may sign for', describeScope(scope)],
  ]);
