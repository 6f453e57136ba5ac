import { resolve } from 'node:path';
import { defineCommand } from '../cli/command.ts';
import { exportTrust } from '../lifecycle/export-trust.ts';
import { forShell, forTerminal } from '../platform/escape.ts';
import { homeOf } from '../platform/paths.ts';

export const caExportTrustCommand = defineCommand({
  name: 'ca export-trust',
  summary: 'the roots alone, without any key, for others to trust',
  details:
    'The roots of all generations that are in use, as PEM, each with its name and fingerprint in a comment. Others trust them with "devca trust install --from FILE"; tell them the fingerprint by another way than the file.',
  positionals: {},
  flags: {
    out: { type: 'string', value: 'FILE', describe: 'a new file, or "-" (default: standard output)' },
    authority: { type: 'string', value: 'NAME', describe: 'whose roots (default: of all authorities)' },
  },
  examples: [{ command: 'devca ca export-trust --out roots.pem', does: 'a file for colleagues' }],
  async run({ flags }, { world, output }) {
    const { roots, text } = exportTrust(flags.authority, homeOf(flags.home, world.system), world);
    const entries = roots.map((root) => ({
      ...root,
      notAfter: root.notAfter.toISOString(),
      permitted: root.permitted ?? null,
    }));
    const { out } = flags;
    if (out === undefined || out === '-') {
      output.result({ roots: entries, pem: text }, () => text);
      return 0;
    }
    const file = resolve(world.system.workingFolder, out);
    world.files.createExclusive(file, Buffer.from(text, 'utf8'), 0o644);
    output.report({ roots: entries, file }, () =>
      [
        `wrote ${roots.length === 1 ? 'the root' : `${roots.length} roots`} to ${forTerminal(file)}`,
        ...roots.map(({ name, sha256 }) => `  ${forTerminal(name)}  SHA-256 ${sha256}`),
        `others trust it with "devca trust install --from ${forShell(out)}"`,
      ].join('\n'),
    );
    return 0;
  },
});
