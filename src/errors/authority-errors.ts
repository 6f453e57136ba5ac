import { entry } from './entry.ts';

/** The authority: its home, its constraint, what it issues. */
export const authorityErrors = {
  DEVCA_AUTHORITY_MISSING: entry<{ home: string }>({
    exit: 3,
    what: (c) => `there is no certificate authority in "${c.home}"`,
    fix: () => ['run "devca init" to create one', 'or point DEVCA_HOME or "--home" at an existing one'],
  }),
};
