import { defineCommand } from '../cli/command.ts';
import { trustStatus } from '../truststore/trust.ts';
import { formatStoresWithFixes, statusOfStores, trustAnchorOf, withHome } from './trust-table.ts';

export const trustStatusCommand = defineCommand({
  name: 'trust status',
  summary: "ask every store's own verifier whether it trusts the root",
  details:
    'Exit status: 0 every store that is there trusts the root, 4 some do not, 5 some could not be asked.',
  positionals: {},
  flags: {
    store: {
      type: 'list',
      value: 'STORE',
      describe: 'only this store or kind of store, such as system or nss',
    },
  },
  examples: [
    { command: 'devca trust status', does: 'one line for each store' },
    { command: 'devca trust status --json', does: 'for a script' },
  ],
  async run({ flags }, { world, output }) {
    const found = await trustStatus(trustAnchorOf(flags.home, world), { stores: flags.store }, world);
    const rows = withHome(found, flags.home);
    const stores = rows.map(({ id, name, status, detail, fix }) => ({ id, name, status, detail, fix }));
    output.result({ stores }, () => formatStoresWithFixes(rows, output));
    return statusOfStores(rows);
  },
});
