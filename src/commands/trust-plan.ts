import { type CommandContext, defineCommand } from '../cli/command.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { forTerminal } from '../platform/escape.ts';
import type { Step } from '../truststore/step.ts';
import { planScript, planTrust, type StorePreview, type TrustOptions } from '../truststore/trust.ts';
import type { TrustAction, TrustAnchor } from '../truststore/trust-anchor.ts';
import { STORE_FLAGS, trustAnchorsOf } from './trust-table.ts';

export const trustPlanCommand = defineCommand({
  name: 'trust plan',
  summary: 'print the exact commands of a trust install or uninstall',
  details:
    'What is printed is a script for a POSIX shell, on Windows for PowerShell, and exactly what devca itself would run; what needs root has sudo before it. With --json, each step by itself, for device management.',
  positionals: { action: { describe: 'install (the default) or uninstall' } },
  flags: {
    ...STORE_FLAGS,
  },
  examples: [
    { command: 'devca trust plan', does: 'what "devca trust install" would do' },
    {
      command: 'devca trust plan uninstall --store system',
      does: 'how to take the root out of the system again',
    },
    { command: 'devca trust plan --json', does: 'the steps as data, with what needs root and why' },
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
    return printPlan(action, trustAnchorsOf(flags, context.world), { stores: flags.store }, context);
  },
});

interface Plan {
  readonly anchor: TrustAnchor;
  readonly preview: StorePreview;
}

/** Prints what would be done; 5 where devca could not do it by itself. */
export async function printPlan(
  action: TrustAction,
  anchors: readonly TrustAnchor[],
  options: TrustOptions,
  { world, output }: CommandContext,
): Promise<0 | 5> {
  const plans: Plan[] = [];
  const scripts: string[] = [];
  for (const anchor of anchors) {
    const previews = await planTrust(action, anchor, options, world);
    plans.push(...previews.map((preview) => ({ anchor, preview })));
    const script = planScript(previews, world);
    if (script !== '')
      scripts.push(`# ${action} ${forTerminal(anchor.name)}, SHA-256 ${anchor.sha256}\n${script}`);
  }
  const script = scripts.join('\n');
  const document = { action, plans: plans.map(planEntry), script };
  output.result(document, () => (script === '' ? '# nothing to do' : script));
  const previews = plans.map(({ preview }) => preview);
  for (const { id, error } of previews) {
    if (error !== undefined && !output.json) output.warn(`${id}: ${error.message} [${error.code}]`);
  }
  return previews.some(({ error }) => error !== undefined) ? 5 : 0;
}

/** For device management and other programs: each step by itself, and whether it has to run as root. */
function planEntry({ anchor, preview }: Plan): object {
  const { id, name, steps, advice, error } = preview;
  return {
    id,
    name,
    root: { name: anchor.name, sha256: anchor.sha256 },
    needsRoot: steps.some(({ needsRoot }) => needsRoot),
    steps: steps.map(stepEntry),
    ...(advice === undefined ? {} : { advice }),
    ...(error === undefined
      ? {}
      : { error: { code: error.code, message: error.message, hints: error.hints } }),
  };
}

function stepEntry(step: Step): object {
  if (step.kind !== 'write') return step;
  const { kind, path, text, mode, needsRoot, why } = step;
  return { kind, path, content: text, mode: `0${mode.toString(8)}`, needsRoot, why };
}
