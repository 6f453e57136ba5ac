/** What was found where an override leads: fingerprints, or a word about why there are none. */
export type Found = readonly string[] | string;

/** Something that decides what its readers trust, whatever the stores say. */
export interface Override {
  readonly value: string;
  readonly effect: 'adds' | 'replaces' | 'off';
  /** Who reads it, for people. */
  readonly readers: string;
  /** Whether its readers trust all of devca's roots by it. */
  readonly status: 'trusted' | 'not-trusted' | 'unreadable' | 'verification-off';
  /** Lower case, no full stop. */
  readonly detail: string;
  /** A command, ready to be pasted; empty where nothing has to be done. */
  readonly fix: string;
}

/** Commands that bring devca's roots to where they are missing. */
export interface MendingCommands {
  /** Prints variables. */
  readonly environment: string;
  /** Puts the roots into the system's own store. */
  readonly install: string;
  /** Prints the roots; `undefined` where no authority here has them. */
  readonly exportRoots: string | undefined;
}

/** @param place the flags that name home and authority */
export const mendingCommands = (place: string): MendingCommands => ({
  environment: `eval "$(devca env${place})"`,
  install: `devca trust install --store system${place}`,
  exportRoots: `devca ca export-trust${place}`,
});

/** @param mend the command for roots that are missing. @param remove the one that takes the override away */
export function rootsVerdict(
  { value, effect, readers }: Pick<Override, 'value' | 'effect' | 'readers'>,
  found: Found,
  wanted: readonly string[],
  { mend, remove }: { readonly mend: string; readonly remove: string },
): Pick<Override, 'status' | 'detail' | 'fix'> {
  const where =
    effect === 'adds'
      ? `for ${readers}, the roots in "${value}" count beside their own`
      : `for ${readers}, only the roots in "${value}" count`;
  if (typeof found === 'string')
    return { status: 'unreadable', detail: `${where}, and it ${found}`, fix: remove };
  if (wanted.every((sha256) => found.includes(sha256))) return { status: 'trusted', detail: where, fix: '' };
  return { status: 'not-trusted', detail: `${where}, and devca's is not among them`, fix: mend };
}

export const offVerdict = (
  readers: string,
  remove: string,
): Pick<Override, 'effect' | 'status' | 'detail' | 'fix'> => ({
  effect: 'off',
  status: 'verification-off',
  detail: `switches the verification of certificates off for ${readers}`,
  fix: remove,
});
