import { keyRecord } from '../authority/authority-keys.ts';
import type { Inventory } from '../inventory/database.ts';
import type { World } from '../platform/world.ts';
import { inventoryIfPresent } from './inventory-if-present.ts';
import { someStore } from './store-password.ts';

/** What a service would fail at, since it has nobody to ask and none of the variables of this shell. */
export function unitWarnings(
  flags: { readonly 'passphrase-file': string | undefined; readonly 'password-file': string | undefined },
  home: string,
  world: World,
): readonly string[] {
  const inventory = inventoryIfPresent(home, world);
  if (inventory === undefined) return [];
  try {
    const names = flags['passphrase-file'] === undefined ? underPassphrase(inventory) : [];
    const renewable = () => inventory.certificates.list({ at: world.clock.now(), renewable: 'all' });
    const store = flags['password-file'] === undefined ? someStore(renewable(), inventory) : undefined;
    return [
      ...names.map(
        (name) =>
          `a service cannot ask for the passphrase of the key of "${name}": add "--passphrase-file FILE"`,
      ),
      ...(store === undefined
        ? []
        : [`a service cannot ask for the password of "${store}": add "--password-file FILE"`]),
    ];
  } finally {
    inventory.close();
  }
}

const underPassphrase = ({ authorities }: Inventory): readonly string[] =>
  authorities.names().filter((name) => {
    const latest = authorities.latest(name);
    return latest !== undefined && keyRecord(latest).keystore === 'passphrase';
  });
