import { type Authority, issuesFromRoot } from '../authority/open-authority.ts';
import { placeFlags } from '../authority/place-flags.ts';
import type { Inventory } from '../inventory/database.ts';
import type { DeliveryOwner } from '../inventory/deliveries.ts';
import type { World } from '../platform/world.ts';
import { checkFiles } from './check-files.ts';
import { describeFile, settledDeliveries } from './doctor-files.ts';
import type { DoctorFinding } from './doctor-finding.ts';

/** What is wrong with the files of the authorities themselves. */
export function examineAuthorityFiles(
  authority: Authority,
  inventory: Inventory,
  world: World,
): readonly DoctorFinding[] {
  const { record, root, issuer } = authority;
  const own = issuesFromRoot(authority) ? [root] : [root, issuer];
  const place = placeFlags(authority, world);
  const lists = own.flatMap(({ record: { id } }) => inventory.crls.latest(id) ?? []);
  const checked = (owner: DeliveryOwner) =>
    checkFiles(settledDeliveries(inventory.deliveries.current(owner), inventory, world), world);
  const publicFiles = [
    ...own.map(({ record: { id } }) => ({ table: 'certificates', id }) as const),
    ...lists.map(({ id }) => ({ table: 'crls', id }) as const),
  ].flatMap(checked);
  return [
    ...publicFiles.flatMap((file) =>
      describeFile(
        file,
        `a file of the authority "${record.name}"`,
        `devca init --no-trust${nameFlags(place)}`,
      ),
    ),
    ...checked({ table: 'authorities', id: record.id }).flatMap((file) =>
      describeFile(file, `a key of the authority "${record.name}"`, `devca ca roll${place}`),
    ),
  ];
}

/** `devca init` calls an authority by `--name`. */
export const nameFlags = (place: string): string => place.replace(' --authority ', ' --name ');
