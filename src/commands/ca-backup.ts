import { resolve } from 'node:path';
import { defineCommand } from '../cli/command.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { backUpHome } from '../lifecycle/backup.ts';
import { forTerminal } from '../platform/escape.ts';
import { homeOf } from '../platform/paths.ts';
import { warnOfRecovery } from './recovery-warning.ts';

export const caBackupCommand = defineCommand({
  name: 'ca backup',
  summary: 'everything of a home in one file under a passphrase',
  details:
    'The inventory and the keys of all authorities. The passphrase is asked for, or comes from --passphrase-file or DEVCA_PASSPHRASE. A key in the keychain is bound to this machine and has to be moved first, with "devca ca protect". Files of certificates that were issued are not in it.',
  positionals: {},
  flags: { out: { type: 'string', value: 'FILE', describe: 'the new file (required)' } },
  examples: [{ command: 'devca ca backup --out authority.devca', does: 'asks for a passphrase, twice' }],
  async run({ flags }, { world, output }) {
    if (flags.out === undefined)
      throw new DevcaError('DEVCA_USAGE_INVALID', {
        command: 'ca backup',
        detail: 'say where to: "--out FILE"',
      });
    const file = resolve(world.system.workingFolder, flags.out);
    const { recovery, ...outcome } = await backUpHome(file, homeOf(flags.home, world.system), world);
    warnOfRecovery(recovery, output);
    const names = outcome.authorities.map((name) => `"${name}"`).join(', ');
    output.report({ file, ...outcome }, () =>
      [
        `wrote a backup of ${names} to ${forTerminal(file)}`,
        'without its passphrase it is of no use to anybody; "devca ca restore FILE" sets a home up from it',
      ].join('\n'),
    );
    return 0;
  },
});
