import { shellWord } from '../errors/shell-word.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import type { Authority } from './open-authority.ts';

/** The flags that name an authority in a command: empty for the default one of the default home, else ` --home ...`. */
export function placeFlags({ home, record }: Pick<Authority, 'home' | 'record'>, world: World): string {
  return homeFlag(home, world) + (record.isDefault ? '' : ` --authority ${record.name}`);
}

/** The flag that names a home in a command: empty for the default one. */
export const homeFlag = (home: string, world: World): string =>
  home === homeOf(undefined, world.system) ? '' : ` --home ${shellWord(home)}`;
