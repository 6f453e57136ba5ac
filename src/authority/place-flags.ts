import { shellWord } from '../errors/shell-word.ts';
import type { AuthorityRecord } from '../inventory/authorities.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';

/** Which authority of which home a command is about. What is left out is the default. */
export interface Place {
  readonly home?: string | undefined;
  readonly authority?: string | undefined;
}

/** The flags that name a place in a command that is printed: empty for the default authority of the default home. */
export function placeWords({ home, authority }: Place, { system }: Pick<World, 'system'>): string {
  const isElsewhere = home !== undefined && home !== homeOf(undefined, system);
  return [
    isElsewhere ? ` --home ${shellWord(home)}` : '',
    authority === undefined ? '' : ` --authority ${shellWord(authority)}`,
  ].join('');
}

/** The same for an authority that is at hand. */
export const placeFlags = (
  { home, record }: { readonly home: string; readonly record: Pick<AuthorityRecord, 'name' | 'isDefault'> },
  world: Pick<World, 'system'>,
): string => placeWords({ home, authority: record.isDefault ? undefined : record.name }, world);
