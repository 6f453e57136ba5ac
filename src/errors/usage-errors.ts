import { entry } from './entry.ts';

/** Wrong command lines. */
export const usageErrors = {
  DEVCA_USAGE_UNKNOWN_COMMAND: entry<{ command: string; suggestion: string | undefined }>({
    exit: 2,
    what: (c) => `there is no command "${c.command}"`,
    fix: (c) => [
      ...(c.suggestion === undefined ? [] : [`did you mean "devca ${c.suggestion}"?`]),
      'run "devca --help" for the list of commands',
    ],
  }),
  DEVCA_USAGE_UNKNOWN_FLAG: entry<{ command: string; flag: string; suggestion: string | undefined }>({
    exit: 2,
    what: (c) => `"devca ${c.command}" has no flag "${c.flag}"`,
    fix: (c) => [
      ...(c.suggestion === undefined ? [] : [`did you mean "${c.suggestion}"?`]),
      `run "devca ${c.command} --help" for its flags`,
    ],
  }),
  DEVCA_USAGE_INVALID: entry<{ command: string; detail: string }>({
    exit: 2,
    what: (c) => c.detail,
    fix: (c) => [`run "devca ${c.command} --help" for its arguments and flags`],
  }),
  DEVCA_USAGE_VALUE: entry<{ command: string; flag: string; value: string; expected: string }>({
    exit: 2,
    what: (c) => `${c.flag} cannot be "${c.value}": expected ${c.expected}`,
    fix: (c) => [`run "devca ${c.command} --help" for its arguments and flags`],
  }),
  DEVCA_USAGE_NO_TERMINAL: entry<{ question: string; flag: string }>({
    exit: 2,
    what: (c) => `cannot ask "${c.question}" without a terminal`,
    fix: (c) => [`add "${c.flag}" to answer yes`],
  }),
  DEVCA_USAGE_DECLINED: entry<{ question: string }>({
    exit: 1,
    what: (c) => `nothing was changed: "${c.question}" was not answered with yes`,
    fix: () => ['run the same command again and answer "y", or add "--yes"'],
  }),
  DEVCA_INTERRUPTED: entry<{ signal: string }>({
    exit: 130,
    what: (c) => `interrupted by ${c.signal}`,
    fix: () => ['run the same command again: what was begun is completed or undone'],
  }),
  DEVCA_INTERNAL: entry<{ detail: string }>({
    exit: 70,
    what: (c) => `this is a bug in devca: ${c.detail}`,
    fix: () => ['run the same command with "--debug" and report what it prints'],
  }),
};
