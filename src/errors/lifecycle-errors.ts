import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';

/** The end of an authority, its way to another machine, and trust in one from elsewhere. */
export const lifecycleErrors = {
  DEVCA_DESTROY_UNCONFIRMED: entry<{ home: string; authorities: readonly string[]; place: string }>({
    exit: 2,
    what: (c) =>
      `nothing was destroyed: there is nobody to ask whether everything of ${c.authorities.map((name) => `"${name}"`).join(', ')} in "${c.home}" is to go`,
    fix: (c) => [
      'add "--yes" where that is wanted',
      `see what would go with "devca ca destroy${c.place} --dry-run"`,
    ],
  }),
  DEVCA_DESTROY_DEFAULT: entry<{ name: string; others: readonly string[]; homeFlag: string }>({
    exit: 2,
    what: (c) =>
      `nothing was destroyed: "${c.name}" is the default authority, and more than one would be left: ${c.others.map((name) => `"${name}"`).join(', ')}`,
    fix: (c) => [
      `make another one the default first: run "devca ca use ${shellWord(c.others[0] ?? 'NAME')}${c.homeFlag}"`,
    ],
  }),
  DEVCA_BACKUP_KEYCHAIN: entry<{
    authorities: readonly { name: string; place: string; issuing: boolean; root: boolean }[];
  }>({
    exit: 1,
    what: (c) =>
      `the key of ${c.authorities.map(({ name }) => `"${name}"`).join(', ')} cannot be opened on another machine: it is bound to this one's keychain`,
    fix: (c) =>
      c.authorities.flatMap(({ place, issuing, root }) => [
        ...(issuing ? [`move it first: run "devca ca protect --keystore passphrase${place}"`] : []),
        ...(root
          ? [`move the root's first: run "devca ca protect --root --keystore passphrase${place}"`]
          : []),
      ]),
  }),
  DEVCA_BACKUP_INVALID: entry<{ path: string; reason: string }>({
    exit: 4,
    what: (c) => `"${c.path}" is no backup that can be restored: ${c.reason}`,
    fix: () => ['use another copy of it, as "devca ca backup" wrote it'],
  }),
  DEVCA_BACKUP_PASSPHRASE: entry<{ path: string; source: string }>({
    exit: 1,
    what: (c) => `the passphrase from ${c.source} is not that of the backup "${c.path}"`,
    fix: () => [
      'give the one that "devca ca backup" was given, such as with "--passphrase-file FILE"',
      'or, if it is the right one, use another copy of the file: the beginning of this one was changed',
    ],
  }),
  DEVCA_RESTORE_PRESENT: entry<{ home: string; place: string; isNewer: boolean }>({
    exit: 1,
    what: (c) =>
      `there is an inventory in "${c.home}" already${c.isNewer ? ', which knows more than the backup' : ''}: it is not overwritten`,
    fix: (c) => [
      'restore into another folder: add "--home DIR"',
      `or, where nothing in it is of use any more, run "devca ca destroy${c.place}" first`,
    ],
  }),
  DEVCA_TRUST_FROM_KEY: entry<{ path: string }>({
    exit: 1,
    what: (c) =>
      `"${c.path}" has a private key in it: whoever has the file can stand for every name that the root may sign for`,
    fix: () => [
      'ask for a file with the roots alone, which "devca ca export-trust" makes',
      'or add "--allow-unconstrained" if the key is known to be nobody else\'s',
    ],
  }),
  DEVCA_TRUST_FROM_NOT_ROOT: entry<{ path: string; reason: string }>({
    exit: 1,
    what: (c) => `"${c.path}" is no file of roots: ${c.reason}`,
    fix: () => ['ask for the file that "devca ca export-trust" makes'],
  }),
  DEVCA_TRUST_FROM_UNCONSTRAINED: entry<{ path: string; roots: readonly string[] }>({
    exit: 1,
    what: (c) =>
      `${c.roots.map((root) => `"${root}"`).join(', ')} in "${c.path}" has no critical constraint on names, or one that permits a whole top-level domain: whoever has its key could stand for the sites of others`,
    fix: () => [
      'ask for a root with a constraint, such as "devca init" makes',
      'or add "--allow-unconstrained" to trust it all the same',
    ],
    see: 'RFC 5280 section 4.2.1.10',
  }),
  DEVCA_TRUST_FROM_FINGERPRINT: entry<{
    path: string;
    found: readonly string[];
    given: readonly string[];
  }>({
    exit: 1,
    what: (c) =>
      c.given.length === 0
        ? `there is nobody to ask whether the roots in "${c.path}" are the right ones, and no fingerprint was given`
        : `the roots in "${c.path}" have other fingerprints than the ones that were given: ${c.found.join(', ')}`,
    fix: (c) => [
      'ask whoever made the authority for the fingerprint, by another way than the file: "devca ca show" shows it',
      `if it is the right one, add "${c.found.map((found) => `--sha256 ${shellWord(found)}`).join(' ')}"`,
    ],
  }),
};
