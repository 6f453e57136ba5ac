import { openAuthority } from '../authority/open-authority.ts';
import { defineCommand } from '../cli/command.ts';
import { notYetPermitted } from '../lifecycle/roll.ts';
import { homeOf } from '../platform/paths.ts';
import { roll } from './ca-roll.ts';
import { TRUST_FLAGS } from './ensure-trust.ts';

export const caPermitCommand = defineCommand({
  name: 'ca permit',
  summary: 'let an authority issue for further names or ranges of addresses',
  details:
    'What an authority may issue for stands in its certificates, so this is a rollover: a new root and intermediate with the wider constraint, which have to be trusted. See "devca ca roll --help". Nothing is done where everything is permitted already.',
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
    const { world, output } = context;
    const authority = openAuthority(homeOf(flags.home, world.system), world, flags.authority);
    const missing = notYetPermitted(positionals.name, authority);
    if (missing.length === 0) {
      const { name } = authority.record;
      output.report(
        { rolled: false, authority: { name, generation: authority.record.generation } },
        () => `the authority "${name}" may issue for that already; nothing was changed`,
      );
      return 0;
    }
    const request = {
      permit: missing,
      bridge: flags.bridge,
      ...(flags.authority === undefined ? {} : { authority: flags.authority }),
    };
    return roll(request, flags, context);
  },
});
