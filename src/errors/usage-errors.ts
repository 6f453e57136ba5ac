import { entry } from './entry.ts';

/** Wrong command lines. */
export const usageErrors = {
  DEVCA_USAGE_UNKNOWN_COMMAND: entry<{ command: string; suggestion: string | undefined; note?: string }>({
    exit: 2,
    what: (c) => `there is no command "${c.command}"`,
    fix: (c) => [
      ...(c.suggestion === undefined ? [] : [`did you mean "devca ${c.suggestion}"?${noteOf(c.note)}`]),
      'run "devca --help" for the list of commands',
    ],
  }),
  DEVCA_USAGE_UNKNOWN_FLAG: entry<{
    /** Empty where the line has none. */
    command: string;
    flag: string;
    /** A flag, or a whole line that begins with `devca`. */
    suggestion: string | undefined;
    note?: string;
  }>({
    exit: 2,
    what: (c) => `"${lineOf(c.command)}" has no flag "${c.flag}"`,
    fix: (c) => [
      ...(c.suggestion === undefined ? [] : [`did you mean "${c.suggestion}"?${noteOf(c.note)}`]),
      c.command === ''
        ? 'run "devca --help" for the list of commands'
        : `run "devca ${c.command} --help" for its flags`,
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
  DEVCA_INTERNAL: entry<{ detail: string }>({
    exit: 70,
    what: (c) => `this is a bug in devca: ${c.detail}`,
    fix: () => ['run the same command with "--debug" and report what it prints'],
  }),
};

const lineOf = (command: string): string => (command === '' ? 'devca' : `devca ${command}`);

const noteOf = (note: string | undefined): string => (note === undefined ? '' : ` (${note})`);
