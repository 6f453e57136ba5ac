import { hostname, userInfo } from 'node:os';

/** Who runs devca, where, and with which environment. */
export interface System {
  readonly platform: NodeJS.Platform;
  readonly userName: string;
  /** `undefined` where the platform has no user ids. */
  readonly uid: number | undefined;
  /** `undefined` where neither the environment nor the user database names one. */
  readonly homeFolder: string | undefined;
  readonly hostName: string;
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly processId: number;
  /** The runtime's version, such as `v24.21.0`. */
  readonly runtimeVersion: string;
}

export function thisSystem(): System {
  const environment = environmentOf(process.env, process.platform);
  const user = currentUser();
  return {
    platform: process.platform,
    userName: user?.username ?? environment['USER'] ?? environment['USERNAME'] ?? 'user',
    uid: process.getuid?.(),
    homeFolder: environment['HOME'] || environment['USERPROFILE'] || user?.homedir || undefined,
    hostName: hostname(),
    workingFolder: process.cwd(),
    environment,
    processId: process.pid,
    runtimeVersion: process.version,
  };
}

/** Variables that devca looks up, as it spells them. */
const SPELLED = [
  'PATH',
  'PATHEXT',
  'HOME',
  'USERPROFILE',
  'USERNAME',
  'LOCALAPPDATA',
  'APPDATA',
  'TEMP',
  'TMP',
  'SystemRoot',
  'windir',
  'JAVA_HOME',
];

/** Names of variables have no case on Windows, where the PATH is mostly called `Path`. */
export function environmentOf(
  variables: System['environment'],
  platform: NodeJS.Platform,
): Record<string, string | undefined> {
  if (platform !== 'win32') return { ...variables };
  const spelled = (name: string): string =>
    SPELLED.find((known) => known.toLowerCase() === name.toLowerCase()) ?? name;
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [spelled(name), value]));
}

/** The variable that a key's passphrase can be given in. */
export const PASSPHRASE_VARIABLE = 'DEVCA_PASSPHRASE';

/** Takes the passphrase out of the environment, so that nobody who is handed that gets it too. */
export function withoutSecret(system: System): { system: System; passphrase: string | undefined } {
  const { [PASSPHRASE_VARIABLE]: passphrase, ...environment } = system.environment;
  return { system: { ...system, environment }, passphrase };
}

/** `userInfo` throws where the user database has no entry for this user id (containers with `--user`). */
function currentUser(): { username: string; homedir: string } | undefined {
  try {
    return userInfo();
  } catch {
    return undefined;
  }
}
