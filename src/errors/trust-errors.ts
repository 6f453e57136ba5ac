import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';

export interface StoreAction {
  readonly store: string;
  readonly action: 'install' | 'uninstall';
}

/** The command that changes one store. */
export const storeCommand = ({ action, store }: StoreAction): string =>
  `devca trust ${action} --store ${shellWord(store)}`;
const script = (change: StoreAction): string => `${storeCommand(change)} --dry-run | sh`;
const status = (store: string): string => `devca trust status --store ${shellWord(store)}`;
const AGAIN = 'then run the same command again';
const WITHOUT_CERTUTIL =
  'or do without, by policies of the browsers: run "devca trust install --store firefox-policy --store chromium-policy"';

/** Trust stores: the system's, NSS's, and the journal of what was done to them. */
export const trustErrors = {
  DEVCA_TRUST_STORE_UNKNOWN: entry<{ unknown: readonly string[]; known: readonly string[] }>({
    exit: 2,
    what: (c) => `there is no trust store ${c.unknown.map((id) => `"${id}"`).join(', ')}`,
    fix: (c) => [
      'run "devca trust status" to see the stores of this machine',
      `known here: ${c.known.length === 0 ? 'none' : c.known.join(', ')}`,
    ],
  }),
  DEVCA_TRUST_ROOT_UNKNOWN: entry<{ given: string; known: readonly string[] }>({
    exit: 3,
    what: (c) => `devca has put no root, or several, of the fingerprint "${c.given}" into a store`,
    fix: (c) => [
      'give at least eight digits of a fingerprint that "devca trust status --json" shows',
      `known here: ${c.known.length === 0 ? 'none' : c.known.join(', ')}`,
    ],
  }),
  DEVCA_TRUST_TOOL_MISSING: entry<{ store: string; tool: string; install: string | undefined }>({
    exit: 5,
    what: (c) => `cannot look into the trust store "${c.store}": "${c.tool}" was not found`,
    fix: (c) => [
      `${c.install === undefined ? `install the package that brings ${c.tool}` : `run "${c.install}"`}, ${AGAIN}`,
      ...(c.tool === 'certutil' ? [WITHOUT_CERTUTIL] : []),
    ],
  }),
  DEVCA_TRUST_NEEDS_ROOT: entry<StoreAction>({
    exit: 5,
    what: (c) =>
      `changing the trust store "${c.store}" needs root, which devca becomes through sudo at a terminal only`,
    // Not "sudo devca": root has another home, and refuses that of a user for its keys' sake.
    fix: (c) => [`run "${script(c)}"`, `or run "${storeCommand(c)}" at a terminal, where sudo can ask`],
  }),
  DEVCA_TRUST_SUDO_REFUSED: entry<StoreAction>({
    exit: 5,
    what: (c) => `the trust store "${c.store}" was not changed: sudo did not accept the password or the user`,
    fix: (c) => [
      `run "${storeCommand(c)}" again`,
      `or give an administrator the commands that "${storeCommand(c)} --dry-run" prints`,
    ],
  }),
  DEVCA_TRUST_BUNDLE_EDITED: entry<
    StoreAction & { bundle: string; folder: string; extension: string; subjects: readonly string[] }
  >({
    exit: 5,
    what: (c) =>
      `rebuilding "${c.bundle}" would drop what somebody added to it by hand: ${c.subjects.map((subject) => `"${subject}"`).join(', ')}`,
    fix: (c) => [
      `save each of them as a file of its own in ${c.folder}, ending in ${c.extension}, ${AGAIN}`,
      `or let them go, with the commands that "${storeCommand(c)} --dry-run" prints`,
    ],
  }),
  DEVCA_TRUST_BUNDLE_DETACHED: entry<{
    store: string;
    name: string;
    bundle: string;
    tool: string;
    restore: string;
  }>({
    exit: 5,
    what: (c) =>
      `programs read "${c.name}", which is a file of its own and not the link to "${c.bundle}" that ${c.tool} rebuilds`,
    fix: (c) => [
      `run "${c.restore}", ${AGAIN}`,
      `keep what somebody added to it first: it is lost with the file ${c.name}`,
    ],
  }),
  DEVCA_TRUST_READ_ONLY: entry<{ store: string; folder: string; detail: string; unlock: string | undefined }>(
    {
      exit: 5,
      what: (c) => `the trust store "${c.store}" is on a read-only file system: ${c.detail}`,
      fix: (c) => [
        c.unlock === undefined
          ? `see with "findmnt --target ${shellWord(c.folder)}" what is mounted read-only, make it writable, ${AGAIN}`
          : `run "${c.unlock}", ${AGAIN}`,
      ],
    },
  ),
  DEVCA_TRUST_INVOKER_UNKNOWN: entry<{ variable: string; value: string }>({
    exit: 5,
    what: (c) => `${c.variable} is "${c.value}", and the password database has no such user with a home`,
    fix: () => ['run the same command without sudo, as the user whose authority is meant'],
  }),
  DEVCA_TRUST_FOREIGN_OWNER: entry<{ store: string; path: string; owner: number; asRoot?: boolean }>({
    exit: 5,
    what: (c) =>
      c.asRoot === true
        ? `root does not change the trust store "${c.store}": others than root may change "${c.path}" on the way there (owned by user id ${c.owner})`
        : `the trust store "${c.store}" belongs to another user: "${c.path}" is owned by user id ${c.owner}`,
    fix: (c) =>
      c.asRoot === true
        ? [
            `see with "ls -ld ${shellWord(c.path)}" who may change it: what root is to change lies in folders that root alone may change`,
            'or make the files of the store yours, so that no root is needed',
          ]
        : ['run the same command as that user'],
  }),
  DEVCA_TRUST_ROOT_COMMAND: entry<{ store: string; command: string }>({
    exit: 5,
    what: (c) => `root does not run "${c.command}" for the trust store "${c.store}": no store needs that`,
    fix: (c) => [`see all commands for it with "devca trust plan --store ${shellWord(c.store)}"`],
  }),
  DEVCA_TRUST_COMMAND_FAILED: entry<{ store: string; command: string; status: string; stderr: string }>({
    exit: 5,
    what: (c) =>
      `cannot change the trust store "${c.store}": ${c.command} failed (${c.status})${c.stderr === '' ? '' : `: ${c.stderr}`}`,
    fix: () => [`mend what the program names, ${AGAIN}`],
  }),
  DEVCA_TRUST_NOT_EFFECTIVE: entry<{ store: string; detail: string }>({
    exit: 5,
    what: (c) =>
      `the trust store "${c.store}" took the root and still refuses it; it was taken out again: ${c.detail}`,
    fix: (c) => [`see the commands with "${storeCommand({ ...c, action: 'install' })} --dry-run"`],
  }),
  DEVCA_TRUST_STILL_TRUSTED: entry<{ store: string; detail: string }>({
    exit: 5,
    what: (c) =>
      `the trust store "${c.store}" still trusts the root, from a place that devca did not write: ${c.detail}`,
    fix: () => ['remove that entry with the tool that added it, then run "devca trust status"'],
  }),
  DEVCA_TRUST_TIMEOUT: entry<{ store: string; seconds: number }>({
    exit: 5,
    what: (c) => `the trust store "${c.store}" did not answer within ${c.seconds} seconds`,
    fix: (c) => [`run "${status(c.store)}" when the machine is less busy`],
  }),
  DEVCA_TRUST_JOURNAL_UNWRITABLE: entry<{ path: string; detail: string }>({
    exit: 5,
    what: (c) => `cannot write the trust journal "${c.path}": ${c.detail}`,
    fix: (c) => [`check the owner and mode with "ls -l ${shellWord(c.path)}"`],
  }),
  DEVCA_TRUST_JOURNAL_NEWER: entry<{ path: string; schema: number }>({
    exit: 5,
    what: (c) => `the trust journal "${c.path}" was written by a newer devca (schema ${c.schema})`,
    fix: () => ['run the newer devca, or update this one with "npm install --global devca@latest"'],
  }),
};
