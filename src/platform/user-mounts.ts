import { readFileSync } from 'node:fs';

const TABLE = '/proc/self/mountinfo';

/**
 * The folders on which a user has mounted a file system of their own (FUSE), with that user's id: every owner and mode in
 * there is what a program of theirs says. Empty where the system has no such table.
 */
export function userMounts(): ReadonlyMap<string, number> {
  return parseUserMounts(readTable());
}

/** See proc(5): the folder is the fifth field, and the options of the file system itself are the last. */
export function parseUserMounts(table: string): ReadonlyMap<string, number> {
  const mounts = new Map<string, number>();
  for (const line of table.split('\n')) {
    const [folder, options] = [line.split(' ')[4], line.split(' ').at(-1)];
    const user = Number(/(?:^|,)user_id=(\d+)/.exec(options ?? '')?.[1] ?? 0);
    if (folder !== undefined && user !== 0) mounts.set(unescaped(folder), user);
  }
  return mounts;
}

/** Bytes below 0x80 only are written as octal digits. */
const unescaped = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));

function readTable(): string {
  try {
    return readFileSync(TABLE, 'utf8');
  } catch {
    return '';
  }
}
