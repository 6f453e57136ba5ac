import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';

/** Where an authority's keys rest: files, the keychain, passphrases. */
export const keystoreErrors = {
  DEVCA_KEYSTORE_KEY_MISSING: entry<{ path: string }>({
    exit: 1,
    what: (c) => `the authority's key "${c.path}" is not there`,
    fix: () => [
      'put it back from a backup of the folder',
      'or make a new authority with "devca init --home NEW-FOLDER"',
    ],
  }),
  DEVCA_KEYSTORE_KEY_UNSAFE: entry<{ path: string; reason: string }>({
    exit: 5,
    what: (c) => `the authority's key "${c.path}" is not safe: ${c.reason}`,
    fix: (c) => [
      `run "chmod 600 ${shellWord(c.path)}" if the file is yours`,
      'if someone else may have read it, make a new authority with "devca init --home NEW-FOLDER"',
    ],
  }),
  DEVCA_KEYSTORE_KEY_CORRUPT: entry<{ path: string; reason: string }>({
    exit: 1,
    what: (c) => `the authority's key "${c.path}" is damaged: ${c.reason}`,
    fix: () => [
      'put it back from a backup of the folder',
      'or make a new authority with "devca init --home NEW-FOLDER"',
    ],
  }),
  DEVCA_KEYSTORE_CHANGED: entry<{ name: string }>({
    exit: 1,
    what: (c) => `another process has moved the keys of "${c.name}" just now, so nothing was moved`,
    fix: () => ['look where they rest now with "devca ca show", and run the command again'],
  }),
  DEVCA_KEYSTORE_ISSUES: entry<{ name: string }>({
    exit: 1,
    what: (c) => `the root of "${c.name}" is what issues, so its key cannot be destroyed`,
    fix: () => [
      'protect it: run "devca ca protect --keystore passphrase"',
      'or have an intermediate issue, with "devca ca roll"',
    ],
  }),
  DEVCA_KEYSTORE_UNCONFIRMED: entry<{ name: string }>({
    exit: 2,
    what: (c) =>
      `nothing was destroyed: there is nobody to ask whether the key of the root of "${c.name}" is to go for good`,
    fix: () => ['add "--yes" where that is wanted'],
  }),
  DEVCA_KEYSTORE_DISCARDED: entry<{ name: string }>({
    exit: 1,
    what: (c) => `the key of the root of "${c.name}" was destroyed when it had signed, so it cannot be moved`,
    fix: () => [
      'leave out "--root" to move the intermediate\'s key',
      'an authority that keeps it is made with "devca init --root-keystore passphrase --home NEW-FOLDER"',
    ],
  }),
  DEVCA_KEYCHAIN_UNAVAILABLE: entry<{ reason: string }>({
    exit: 5,
    what: (c) => `there is no keychain that devca can use: ${c.reason}`,
    fix: () => [
      'start the session\'s keyring, such as gnome-keyring, and run the command again; on Linux it needs D-Bus and "libsecret-1-0"',
      'for a new authority, "--keystore passphrase" and "--keystore file" need none',
    ],
  }),
  DEVCA_KEYCHAIN_LOCKED: entry<{ reason: string }>({
    exit: 5,
    what: (c) => `the keychain is locked: ${c.reason}`,
    fix: () => ['unlock the session\'s keyring, for example in "seahorse", and run the command again'],
  }),
  DEVCA_KEYCHAIN_SILENT: entry<{ ms: number }>({
    exit: 5,
    what: (c) => `the keychain has not answered within ${c.ms} ms: it hangs, or it waits to be unlocked`,
    fix: () => ['unlock the session\'s keyring, for example in "seahorse", and run the command again'],
  }),
  DEVCA_KEYCHAIN_ENTRY_MISSING: entry<{ entry: string; path: string }>({
    exit: 1,
    what: (c) => `the keychain has nothing under "devca" and "${c.entry}", which opens "${c.path}"`,
    fix: () => [
      "if the keychain is locked, or is another user's or another session's, open the right one and run the command again",
      'if the entry is lost, so is the key: restore the keychain from a backup, or make a new authority with "devca init --home NEW-FOLDER"',
    ],
  }),
  DEVCA_KEYCHAIN_ENTRY_CHANGED: entry<{ entry: string; path: string }>({
    exit: 1,
    what: (c) =>
      `the keychain's entry "devca" and "${c.entry}" is not the one that devca made: it does not open "${c.path}"`,
    fix: () => [
      'restore the entry from a backup of the keychain',
      'or make a new authority with "devca init --home NEW-FOLDER"',
    ],
  }),
  DEVCA_PASSPHRASE_MISSING: entry<{ what: string }>({
    exit: 1,
    what: (c) => `${c.what} needs a passphrase, and there is no terminal to ask for it`,
    fix: () => ['give it with "--passphrase-file FILE" or in the variable DEVCA_PASSPHRASE'],
  }),
  DEVCA_PASSPHRASE_ABSENT: entry<{ what: string }>({
    exit: 1,
    what: (c) => `${c.what} needs a passphrase, and none was typed before the input ended`,
    fix: () => [
      'run the command again and type it, or give it with "--passphrase-file FILE" or in the variable DEVCA_PASSPHRASE',
    ],
  }),
  DEVCA_PASSPHRASE_UNUSABLE: entry<{ source: string; reason: string }>({
    exit: 2,
    what: (c) => `the passphrase from ${c.source} cannot be used: ${c.reason}`,
    fix: () => [
      'use 8 to 1,024 characters on one line, such as five words that have nothing to do with one another',
    ],
  }),
  DEVCA_PASSPHRASE_MISMATCH: entry<Record<never, never>>({
    exit: 2,
    what: () => 'the two passphrases are not the same, so nothing was done',
    fix: () => ['run the command again, and type the same twice'],
  }),
  DEVCA_PASSPHRASE_WRONG: entry<{ path: string; source: string }>({
    exit: 1,
    what: (c) => `the passphrase from ${c.source} does not open the authority's key "${c.path}"`,
    fix: (c) => [
      'run the command again with the right one',
      `to try one outside of devca, run "openssl pkey -in ${shellWord(c.path)} -noout"`,
    ],
  }),
};
