import { entry } from './entry.ts';

/** The end of an authority, its way to another machine, and trust in one from elsewhere. */
export const lifecycleErrors = {
  DEVCA_DESTROY_UNCONFIRMED: entry<{ home: string; authorities: readonly string[] }>({
    exit: 2,
    what: (c) =>
      `nothing was destroyed: there is nobody to ask whether everything of ${c.authorities.map((name) => `"${name}"`).join(', ')} in "${c.home}" is to go`,
    fix: () => ['add "--yes" where that is wanted', 'see what would go with "devca ca destroy --dry-run"'],
  }),
};
