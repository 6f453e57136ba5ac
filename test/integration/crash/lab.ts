import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { changeInventory } from '../../../src/authority/recovery.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { deliverSome, discrepancies } from '../../support/delivery-lab.ts';
import { addAuthority } from '../../support/inventory-rows.ts';
import { scratchFolder } from '../../support/scratch.ts';

const CHILD = join(import.meta.dirname, 'deliver-child.ts');

/** A home and a folder for certificates. */
export interface Lab {
  readonly home: string;
  readonly out: string;
}

export function emptyLab(folder = scratchFolder()): Lab {
  const lab = { home: join(folder, 'home'), out: join(folder, 'out') };
  for (const path of [lab.home, lab.out]) mkdirSync(path, { recursive: true });
  return lab;
}

/** With two certificates that were delivered to where the next ones will go. */
export function usedLab(folder?: string): Lab {
  const lab = emptyLab(folder);
  changeInventory(
    lab.home,
    realWorld(),
    (inventory) => {
      addAuthority(inventory);
      deliverSome(lab.out, inventory, realWorld(), { count: 2 });
    },
    { create: true },
  );
  return lab;
}

/** The command that delivers into a lab; see deliver-child.ts for its further arguments. */
export function deliverCommand({ home, out }: Lab, ...args: readonly string[]): readonly string[] {
  return [process.execPath, '--no-warnings', CHILD, home, out, ...args];
}

/** Recovers and compares rows and files; gives the number of certificates. */
export function recovered({ home, out }: Lab): number {
  return changeInventory(home, realWorld(), (inventory, { problems }) => {
    expect(problems).toEqual([]);
    expect(discrepancies(out, inventory)).toEqual([]);
    return inventory.certificates.count({ at: new Date() });
  });
}
