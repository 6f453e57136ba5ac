import type { World } from './world.ts';

/** A user as the password database knows them. */
export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly userName: string;
  readonly homeFolder: string;
}

/** The users in lines of passwd(5), of which macOS has three fields more; one without a home is left out. */
export function parseUsers(text: string): readonly User[] {
  return text.split('\n').flatMap((line) => {
    const [userName = '', , uid = '', gid = '', ...further] = line.split(':');
    const homeFolder = further.at(-2) ?? '';
    const isWhole =
      userName !== '' && [uid, gid].every((id) => /^\d+$/.test(id)) && homeFolder.startsWith('/');
    return isWhole ? [{ uid: Number(uid), gid: Number(gid), userName, homeFolder }] : [];
  });
}

/** Who is in the password file; users of a directory are not. Throws DEVCA_FILE_*. */
export const usersOfFile = ({ files }: Pick<World, 'files'>): readonly User[] =>
  parseUsers(Buffer.from(files.readIfPresent('/etc/passwd') ?? []).toString('utf8'));

/** How sudo and others name a user: as the password file does, else by `#UID`. */
export function ownerName(uid: number, world: Pick<World, 'files'>): string {
  try {
    return usersOfFile(world).find((user) => user.uid === uid)?.userName ?? `#${uid}`;
  } catch {
    return `#${uid}`;
  }
}
