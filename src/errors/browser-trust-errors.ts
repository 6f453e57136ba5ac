import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';
import { type StoreAction, storeCommand } from './trust-errors.ts';

const AGAIN = 'then run the same command again';
/** Another way for those whose policies devca knows: Chromium and its kin, which share folders of one name, and Firefox. */
function policy(folder: string): readonly string[] {
  if (folder.endsWith('nssdb'))
    return ['or leave it to a policy: run "devca trust install --store chromium-policy"'];
  if (!folder.includes('mozilla/firefox')) return [];
  return [
    'or leave it to Firefox, which asks for its password itself: run "devca trust install --store firefox-policy"',
  ];
}

/** Certificate databases and policies of browsers. */
export const browserTrustErrors = {
  DEVCA_TRUST_NSS_PASSWORD: entry<StoreAction & { folder: string }>({
    exit: 5,
    what: (c) => `the certificate database in "${c.folder}" is protected by a primary password`,
    fix: (c) => [
      `run "${storeCommand(c)} --dry-run | sh" on a terminal and give the password there`,
      `or put it into a file of mode 0600, then run "DEVCA_NSS_PASSWORD_FILE=password.txt ${storeCommand(c)}"`,
      ...(c.action === 'install' ? policy(c.folder) : []),
    ],
  }),
  DEVCA_TRUST_NSS_PASSWORD_WRONG: entry<{ store: string; folder: string; file: string }>({
    exit: 5,
    what: (c) => `the first line of "${c.file}" is not the primary password of the database in "${c.folder}"`,
    fix: () => [`correct the file, ${AGAIN}`],
  }),
  DEVCA_TRUST_NSS_READ_ONLY: entry<{ store: string; folder: string }>({
    exit: 5,
    what: (c) => `the certificate database in "${c.folder}" is read-only`,
    fix: (c) => [`run "chmod -R u+rwX ${shellWord(c.folder)}" if it is yours, ${AGAIN}`, ...policy(c.folder)],
  }),
  DEVCA_TRUST_NSS_UNREADABLE: entry<{
    store: string;
    folder: string;
    browser: string | undefined;
    detail: string;
  }>({
    exit: 5,
    what: (c) =>
      c.browser === undefined
        ? `the certificate database in "${c.folder}" is damaged, or in use: ${c.detail}`
        : `the certificate database in "${c.folder}" is in use by the browser (${c.browser}): ${c.detail}`,
    fix: (c) => [
      c.browser === undefined
        ? `close the browser that uses it, or start it once so that it mends the database, ${AGAIN}`
        : `close the browser, ${AGAIN}`,
    ],
  }),
  DEVCA_TRUST_NSS_IMPORTED: entry<{ store: string; folder: string; nickname: string }>({
    exit: 5,
    what: (c) =>
      `the browser itself made "${c.nickname}" trusted in "${c.folder}", in a form that this certutil cannot take away`,
    fix: (c) => [
      `delete "${c.nickname}" in the browser: Settings, Privacy & Security, View Certificates, Authorities`,
      'or install newer NSS tools, then run "devca trust uninstall" again',
    ],
  }),
  DEVCA_TRUST_NSS_SYSTEM_ROOTS_OFF: entry<{ folder: string; fix: string }>({
    exit: 5,
    what: (c) => `the profile in "${c.folder}" does not take roots from the system's store`,
    fix: (c) => [c.fix],
  }),
  DEVCA_TRUST_TOOL_BROKEN: entry<{
    store: string;
    path: string;
    detail: string;
    install: string | undefined;
  }>({
    exit: 5,
    what: (c) => `cannot look into the trust store "${c.store}": "${c.path}" does not work: ${c.detail}`,
    fix: (c) => [
      c.install === undefined
        ? `install NSS's own certutil, first on the PATH, ${AGAIN}`
        : `run "${c.install}", ${AGAIN}`,
    ],
  }),
  DEVCA_TRUST_POLICY_INVALID: entry<{ store: string; path: string; detail: string }>({
    exit: 5,
    what: (c) =>
      `browsers cannot read the policies in "${c.path}", and devca does not touch them: ${c.detail}`,
    fix: (c) => [`mend the file, with "python3 -m json.tool ${shellWord(c.path)}" to check it, ${AGAIN}`],
  }),
};
