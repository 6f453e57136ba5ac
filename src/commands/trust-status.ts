import { type CommandStatus, defineCommand } from '../cli/command.ts';
import { statusRows } from './trust-journalled.ts';
import { formatOverrides, overridesOf } from './trust-overrides.ts';
import { formatProofs, proveClients, statusOfProofs } from './trust-prove.ts';
import { formatStoresWithFixes, STORE_FLAGS, statusOfStores } from './trust-table.ts';

export const trustStatusCommand = defineCommand({
  name: 'trust status',
  summary: "ask every store's own verifier whether it trusts the root",
  details:
    'Exit status: 0 every store that is there trusts the roots of all generations that are not retired, 4 some do not, 5 some could not be asked. Roots that came from elsewhere have a row for each store that they were put into. Variables of the environment and settings of curl, git, npm, pip and others that stand above the stores are shown below them.',
  positionals: {},
  flags: {
    ...STORE_FLAGS,
    prove: {
      type: 'boolean',
      describe: 'let every client that is installed fetch from a server on loopback',
    },
    client: { type: 'list', value: 'CLIENT', describe: 'with --prove: only these, such as curl or chromium' },
    cert: {
      type: 'string',
      value: 'FILE',
      describe: 'with --prove: a certificate for localhost of another authority, with its chain',
    },
    key: { type: 'string', value: 'FILE', describe: 'the private key for --cert' },
  },
  examples: [
    { command: 'devca trust status', does: 'one line for each store' },
    {
      command: 'devca trust status --prove',
      does: 'what curl, Python, Node, Java, the browsers and others really accept',
    },
    {
      command: 'devca trust status --prove --cert fullchain.pem --key key.pem',
      does: "the same with a certificate of a colleague's authority",
    },
    { command: 'devca trust status --json', does: 'for a script' },
  ],
  async run({ flags }, context) {
    const { world, output } = context;
    const known = await statusRows(flags, world);
    const { rows } = known;
    const stores = rows.map(({ id, name, status, detail, fix, root }) => {
      return { id, name, status, detail, fix, root };
    });
    const overrides = overridesOf(known, flags.home, world);
    const isProved = flags.prove || flags.client.length > 0 || flags.cert !== undefined;
    if (isProved && world.terminal.stderrIsTerminal && !output.json) output.note(PATIENCE);
    const clients = isProved ? await proveClients(flags, { ...known, ...overrides }, context) : undefined;
    output.result(
      { stores, ...overrides, ...(clients === undefined ? {} : { clients }) },
      () =>
        formatStoresWithFixes(rows, output) +
        formatOverrides(overrides, output) +
        (clients === undefined ? '' : formatProofs(clients, output)),
    );
    return worse(statusOfStores(rows), statusOfProofs(clients ?? []));
  },
});

const PATIENCE = 'asking the clients of this machine: browsers and compilers take some seconds';

/** What could not be asked stands above what is bad. */
const worse = (one: CommandStatus, other: CommandStatus): CommandStatus => (one > other ? one : other);
