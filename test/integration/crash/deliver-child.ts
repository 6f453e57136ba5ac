// A program for the tests beside it. It delivers certificates with their keys into a folder, as issuing does, and
// makes the home's authority first where there is none.
// Arguments: HOME FOLDER [ROUNDS] [CERTIFICATES A ROUND] [PREFIX OF THEIR NAMES].
import { join } from 'node:path';
import { deliver } from '../../../src/authority/delivery.ts';
import { changeInventory } from '../../../src/authority/recovery.ts';
import { isDevcaError } from '../../../src/errors/devca-error.ts';
import type { Inventory } from '../../../src/inventory/database.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { certAndKey, deliverSome } from '../../support/delivery-lab.ts';
import { anAuthority } from '../../support/inventory-rows.ts';

const [home = '', folder = '', rounds = '1', count = '2', prefix = 'host'] = process.argv.slice(2);
const world = realWorld();

try {
  for (let round = 0; round < Number(rounds); round += 1) changeInventory(home, world, act, { create: true });
} catch (error) {
  process.stderr.write(`${isDevcaError(error) ? `${error.code} ${error.message}` : String(error)}\n`);
  process.exitCode = 1;
}

function act(inventory: Inventory): void {
  if (inventory.authorities.latest() === undefined) makeAuthority(inventory);
  const files = (index: number) => certAndKey(folder, `${prefix}-${index}`);
  deliverSome(folder, inventory, world, { count: Number(count), files });
}

function makeAuthority(inventory: Inventory): void {
  const record = () => {
    const id = inventory.authorities.insert(anAuthority());
    return [{ owner: { table: 'authorities' as const, id }, files: certAndKey(join(home, 'ca'), 'root') }];
  };
  const confirm = () => {
    inventory.events.append({ kind: 'authority-created', at: world.clock.now(), details: {} });
  };
  deliver({ record, confirm }, inventory, world);
}
