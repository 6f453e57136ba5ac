// A program for the tests beside it: reads the inventory of a home, then tries to deliver into a folder.
// Arguments: HOME FOLDER. Prints the names that it found and the code of the refusal.
import { changeInventory } from '../../../src/authority/recovery.ts';
import { isDevcaError } from '../../../src/errors/devca-error.ts';
import { inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { deliverSome } from '../../support/delivery-lab.ts';

const [home = '', folder = ''] = process.argv.slice(2);
const world = realWorld();
const attempt = (work: () => string) => {
  try {
    process.stdout.write(`${work()}\n`);
  } catch (error) {
    process.stdout.write(`${isDevcaError(error) ? error.code : String(error)}\n`);
  }
};

attempt(() => {
  const inventory = openInventory(inventoryPath(home), world, { readOnly: true });
  const count = inventory.certificates.count({ at: new Date() });
  inventory.close();
  return `${count} certificates`;
});
attempt(() =>
  changeInventory(home, world, (inventory) => `${deliverSome(folder, inventory, world).length} files`),
);
