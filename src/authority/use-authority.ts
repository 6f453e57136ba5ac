import type { World } from '../platform/world.ts';
import { checkHome } from './home.ts';
import { requireAuthority } from './open-authority.ts';
import { changeInventory, type Recovery } from './recovery.ts';

/** Makes an authority the default one of its home. Throws DEVCA_AUTHORITY_UNKNOWN. */
export async function setDefaultAuthority(
  name: string,
  home: string,
  world: World,
): Promise<{ changed: boolean; recovery: Recovery }> {
  checkHome(home, world);
  return changeInventory(home, world, (inventory, recovery) => {
    const { record } = requireAuthority(inventory, home, world, name);
    if (record.isDefault) return { changed: false, recovery };
    inventory.transaction(() => {
      inventory.authorities.setDefault(name);
      inventory.events.append({ kind: 'authority-default', at: world.clock.now(), details: { name } });
    });
    return { changed: true, recovery };
  });
}
