import { authorityFiles } from '../authority/authority-files.ts';
import { readHome } from '../authority/home.ts';
import { type GenerationSummary, listAuthorities } from '../authority/list-authorities.ts';
import { requireAuthority } from '../authority/open-authority.ts';
import { defineCommand } from '../cli/command.ts';
import { formatFields } from '../cli/table.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { homeOf } from '../platform/paths.ts';
import { authorityEntry, STATE_STYLES } from './ca-list.ts';

export const caShowCommand = defineCommand({
  name: 'ca show',
  summary: 'show one authority: its generations, files and constraint',
  positionals: { name: { describe: 'which authority (default: the default one)' } },
  flags: { authority: { type: 'string', value: 'NAME', describe: 'the same as NAME' } },
  examples: [
    { command: 'devca ca show', does: 'the default authority' },
    { command: 'devca ca show work --json', does: 'another one, for a script' },
  ],
  async run({ flags, positionals }, { world, output }) {
    const home = homeOf(flags.home, world.system);
    const wanted = [...new Set([positionals.name, flags.authority])].filter((name) => name !== undefined);
    if (wanted.length > 1)
      throw new DevcaError('DEVCA_USAGE_INVALID', {
        command: 'ca show',
        detail: `"${wanted.join('" and "')}" are two authorities`,
      });
    const { found, files } = readHome(home, world, (inventory) => {
      const { record } = requireAuthority(inventory, home, world, wanted[0]);
      const all = listAuthorities(inventory, home, world);
      return { found: all.find(({ name }) => name === record.name), files: authorityFiles(home, record) };
    });
    if (found === undefined) return 3;
    const { roots, crl } = files;
    output.result({ authority: { ...authorityEntry(found), home, files: { roots, crl } } }, () =>
      [
        formatFields([
          ['authority', found.isDefault ? `${found.name} (default)` : found.name],
          ['home', home],
          ['all roots', roots],
          ['lists', crl],
        ]),
        ...found.generations.map(
          (each) =>
            `${output.style('bold', `generation ${each.generation}`)}: ${output.style(STATE_STYLES[each.state], each.state)}\n${generationText(each)}`,
        ),
      ].join('\n'),
    );
    return 0;
  },
});

function placeOfKey(keystore: string): string {
  if (keystore === 'none') return 'not with devca';
  return keystore === 'discard' ? 'destroyed' : `in: ${keystore}`;
}

function generationText(each: GenerationSummary): string {
  const { root, intermediate, bridge, permitted, live, rootKeystore, importedFrom } = each;
  return formatFields(
    [
      ...(importedFrom === undefined ? [] : [['imported', `from ${importedFrom}`] as const]),
      ['root', root.subject],
      ['SHA-256', root.sha256],
      ['ends', root.notAfter.toISOString().slice(0, 10)],
      ['file', root.file ?? ''],
      ['intermediate', intermediate === undefined ? 'none: the root issues' : (intermediate.file ?? '')],
      ['bridge', bridge],
      ['key', `${each.keyType}, ${placeOfKey(each.keystore)}`],
      ...(intermediate === undefined ? [] : [["root's key", placeOfKey(rootKeystore)] as const]),
      ['permitted', permitted === undefined ? 'everything' : permitted.join(', ')],
      ['in use', live === 1 ? '1 certificate' : `${live} certificates`],
    ],
    '  ',
  );
}
