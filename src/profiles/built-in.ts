import client from '../../templates/profiles/client.json' with { type: 'json' };
import server from '../../templates/profiles/server.json' with { type: 'json' };
import service from '../../templates/profiles/service.json' with { type: 'json' };
import { type Profile, parseProfile } from './profile.ts';

const BUILT_IN: Readonly<Record<string, unknown>> = { server, client, service };

/** The names of the profiles that come with devca; the first is the default. */
export const BUILT_IN_PROFILES: readonly string[] = Object.keys(BUILT_IN);

/** A profile that comes with devca, or `undefined`. */
export function builtInProfile(name: string): Profile | undefined {
  if (!Object.hasOwn(BUILT_IN, name)) return undefined;
  const profile = parsed.get(name) ?? parseProfile(BUILT_IN[name], `templates/profiles/${name}.json`);
  parsed.set(name, profile);
  return profile;
}

const parsed = new Map<string, Profile>();
