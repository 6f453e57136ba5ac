import { join } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import { AUTHORITY_PROFILES, IMPORTED_PROFILE, PROOF_PROFILE } from '../inventory/certificate-query.ts';
import type { World } from '../platform/world.ts';
import { BUILT_IN_PROFILES, builtInProfile } from '../profiles/built-in.ts';
import { parseJsonDocument } from '../profiles/json-document.ts';
import { type Profile, parseProfile } from '../profiles/profile.ts';

/** What the inventory has for certificates that no profile made. */
const RESERVED: readonly string[] = [...AUTHORITY_PROFILES, IMPORTED_PROFILE, PROOF_PROFILE];

/** More than any profile has. */
const LONGEST_FILE = 64 * 1024;

/**
 * A profile that comes with devca, else one of the user's own from `profiles/NAME.json` in the home.
 * Throws DEVCA_PROFILE_UNKNOWN, DEVCA_PROFILE_INVALID, and DEVCA_PROFILE_BUILT_IN where there is one of each.
 */
export function findProfile(name: string, home: string, world: World): Profile {
  const path = shadowedProfile(name, home, world);
  if (path !== undefined) throw new DevcaError('DEVCA_PROFILE_BUILT_IN', { profile: name, path });
  return profileAgain(name, home, world);
}

/** As `findProfile`, for a certificate that is there: no file of the user's keeps it from being renewed as it was issued. */
export const profileAgain = (name: string, home: string, world: World): Profile =>
  builtInProfile(name) ?? ownProfile(name, home, world);

/** A file of the user's that means nothing, since a profile of its name comes with devca. */
export function shadowedProfile(name: string, home: string, world: World): string | undefined {
  const folder = join(home, 'profiles');
  return BUILT_IN_PROFILES.includes(name) && ownNames(folder, world).includes(name)
    ? join(folder, `${name}.json`)
    : undefined;
}

/** Throws DEVCA_PROFILE_UNKNOWN for what neither a profile is called nor the inventory has instead of one. */
export function refuseUnknownProfile(name: string, home: string, world: World): void {
  const folder = join(home, 'profiles');
  const known = knownProfiles(folder, world);
  if (!known.includes(name) && !RESERVED.includes(name))
    throw new DevcaError('DEVCA_PROFILE_UNKNOWN', { profile: name, known });
}

function ownProfile(name: string, home: string, world: World): Profile {
  const folder = join(home, 'profiles');
  const path = join(folder, `${name}.json`);
  // The name goes into a path, so it is looked at first.
  const bytes = /^[a-z][a-z0-9-]{0,31}$/.test(name)
    ? world.files.readIfPresent(path, LONGEST_FILE)
    : undefined;
  if (bytes === undefined)
    throw new DevcaError('DEVCA_PROFILE_UNKNOWN', { profile: name, known: knownProfiles(folder, world) });
  const document = parseJsonDocument(Buffer.from(bytes).toString('utf8'), path);
  const profile = parseProfile(document.value, path, document.placeOf);
  if (profile.name === name && !RESERVED.includes(name)) return profile;
  const reason = RESERVED.includes(profile.name)
    ? `"name" is "${profile.name}", which the inventory has a meaning of its own for`
    : `"name" is "${profile.name}", and the file is called "${name}.json"`;
  throw new DevcaError('DEVCA_PROFILE_INVALID', { source: path, reason, ...document.placeOf('name') });
}

function knownProfiles(folder: string, world: World): readonly string[] {
  return [...new Set([...BUILT_IN_PROFILES, ...ownNames(folder, world)])];
}

function ownNames(folder: string, world: World): readonly string[] {
  const files = world.files.statusOfTarget(folder)?.kind === 'folder' ? world.files.list(folder) : [];
  return files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
}
