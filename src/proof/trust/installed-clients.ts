import { isAbsolute, join } from 'node:path';
import { isDevcaError } from '../../errors/devca-error.ts';
import type { World } from '../../platform/world.ts';
import { browserClients } from './clients/browsers.ts';
import { commandLineClients } from './clients/command-line.ts';
import { compiledClients } from './clients/compiled.ts';
import { scriptedClients } from './clients/scripted.ts';
import type { TrustClient } from './trust-client.ts';

export interface InstalledClient {
  readonly client: TrustClient;
  /** `undefined` where it is not installed. */
  readonly program: string | undefined;
}

/** More versions of one runtime than this say nothing new. */
const VERSION_LIMIT = 10;

/** In the order in which they are shown. */
export const trustClients = (firefoxProfile: string | undefined): readonly TrustClient[] => [
  ...commandLineClients,
  ...scriptedClients,
  ...compiledClients,
  ...browserClients(firefoxProfile),
];

/** A client with each of its installations, each once; one row too where there is none. */
export function installationsOf(client: TrustClient, world: World): readonly InstalledClient[] {
  const first = client.programs.flatMap((program) => pathsOf(program, world)).slice(0, 1);
  const further = (client.further ?? []).flatMap((pattern) => pathsOf(pattern, world));
  const found = new Map<string, string>();
  for (const path of [...first, ...further]) {
    const real = world.files.realPath(path);
    if (!found.has(real)) found.set(real, path);
  }
  if (found.size === 0) return [{ client, program: undefined }];
  return [...found.values()].slice(0, VERSION_LIMIT).map((program) => ({ client, program }));
}

function pathsOf(pattern: string, world: World): readonly string[] {
  const { homeFolder } = world.system;
  if (pattern.startsWith('~') && homeFolder === undefined) return [];
  const path = pattern.replace(/^~/, homeFolder ?? '');
  const candidates = isAbsolute(path) ? expand(path, world) : [path];
  return candidates.flatMap((candidate) => world.exec.find(candidate) ?? []);
}

/** A path in which one part is `*`. */
function expand(path: string, { files }: World): readonly string[] {
  const [folder = '', rest] = path.split('/*/');
  if (rest === undefined) return [path];
  try {
    if (files.statusOfTarget(folder)?.kind !== 'folder') return [];
    return files.list(folder).map((name) => join(folder, name, rest));
  } catch (error) {
    if (isDevcaError(error)) return [];
    throw error;
  }
}
