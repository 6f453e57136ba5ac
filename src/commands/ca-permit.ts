import { type Authority, openAuthority } from '../authority/open-authority.ts';
import { changeInventory } from '../authority/recovery.ts';
import { type CommandContext, type CommandStatus, defineCommand } from '../cli/command.ts';
import { notYetPermitted } from '../lifecycle/roll.ts';
import { homeOf } from '../platform/paths.ts';
import { type RollFlags, roll, seeToTrust } from './ca-roll.ts';
import { TRUST_FLAGS } from './ensure-trust.ts';
import { warnOfRecovery } from './recovery-warning.ts';

export const caPermitCommand = defineCommand({
  name: 'ca permit',
  summary: 'let an authority issue for further names or ranges of addresses',
  details:
    'What an authority may issue for stands in its certificates, so this is a rollover: a new root and intermediate with the wider constraint, which have to be trusted. See "devca ca roll --help". Where everything is permitted already no generation is made, and only trust is seen to.',
  positionals: {
    name: { describe: 'a name with all below it, or a range of addresses', required: true, many: true },
  },
  flags: {
    authority: { type: 'string', value: 'NAME', describe: 'which authority (default: the default one)' },
    bridge: {
      type: 'boolean',
      describe: "as for ca roll (only where the root's key was kept)",
    },
    'dry-run': { type: 'boolean', describe: 'print what would be made, and change nothing' },
    ...TRUST_FLAGS,
  },
  examples: [
    { command: 'devca ca permit mycompany.dev', does: 'names of your own domain' },
    {
      command: 'devca ca permit orders 100.64.0.0/10',
      does: 'a single label and the addresses of a tailnet',
    },
  ],
  async run({ flags, positionals }, context) {
    const { world } = context;
    const authority = openAuthority(homeOf(flags.home, world.system), world, flags.authority);
    const missing = notYetPermitted(positionals.name, authority);
    if (missing.length === 0) return settle(authority, flags, context);
    const request = {
      permit: missing,
      bridge: flags.bridge,
      ...(flags.authority === undefined ? {} : { authority: flags.authority }),
    };
    return roll(request, flags, context);
  },
});

/** Where an earlier run has made the generation: what it was interrupted in is completed, trust included. */
async function settle(
  { home, record: { name, generation } }: Authority,
  flags: RollFlags,
  context: CommandContext,
): Promise<CommandStatus> {
  const { world, output } = context;
  const isDryRun = flags['dry-run'];
  if (!isDryRun)
    warnOfRecovery(
      changeInventory(home, world, (_, recovery) => recovery),
      output,
    );
  if (!output.json && !output.quiet)
    output.raw(`the authority "${name}" may issue for that already; no generation was made\n`);
  const { trust, status } = isDryRun
    ? { trust: [], status: 0 as const }
    : await seeToTrust(name, flags, context);
  if (output.json) output.result({ rolled: false, authority: { name, generation }, trust }, () => '');
  return status;
}
