import { shellWord } from '../errors/shell-word.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import type { Authority } from './open-authority.ts';

/** The flags that name an authority in a command: empty for the default one of the default home, else ` --home ...`. */
export function placeFlags({ home, record }: Pick<Authority, 'home' | 'record'>, world: World): string {
  return [
    ...(home === homeOf(undefined, world.system) ? [] : [` --home ${shellWord(home)}`]),
    ...(record.isDefault ? [] : [` --authority ${record.name}`]),
  ].join('');
}
