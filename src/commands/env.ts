import { placeWords } from '../authority/place-flags.ts';
import { type CommandContext, defineCommand } from '../cli/command.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import {
  canUnset,
  defaultMedium,
  environmentText,
  MEDIA,
  type Medium,
  usageOf,
} from '../runtimes/environment-text.ts';
import { mendingCommands } from '../runtimes/override-verdict.ts';
import { overridingSettings } from '../runtimes/overriding-settings.ts';
import { restoredEnvironment } from '../runtimes/restored-environment.ts';
import type { VariableSetting } from '../runtimes/variable-setting.ts';
import { devcaRoots, RUNTIME_FLAGS, type RuntimeFlags, settingsFor } from './runtime-trust.ts';

export const envCommand = defineCommand({
  name: 'env',
  summary: "print the variables with which every runtime trusts devca's roots",
  details:
    'For a shell whose programs are to trust the root although no store does, or which look into no store: Node, Deno, Python and others. What a variable names today, such as the root of a company, stays trusted: the file that it names from now on holds that, or else the roots of the system, and those of devca. It is made anew by the next "devca env" or "devca run" when any of them has changed. For one command alone there is "devca run". Without an authority of your own they are the roots that came from elsewhere, by "devca trust install --from".',
  positionals: {},
  flags: {
    shell: {
      type: 'string',
      value: 'SHELL',
      choices: MEDIA,
      describe: 'how they are written (default: for the shell that SHELL names)',
    },
    unset: { type: 'boolean', describe: 'print what undoes it: each variable as it was before' },
    ...RUNTIME_FLAGS,
  },
  examples: [
    { command: 'eval "$(devca env)"', does: 'for the rest of this session of bash or zsh' },
    { command: 'eval "$(devca env --unset)"', does: 'as it was before' },
    { command: 'devca env --shell fish | source', does: 'in fish' },
    { command: 'devca env --shell fish --unset | source', does: 'in fish, as it was before' },
    { command: 'devca env --shell dotenv --only node > .env.devca', does: 'for "node --env-file"' },
    { command: 'devca env --shell github >> "$GITHUB_ENV"', does: 'for the next steps of a GitHub job' },
  ],
  async run({ flags }, context) {
    const { world, output } = context;
    const medium = MEDIA.find((name) => name === flags.shell) ?? defaultMedium(world.system);
    if (flags.unset) return printUnset(medium, context);
    const settings = await settingsFor(flags, 'env', world);
    const variables = settings.map(({ name, value, effect, runtimes, sources, certificates }) => {
      return { name, value, effect, runtimes, sources, certificates };
    });
    output.result({ variables }, () => environmentText(settings, medium, world.random));
    if (flags.only.length === 0) await warnOfSettings(settings, flags, context);
    tellUse(medium, context);
    return 0;
  },
});

function printUnset(medium: Medium, { world, output }: CommandContext): 0 {
  if (!canUnset(medium)) {
    const detail = `"--unset" has no words for it in ${medium}: leave the variables out instead`;
    throw new DevcaError('DEVCA_USAGE_INVALID', { command: 'env', detail });
  }
  const changes = restoredEnvironment(world);
  const variables = changes.map(({ name, value }) => ({ name, value: value ?? null }));
  output.result({ variables }, () => environmentText(changes, medium, world.random));
  return 0;
}

/** Of those that stand above the variables too, and hide the roots from their tools. */
async function warnOfSettings(
  variables: readonly VariableSetting[],
  flags: Pick<RuntimeFlags, 'home' | 'authority'>,
  { world, output }: CommandContext,
): Promise<void> {
  const set = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
  const environment = { ...world.system.environment, ...set };
  const wanted = (await devcaRoots(flags, world)).certificates.map(sha256Hex);
  const commands = mendingCommands(placeWords(flags, world));
  const rows = overridingSettings(wanted, { ...world, system: { ...world.system, environment } }, commands);
  for (const { file, setting, status, detail, fix } of rows)
    if (status === 'not-trusted' || status === 'unreadable')
      output.warn(`${setting} in "${file}" stands above the variables: ${detail}; to mend it, run "${fix}"`);
}

/** On a terminal the lines have done nothing yet. */
function tellUse(medium: Medium, { world, output }: CommandContext): void {
  const use = usageOf(medium);
  if (use !== undefined && world.terminal.stdoutIsTerminal && !output.json)
    output.note(`to set them: ${use}`);
}
