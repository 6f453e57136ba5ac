import { setDefaultAuthority } from '../authority/use-authority.ts';
import { defineCommand } from '../cli/command.ts';
import { homeOf } from '../platform/paths.ts';
import { warnOfRecovery } from './recovery-warning.ts';

export const caUseCommand = defineCommand({
  name: 'ca use',
  summary: 'make an authority the default one',
  details: 'The default authority is the one that every command means without --authority.',
  positionals: { name: { describe: 'which authority', required: true } },
  flags: {},
  examples: [{ command: 'devca ca use work', does: 'issue from "work" from now on' }],
  async run({ flags, positionals: { name } }, { world, output }) {
    const { changed, recovery } = await setDefaultAuthority(name, homeOf(flags.home, world.system), world);
    warnOfRecovery(recovery, output);
    output.report({ authority: name, changed }, () =>
      changed ? `"${name}" is the default authority now` : `"${name}" was the default authority already`,
    );
    return 0;
  },
});
