import { configFolder, pathsOf } from '../../platform/paths.ts';
import type { TrustSession } from '../session.ts';

/** A folder with one folder for each registry. */
export interface RegistriesFolder {
  readonly path: string;
  /** What reads it. */
  readonly engine: string;
  readonly needsRoot: boolean;
}

/** Its virtual machine gets the files when it starts. */
export const DESKTOP = 'Docker Desktop';

/** Where engines of this system look; the first is meant where a registry is named and no folder is there yet. */
export function registriesFolders(session: TrustSession): readonly RegistriesFolder[] {
  const { system } = session.world;
  const { join } = pathsOf(system);
  if (system.homeFolder === undefined) return system.platform === 'linux' ? [DOCKER, PODMAN] : [];
  const desktop = {
    path: join(system.homeFolder, '.docker', 'certs.d'),
    engine: DESKTOP,
    needsRoot: false,
  };
  if (system.platform === 'darwin') return [desktop];
  if (system.platform === 'win32') {
    const path = join(system.environment['ProgramData'] ?? 'C:\\ProgramData', 'docker', 'certs.d');
    return [desktop, { path, engine: 'Docker', needsRoot: true }];
  }
  const config = configFolder(system);
  const rootless = { path: join(config, 'docker', 'certs.d'), engine: 'rootless Docker', needsRoot: false };
  // Podman does not follow XDG_CONFIG_HOME here.
  const containers = join(system.homeFolder, '.config', 'containers', 'certs.d');
  const podman = { path: containers, engine: 'Podman', needsRoot: false };
  return [...likeliestFirst([DOCKER, rootless, podman], session), desktop, PODMAN];
}

const DOCKER: RegistriesFolder = { path: '/etc/docker/certs.d', engine: 'Docker', needsRoot: true };
const PODMAN: RegistriesFolder = { path: '/etc/containers/certs.d', engine: 'Podman', needsRoot: true };

/** Those that root alone may write in, where there is a process for root. */
export const ROOTS_REGISTRIES: readonly string[] = [DOCKER.path, PODMAN.path];

/** Rootless Docker says where it listens; Podman counts where there is no Docker. */
function likeliestFirst(
  [docker, rootless, podman]: readonly [RegistriesFolder, RegistriesFolder, RegistriesFolder],
  { world }: TrustSession,
): readonly RegistriesFolder[] {
  if (world.system.environment['DOCKER_HOST']?.startsWith('unix:///run/user/') === true)
    return [rootless, docker, podman];
  const hasOnlyPodman = world.exec.find('podman') !== undefined && world.exec.find('docker') === undefined;
  return hasOnlyPodman ? [podman, docker, rootless] : [docker, rootless, podman];
}

/** A host name or address with or without a port, as it stands in the names of images. */
export const isRegistry = (name: string): boolean =>
  /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$/i.test(name);

/** Windows has no `:` in names of files, and Docker leaves it out there. */
export const folderName = (registry: string, platform: NodeJS.Platform): string =>
  platform === 'win32' ? registry.replaceAll(':', '') : registry;
