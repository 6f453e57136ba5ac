import { readHome } from '../authority/home.ts';
import {
  type AuthoritySummary,
  type GenerationState,
  type GenerationSummary,
  listAuthorities,
} from '../authority/list-authorities.ts';
import { defineCommand } from '../cli/command.ts';
import { formatTable } from '../cli/table.ts';
import { homeOf } from '../platform/paths.ts';

export const caListCommand = defineCommand({
  name: 'ca list',
  summary: 'list the authorities and their generations',
  positionals: {},
  flags: {},
  examples: [{ command: 'devca ca list', does: 'one line for each generation of each authority' }],
  async run({ flags }, { world, output }) {
    const home = homeOf(flags.home, world.system);
    const authorities = readHome(home, world, (inventory) => listAuthorities(inventory, home, world));
    output.result({ authorities: authorities.map(authorityEntry) }, () =>
      formatTable(
        ['AUTHORITY', 'GENERATION', 'STATE', 'IN USE', 'ENDS', 'SHA-256 OF ITS ROOT'],
        authorities.flatMap(({ name, isDefault, generations }) =>
          generations.map(({ generation, state, live, root }) => [
            isDefault ? `${name} (default)` : name,
            String(generation),
            { text: state, style: STATE_STYLES[state] },
            String(live),
            root.notAfter.toISOString().slice(0, 10),
            root.sha256.slice(0, 16),
          ]),
        ),
        output,
      ),
    );
    return 0;
  },
});

export const STATE_STYLES = {
  current: 'green',
  old: 'yellow',
  retired: 'dim',
  destroyed: 'dim',
} as const satisfies Record<GenerationState, string>;

/** An authority as JSON shows it. */
export function authorityEntry({ name, isDefault, destroyedAt, generations }: AuthoritySummary) {
  const destroyed = destroyedAt?.toISOString() ?? null;
  return { name, default: isDefault, destroyedAt: destroyed, generations: generations.map(generationEntry) };
}

function generationEntry({
  permitted,
  root,
  intermediate,
  bridge,
  importedFrom,
  createdAt,
  retiredAt,
  ...rest
}: GenerationSummary) {
  const certificate = ({ file, notAfter, ...other }: GenerationSummary['root']) => {
    return { ...other, notAfter: notAfter.toISOString(), file: file ?? null };
  };
  return {
    ...rest,
    permitted: permitted ?? null,
    root: certificate(root),
    intermediate: intermediate === undefined ? null : certificate(intermediate),
    bridge: bridge === undefined ? null : { file: bridge },
    importedFrom: importedFrom ?? null,
    createdAt: createdAt.toISOString(),
    retiredAt: retiredAt?.toISOString() ?? null,
  };
}
