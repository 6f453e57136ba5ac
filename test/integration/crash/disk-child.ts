// A program for the tests beside it: fills the small file system that holds PLACE (a home, or a folder for
// certificates) so that only some bytes are left, tries to deliver, makes room again, recovers and looks.
// Arguments: HOME FOLDER PLACE. Prints one line of JSON for each attempt.
import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { changeInventory } from '../../../src/authority/recovery.ts';
import { isDevcaError } from '../../../src/errors/devca-error.ts';
import { inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { certAndKey, deliverSome, discrepancies } from '../../support/delivery-lab.ts';
import { addAuthority } from '../../support/inventory-rows.ts';

const [home = '', folder = '', place = ''] = process.argv.slice(2);
const world = realWorld();
const STEP = 4096;

changeInventory(home, world, (inventory) => addAuthority(inventory), { create: true });
for (let left = 0, failed = true; failed && left < 500 * STEP; left += STEP) {
  const ballast = join(place, 'ballast');
  const { bavail, bsize } = statfsSync(place);
  writeFileSync(ballast, new Uint8Array(Math.max(0, bavail * bsize - left)));
  const before = count();
  const code = attempt();
  const temporaries = readdirSync(folder).filter((name) => name.startsWith('.devca-')).length;
  rmSync(ballast);
  const wrong = changeInventory(home, world, (inventory, { problems }) => [
    ...problems.map(({ message }) => message),
    ...discrepancies(folder, inventory),
  ]);
  failed = code !== 'done';
  process.stdout.write(`${JSON.stringify({ left, code, issued: count() - before, temporaries, wrong })}\n`);
}

function attempt(): string {
  try {
    changeInventory(home, world, (inventory) => {
      deliverSome(folder, inventory, world, {
        count: 30,
        files: (index) => certAndKey(folder, `host-${index}`),
      });
    });
    return 'done';
  } catch (error) {
    return isDevcaError(error) ? error.code : String(error);
  }
}

/** Also on a full disk. */
function count(): number {
  const inventory = openInventory(inventoryPath(home), world, { readOnly: true });
  try {
    return inventory.certificates.count({ at: new Date() });
  } finally {
    inventory.close();
  }
}
