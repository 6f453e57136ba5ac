import { type CommandContext, defineCommand } from '../cli/command.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { planScript, planTrust, type StorePreview } from '../truststore/trust.ts';
import type { TrustAction, TrustAnchor } from '../truststore/trust-anchor.ts';
import { trustAnchorsOf } from './trust-table.ts';

export const trustPlanCommand = defineCommand({
  name: 'trust plan',
  summary: 'print the exact commands of a trust install or uninstall',
  details: 'What is printed is a script for a POSIX shell, and exactly what devca itself would run.',
  positionals: { action: { describe: 'install (the default) or uninstall' } },
  flags: {
    store: {
      type: 'list',
      value: 'STORE',
      describe: 'only this store or kind of store, such as system or nss',
    },
    authority: { type: 'string', value: 'NAME', describe: 'whose root (default: the default authority)' },
  },
  examples: [
    { command: 'devca trust plan', does: 'what "devca trust install" would do' },
    {
      command: 'devca trust plan uninstall --store system',
      does: 'how to take the root out of the system again',
    },
  ],
  async run({ flags, positionals }, context) {
    const action = positionals.action ?? 'install';
    if (action !== 'install' && action !== 'uninstall') {
      const expected = 'install or uninstall';
      throw new DevcaError('DEVCA_USAGE_VALUE', {
        command: 'trust plan',
        flag: 'ACTION',
        value: action,
        expected,
      });
    }
    return printPlan(action, trustAnchorsOf(flags, context.world), flags.store, context);
  },
});

/** Prints what would be done; 5 where devca could not do it by itself. */
export async function printPlan(
  action: TrustAction,
  anchors: readonly TrustAnchor[],
  stores: readonly string[],
  { world, output }: CommandContext,
): Promise<0 | 5> {
  const previews: StorePreview[] = [];
  for (const anchor of anchors) previews.push(...(await planTrust(action, anchor, { stores }, world)));
  const script = planScript(previews, world);
  const plans = previews.map(({ id, name, steps, error }) => ({
    id,
    name,
    steps,
    ...(error === undefined
      ? {}
      : { error: { code: error.code, message: error.message, hints: error.hints } }),
  }));
  output.result({ action, plans, script }, () => (script === '' ? '# nothing to do' : script));
  for (const { id, error } of previews) {
    if (error !== undefined && !output.json) output.warn(`${id}: ${error.message} [${error.code}]`);
  }
  return previews.some(({ error }) => error !== undefined) ? 5 : 0;
}
