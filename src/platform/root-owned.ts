import { lstatSync, readlinkSync } from 'node:fs';
import { delimiter, isAbsolute, posix } from 'node:path';
import { userMounts } from './user-mounts.ts';

/** What is asked of a file system; `status` does not follow a link, and says `undefined` where nothing is there. */
export interface OwnerLookup {
  status(path: string): { kind: string; mode: number; uid: number; gid: number } | undefined;
  readLink(path: string): string;
}

/** Somebody who may lead a path elsewhere. */
export interface ForeignPart {
  readonly path: string;
  readonly owner: number;
}

const MOST_LINKS = 40;

/**
 * Links of processes lead elsewhere than their text says. In the others stand disks and shares that users bring along,
 * where whoever made one says what is root's.
 */
const PLACES_OF_OTHERS = ['/proc', '/media', '/run/media', '/Volumes', '/net', '/Network', '/afs'];

/** Debian's group for /usr/local, whose members count as administrators there. */
const STAFF = 50;

/** Sticky, and open to nobody but the users that build packages. */
const PACKAGE_STORES = ['/nix/store', '/gnu/store'];

const machine: OwnerLookup = {
  status: (path) => {
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (status === undefined) return undefined;
    const kind = status.isDirectory() ? 'folder' : status.isSymbolicLink() ? 'link' : 'file';
    return { kind, mode: status.mode, uid: status.uid, gid: status.gid };
  },
  readLink: (path) => readlinkSync(path),
};

/**
 * The first folder on the way to what a path names, links and what they lead to included, in which others than root could
 * put something else; `undefined` where there is none. A folder that is named itself counts too. What is not there could be
 * made by nobody but root then. A sticky folder passes only where root works for itself, and to what is root's and there.
 */
export function foreignPart(
  path: string,
  lookup: OwnerLookup = machine,
  passesSticky = false,
): ForeignPart | undefined {
  return walk(path, lookup, passesSticky).foreign;
}

/** The same for a program, whose own file nobody else may write either: whoever can, decides what root runs. */
export function foreignPartOfProgram(
  path: string,
  lookup: OwnerLookup = machine,
  passesSticky = false,
): ForeignPart | undefined {
  const { foreign, file } = walk(path, lookup, passesSticky);
  if (foreign !== undefined || file === undefined) return foreign;
  const status = lookup.status(file);
  if (status === undefined || (status.uid === 0 && !isOpen(file, status))) return undefined;
  return { path: file, owner: status.uid };
}

/** Goes a path to its end: as far as the first foreign part, or to a file, by its own name. */
function walk(
  path: string,
  lookup: OwnerLookup,
  passesSticky: boolean,
): { readonly foreign?: ForeignPart; readonly file?: string } {
  const parts = path.split('/').filter(Boolean);
  const mounts = userMounts();
  let here = '/';
  let links = 0;
  for (;;) {
    const status = lookup.status(here);
    if (status === undefined) return {};
    if (status.kind === 'link') {
      if (++links > MOST_LINKS) return { foreign: { path: here, owner: status.uid } };
      const target = lookup.readLink(here);
      parts.unshift(...target.split('/').filter(Boolean));
      here = target.startsWith('/') ? '/' : posix.dirname(here);
      continue;
    }
    if (status.kind !== 'folder') return { file: here };
    const next = parts[0] === undefined ? undefined : posix.join(here, parts[0]);
    const mounter = mounts.get(here);
    if (mounter !== undefined) return { foreign: { path: here, owner: mounter } };
    const isKept = passesSticky && (status.mode & 0o1000) !== 0 && isOfRoot(next, lookup);
    const isOthers = PLACES_OF_OTHERS.includes(here) || status.uid !== 0;
    if (isOthers || (isOpen(here, status) && !isKept)) return { foreign: { path: here, owner: status.uid } };
    if (next === undefined) return {};
    parts.shift();
    here = next;
  }
}

const isOfRoot = (path: string | undefined, lookup: OwnerLookup): boolean =>
  path !== undefined && lookup.status(path)?.uid === 0;

function isOpen(path: string, { mode, gid }: { mode: number; gid: number }): boolean {
  if ((mode & 0o002) !== 0) return true;
  if ((mode & 0o020) === 0 || PACKAGE_STORES.includes(path)) return false;
  return !(gid === STAFF && `${path}/`.startsWith('/usr/local/'));
}

/** Of a program and what it is given, the first path that others than root could lead elsewhere. */
export function foreignPartOf(
  { program, args }: { program: string; args: readonly string[] },
  lookup: OwnerLookup = machine,
  passesSticky = false,
): ForeignPart | undefined {
  const given = args.flatMap((arg, index) => {
    // The user's own file with a password: to read it changes nothing.
    if (args[index - 1] === '-storepass:file') return [];
    const path = /^(?:[\w-]+[=:]|-\w)(\/.*)$/s.exec(arg)?.[1] ?? arg;
    // Root's working folder is `/`.
    return path.startsWith('-') ? [] : [posix.join('/', path)];
  });
  const ofProgram = isAbsolute(program) ? foreignPartOfProgram(program, lookup, passesSticky) : undefined;
  return (
    ofProgram ??
    given.map((path) => foreignPart(path, lookup, passesSticky)).find((part) => part !== undefined)
  );
}

const ROOTS_PATH = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** The folders of a PATH from which root can start programs, whoever has put the others there, and those of the system. */
export function pathForRoot(path: string): string {
  return [...path.split(delimiter), ...ROOTS_PATH]
    .filter((folder) => isAbsolute(folder) && isRootsAlone(folder))
    .join(delimiter);
}

function isRootsAlone(folder: string): boolean {
  try {
    return machine.status(folder) !== undefined && foreignPart(folder) === undefined;
  } catch {
    return false;
  }
}
