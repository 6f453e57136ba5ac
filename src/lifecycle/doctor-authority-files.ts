import { presentPath } from '../authority/authority-files.ts';
import { type Authority, issuesFromRoot } from '../authority/open-authority.ts';
import { placeFlags } from '../authority/place-flags.ts';
import { shellWord } from '../errors/shell-word.ts';
import type { Inventory } from '../inventory/database.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import type { World } from '../platform/world.ts';
import { checkFiles } from './check-files.ts';
import { describeFile, settledDeliveries } from './doctor-files.ts';
import type { DoctorFinding } from './doctor-finding.ts';

/** What is wrong with the files of the authorities themselves. `generations` are those of every authority that are not retired. */
export function examineAuthorityFiles(
  generations: readonly Authority[],
  inventory: Inventory,
  world: World,
): readonly DoctorFinding[] {
  const files = generations.flatMap((authority) =>
    settledDeliveries(deliveriesOf(authority, inventory), inventory, world).map((delivery) => {
      return { authority, delivery: { ...delivery, path: presentPath(delivery.path, authority) } };
    }),
  );
  const holders = new Map<string, number>();
  for (const { delivery } of files)
    holders.set(delivery.path, Math.max(delivery.id, holders.get(delivery.path) ?? 0));
  return files
    .filter(({ delivery: { id, path } }) => holders.get(path) === id)
    .flatMap(({ authority, delivery }) => fileFindings(delivery, authority, inventory, world));
}

/** `devca init` calls an authority by `--name`. */
export const nameFlags = (place: string): string => place.replace(' --authority ', ' --name ');

function deliveriesOf(authority: Authority, { crls, deliveries }: Inventory): readonly DeliveryRecord[] {
  const { record, root, issuer } = authority;
  const own = issuesFromRoot(authority) ? [root] : [root, issuer];
  const lists = own.flatMap((each) => crls.latest(each.record.id) ?? []);
  return [
    ...own.flatMap(({ record: { id } }) => deliveries.current({ table: 'certificates', id })),
    ...lists.flatMap(({ id }) => deliveries.current({ table: 'crls', id })),
    ...deliveries.current({ table: 'authorities', id: record.id }),
  ];
}

const isKey = ({ owner }: DeliveryRecord): boolean => owner.table === 'authorities';

/** Of a list, wherever it was asked for. */
const isCopy = ({ format }: DeliveryRecord): boolean => format.startsWith('crl-');

function fileFindings(
  delivery: DeliveryRecord,
  authority: Authority,
  inventory: Inventory,
  world: World,
): readonly DoctorFinding[] {
  const { name, id } = authority.record;
  const place = placeFlags(authority, world);
  return checkFiles([delivery], world).flatMap((file) => {
    if (isKey(delivery)) {
      // A generation that is old already has its successor.
      const command = inventory.authorities.latest(name)?.id === id ? 'roll' : 'retire';
      return describeFile(file, `a key of the authority "${name}"`, `devca ca ${command}${place}`);
    }
    if (!isCopy(delivery))
      return describeFile(
        file,
        `a file of the authority "${name}"`,
        `devca init --no-trust${nameFlags(place)}`,
      );
    // One that is gone is wanted no more: no later list makes it again.
    if (file.state === 'missing') return [];
    const format = delivery.format === 'crl-der' ? ' --format der' : '';
    const what = `a copy of the revocation list of the authority "${name}"`;
    return describeFile(file, what, `devca crl --out ${shellWord(file.path)}${format} --force${place}`);
  });
}
