import { entry } from './entry.ts';
import { type StoreAction, storeCommand } from './trust-errors.ts';

/** Trust stores that only some systems have: those that ask in a window, and those of devices. */
export const storeErrors = {
  DEVCA_TRUST_DIALOG_CANCELLED: entry<StoreAction>({
    exit: 5,
    what: (c) => `the trust store "${c.store}" was not changed: somebody said no in the window that asked`,
    fix: (c) => [`run "${storeCommand(c)}" again and say yes there`],
  }),
  DEVCA_TRUST_DIALOG_UNANSWERED: entry<StoreAction>({
    exit: 5,
    what: (c) => `the trust store "${c.store}" was not changed: nobody answered the window that asks`,
    fix: (c) => [
      `run "${storeCommand(c)}" again and look for a window on the computer's own screen`,
      'it may stand behind others, or on the screen of somebody who is logged in there',
    ],
  }),
  DEVCA_TRUST_DIALOG_IMPOSSIBLE: entry<StoreAction & { detail: string }>({
    exit: 5,
    what: (c) =>
      `the trust store "${c.store}" was not changed: the system has to ask in a window, and there is no desktop here: ${c.detail}`,
    fix: (c) => [
      `run "${storeCommand(c)}" in a terminal on the computer's own desktop, not through SSH or a service`,
      `or give an administrator the root and the commands that "${storeCommand(c)} --dry-run" prints`,
    ],
  }),
  DEVCA_TRUST_NEEDS_ADMINISTRATOR: entry<StoreAction>({
    exit: 5,
    what: (c) =>
      `changing the trust store "${c.store}" needs the rights of an administrator, which a terminal has that was opened with "Run as administrator"`,
    fix: (c) => [
      `run "${storeCommand(c)}" in such a terminal`,
      `or give an administrator the commands that "${storeCommand(c)} --dry-run" prints`,
    ],
  }),
  DEVCA_TRUST_WINDOWS_UNREACHABLE: entry<{ store: string; detail: string }>({
    exit: 5,
    what: (c) => `cannot ask Windows for the trust store "${c.store}": ${c.detail}`,
    fix: () => [
      `run "printf '[interop]\\nenabled=true\\n' | sudo tee -a /etc/wsl.conf", then "wsl.exe --shutdown" in Windows`,
      'or run devca in Windows itself',
    ],
  }),
  DEVCA_TRUST_DEVICE_UNREADY: entry<{ store: string; detail: string; fix: string }>({
    exit: 5,
    what: (c) => `the trust store "${c.store}" cannot be changed now: ${c.detail}`,
    fix: (c) => [c.fix],
  }),
};
