import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';

/** Roots that a variable or the system names, and why they cannot be had. */
export interface RootsFailure {
  readonly path: string;
  readonly reason: string;
  /** The variables that name them; none for the system's own. */
  readonly variables: readonly string[];
}

const AGAIN = 'then run the same command again';

/** What runtimes trust through their environment, and programs that are run with it. */
export const runtimeErrors = {
  DEVCA_RUNTIME_ROOTS: entry<{ failures: readonly RootsFailure[] }>({
    exit: 1,
    what: (c) =>
      `the roots that are trusted today cannot be read: ${c.failures
        .map(({ path, reason, variables }) => {
          const named = variables.length === 0 ? '' : ` (named by ${variables.join(', ')})`;
          return `"${path}"${named} ${reason}`;
        })
        .join('; ')}`,
    fix: (c) => {
      const variables = c.failures.flatMap((failure) => failure.variables);
      return [
        ...(variables.length === 0 ? [] : [`run "unset ${variables.join(' ')}", ${AGAIN}`]),
        'or mend the file: devca never lets its own roots stand in the place of all others',
      ];
    },
  }),
  DEVCA_RUNTIME_NO_SYSTEM_ROOTS: entry<{ variables: readonly string[]; install: string }>({
    exit: 5,
    what: () =>
      'this system has no file of roots that devca knows of, and its own must not stand in the place of all others',
    fix: (c) => [
      `run "${c.install}", ${AGAIN}`,
      `or name a file of roots with ${c.variables.slice(0, 1).join('')}`,
    ],
  }),
  DEVCA_RUNTIME_STORE: entry<{ path: string; reason: string }>({
    exit: 1,
    what: (c) => `the roots that Java trusts today cannot be read from "${c.path}": ${c.reason}`,
    fix: () => [
      'leave Java as it is with "--without java"',
      'or mend the file or the password that names it',
    ],
  }),
  DEVCA_RUNTIME_VALUE: entry<{ variable: string; value: string; medium: string; reason: string }>({
    exit: 1,
    what: (c) => `${c.variable} cannot be "${c.value}" for ${c.medium}: ${c.reason}`,
    fix: (c) => [
      'choose another place for it with XDG_DATA_HOME',
      `or leave it to "devca run -- COMMAND", which needs no quoting of ${c.variable}`,
    ],
  }),
  DEVCA_RUN_MISSING: entry<{ command: string }>({
    exit: 127,
    what: (c) => `the command "${c.command}" was not found`,
    fix: (c) => [`look for it with "command -v ${shellWord(c.command)}"`],
  }),
  DEVCA_RUN_REFUSED: entry<{ command: string; reason: string }>({
    exit: 126,
    what: (c) => `the command "${c.command}" cannot be run: ${c.reason}`,
    fix: (c) => [`look at its owner, mode and first line with "ls -lL ${shellWord(c.command)}"`],
  }),
};
