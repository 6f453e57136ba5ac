import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';

/** The inventory and the files that are delivered from it. */
export const inventoryErrors = {
  DEVCA_INVENTORY_MISSING: entry<{ path: string }>({
    exit: 3,
    what: (c) => `there is no inventory "${c.path}"`,
    fix: () => [
      'run "devca init" to create an authority',
      'or point DEVCA_HOME or "--home" at an existing one',
    ],
  }),
  DEVCA_INVENTORY_UNKNOWN: entry<{ what: string; isFile?: boolean; authority?: string | undefined }>({
    exit: 3,
    what: (c) => {
      if (c.isFile === true)
        return `the inventory does not have the certificate in "${c.what}": it was not issued by ${typeof c.authority === 'string' ? `the authority "${c.authority}"` : 'this authority'}`;
      return typeof c.authority === 'string'
        ? `the authority "${c.authority}" has issued no certificate "${c.what}"`
        : `the inventory has no certificate "${c.what}", and there is no such file`;
    },
    fix: (c) => [
      typeof c.authority === 'string'
        ? `run "devca list --authority ${shellWord(c.authority)}" for the names and serial numbers that are there`
        : 'run "devca list" for the names and serial numbers that are there',
    ],
  }),
  DEVCA_INVENTORY_AMBIGUOUS: entry<{
    what: string;
    certificates: readonly { digits: string; subject: string }[];
  }>({
    exit: 2,
    what: (c) =>
      `"${c.what}" means ${c.certificates.length} certificates: ${c.certificates
        .slice(0, 5)
        .map(({ digits, subject }) => `${digits} (${subject === '' ? 'without a subject' : subject})`)
        .join(', ')}${c.certificates.length > 5 ? ` and ${c.certificates.length - 5} more` : ''}`,
    fix: (c) => [
      `say which: look at them, such as with "devca show ${c.certificates[0]?.digits ?? ''}", then give one of these in the place of "${c.what}"`,
    ],
  }),
  DEVCA_INVENTORY_NEWER: entry<{ path: string; version: number; known: number }>({
    exit: 1,
    what: (c) =>
      `the inventory "${c.path}" was written by a newer devca: it has version ${c.version}, this program knows ${c.known}`,
    fix: () => ['update devca, then run the same command again', 'or choose another "--home"'],
  }),
  DEVCA_INVENTORY_CORRUPT: entry<{ path: string; detail: string }>({
    exit: 1,
    what: (c) => `the inventory "${c.path}" is damaged: ${c.detail}`,
    fix: (c) => [
      `look for a backup beside it with "ls -l ${shellWord(c.path)}*"`,
      'put a backup in its place, or choose another "--home"',
    ],
  }),
  DEVCA_INVENTORY_FOREIGN: entry<{ path: string }>({
    exit: 1,
    what: (c) => `"${c.path}" is the database of another program`,
    fix: () => ['choose another folder with DEVCA_HOME or "--home"', 'or move that file away'],
  }),
  DEVCA_INVENTORY_BUSY: entry<{ path: string; seconds: number }>({
    exit: 1,
    what: (c) => `the inventory "${c.path}" was in use by another process for more than ${c.seconds} s`,
    fix: (c) => [
      `see which process it is with "fuser -v ${shellWord(c.path)}", then run the same command again`,
    ],
  }),
  DEVCA_INVENTORY_LOCKED: entry<{ folder: string; holder: string | undefined; seconds: number }>({
    exit: 1,
    what: (c) =>
      `another devca is at work in "${c.folder}"${c.holder === undefined ? '' : ` (${c.holder})`}: waited ${c.seconds} s`,
    fix: () => ['wait until it has finished, or end it, then run the same command again'],
  }),
  DEVCA_INVENTORY_LOCK_DAMAGED: entry<{ path: string }>({
    exit: 1,
    what: (c) => `the lock "${c.path}" has contents, which a lock of devca never has`,
    fix: (c) => [
      `while no devca is at work, remove it with "rm ${shellWord(c.path)}": nothing is kept in it`,
    ],
  }),
  DEVCA_INVENTORY_DUPLICATE: entry<{ column: string }>({
    exit: 1,
    what: (c) => `the inventory has a row with the same "${c.column}" already`,
    fix: () => ['run the same command again'],
  }),
  DEVCA_DELIVERY_TARGET: entry<{
    targets: readonly { path: string; reason: string }[];
    /** `false` where "--force" does not help. */
    canForce?: boolean;
    /** `false` where the places are given, as those of a certificate that is renewed. */
    canMove?: boolean;
  }>({
    exit: 1,
    what: (c) =>
      `will not overwrite ${c.targets.map((target) => `"${target.path}" (${target.reason})`).join(', ')}`,
    fix: (c) =>
      c.canForce === false
        ? ['write elsewhere with "--out", or with the flag that names the file']
        : [
            c.canMove === false ? 'move it away' : 'move it away, or write elsewhere with "--out"',
            'or add "--force" to overwrite it',
          ],
  }),
  DEVCA_DELIVERY_SAME_PATH: entry<{ paths: readonly string[] }>({
    exit: 1,
    what: (c) => `two files of one call would be ${c.paths.map((path) => `"${path}"`).join(', ')}`,
    fix: () => [
      'give different names with "--cert-file" and "--key-file", or different folders with "--out"',
    ],
  }),
  DEVCA_DELIVERY_INCOMPLETE: entry<{ files: readonly { path: string; temporary: string }[]; detail: string }>(
    {
      exit: 1,
      what: (c) =>
        `recorded, but not moved into place: ${c.files.map((file) => `"${file.path}" (in "${file.temporary}")`).join(', ')}: ${c.detail}`,
      fix: () => ['remove what is in the way, then run any devca command that writes: it completes the move'],
    },
  ),
  DEVCA_DELIVERY_KEPT: entry<{ path: string; temporary: string; reason: string }>({
    exit: 1,
    what: (c) =>
      `an interrupted run left "${c.path}" unfinished: ${c.reason}; the new file is kept as "${c.temporary}"`,
    fix: (c) => [
      `to use the new file run "mv ${shellWord(c.temporary)} ${shellWord(c.path)}"`,
      `to drop it run "rm ${shellWord(c.temporary)}"`,
    ],
  }),
  DEVCA_DELIVERY_LOST: entry<{ path: string; temporary: string }>({
    exit: 1,
    what: (c) =>
      `an interrupted run left neither "${c.path}" nor its temporary file "${c.temporary}" as written`,
    fix: () => ['issue the certificate again with "devca issue"'],
  }),
};
