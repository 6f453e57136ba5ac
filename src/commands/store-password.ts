import { filesOf } from '../authority/due.ts';
import { readHome } from '../authority/home.ts';
import { STORE_FORMATS } from '../formats/format.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import { forTerminal } from '../platform/escape.ts';
import type { World } from '../platform/world.ts';

/** Of a store that is there already. `undefined` at the end of input. Ask only where `terminal.canAsk`. */
export const askStorePassword = (
  path: string,
  { terminal }: Pick<World, 'terminal'>,
): Promise<string | undefined> => terminal.askHidden(`Password of "${forTerminal(path)}": `);

/** The path of one of the stores among the files of certificates; `undefined` where there is none. */
export const someStore = (records: readonly CertificateRecord[], inventory: Inventory): string | undefined =>
  records
    .flatMap((record) => filesOf(record, inventory))
    .find(({ format }) => STORE_FORMATS.some((each) => each === format))?.path;

/** The password of stores that are to be made anew: never a new one. Throws DEVCA_PASSWORD_UNUSABLE. */
export async function givenStorePassword(
  file: string | undefined,
  world: World,
): Promise<string | undefined> {
  if (file === undefined && world.system.environment['DEVCA_PASSWORD'] === undefined) return undefined;
  const { storePassword } = await import('../formats/password.ts');
  return storePassword(file, world).text;
}

/** As `givenStorePassword`, of the stores among the files of certificates; else asked, once for all of them. */
export async function passwordOfStores(
  file: string | undefined,
  records: readonly CertificateRecord[],
  home: string,
  world: World,
): Promise<string | undefined> {
  const given = await givenStorePassword(file, world);
  if (given !== undefined || !world.terminal.canAsk) return given;
  const path = readHome(home, world, (inventory) => someStore(records, inventory));
  if (path === undefined) return undefined;
  const asked = await askStorePassword(path, world);
  if (asked === undefined) return undefined;
  const { checkPassword } = await import('../formats/password.ts');
  return checkPassword(asked, 'the terminal');
}
