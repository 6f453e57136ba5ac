import type { World } from './world.ts';

/** How sudo and others name a user: as the password file does, else by `#UID`. */
export function ownerName(uid: number, { files }: Pick<World, 'files'>): string {
  try {
    const text = Buffer.from(files.readIfPresent('/etc/passwd') ?? []).toString('utf8');
    const fields = text.split('\n').map((line) => line.split(':'));
    return fields.find((row) => row[2] === String(uid))?.[0] ?? `#${uid}`;
  } catch {
    return `#${uid}`;
  }
}
