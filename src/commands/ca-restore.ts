import { resolve } from 'node:path';
import { placeWords } from '../authority/place-flags.ts';
import { defineCommand } from '../cli/command.ts';
import { restoreHome } from '../lifecycle/restore.ts';
import { forTerminal } from '../platform/escape.ts';
import { homeOf } from '../platform/paths.ts';

export const caRestoreCommand = defineCommand({
  name: 'ca restore',
  summary: 'set a home up from a backup, on this or another machine',
  details:
    'Only where there is no inventory yet. Nothing is written outside of the home: files of certificates stay where they are, on the machine that the backup is from. Trust is not touched: "devca trust install" does that.',
  positionals: { file: { describe: 'what "devca ca backup" wrote', required: true } },
  flags: {},
  examples: [{ command: 'devca ca restore authority.devca', does: 'asks for the passphrase of the backup' }],
  async run({ flags, positionals }, { world, output }) {
    const home = homeOf(flags.home, world.system);
    const path = resolve(world.system.workingFolder, positionals.file);
    const { authorities, createdAt, live } = await restoreHome(path, home, world);
    const names = authorities.map((name) => `"${name}"`).join(', ');
    output.report({ home, authorities, createdAt: createdAt.toISOString(), live }, () =>
      [
        `restored ${names} to ${forTerminal(home)}, as of ${createdAt.toISOString()}`,
        `certificates in use: ${live}; what was issued or revoked after the backup is not known here`,
      ].join('\n'),
    );
    const [only, ...others] = authorities;
    const places =
      others.length === 0
        ? [placeWords({ home }, world)]
        : [only, ...others].map((authority) => placeWords({ home, authority }, world));
    const installs = places.map((place) => `"devca trust install${place}"`).join(', then ');
    const lists = places.map((place) => `"devca crl${place}"`).join(', then ');
    output.note(`to trust ${others.length === 0 ? 'it' : 'them'} on this machine, run ${installs}`);
    output.note(`to publish revocation lists that are newer than any before, run ${lists}`);
    return 0;
  },
});
