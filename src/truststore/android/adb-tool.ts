import type { ExecOutcome } from '../../platform/exec.ts';
import { pathsOf } from '../../platform/paths.ts';
import type { TrustSession } from '../session.ts';

/** A device as `adb devices` lists it. */
export interface AndroidDevice {
  readonly serial: string;
  /** `device` where it answers; else `offline`, `unauthorized` and the like. */
  readonly state: string;
  readonly model: string | undefined;
}

/** The first question starts a server, which takes its time. */
const ANSWER_TIMEOUT_MS = 15_000;

/** On the PATH, or where Android Studio puts it. */
export function findAdb(session: TrustSession): string | undefined {
  const { world } = session;
  const { join } = pathsOf(world.system);
  const { ANDROID_HOME, ANDROID_SDK_ROOT, LOCALAPPDATA } = world.system.environment;
  const home = world.system.homeFolder ?? '';
  const usual: Readonly<Record<string, string>> = {
    darwin: join(home, 'Library', 'Android', 'sdk'),
    win32: join(LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'Android', 'Sdk'),
  };
  const folders = [
    ANDROID_HOME,
    ANDROID_SDK_ROOT,
    usual[world.system.platform] ?? join(home, 'Android', 'Sdk'),
  ];
  const name = world.system.platform === 'win32' ? 'adb.exe' : 'adb';
  const paths = folders.flatMap((folder) =>
    folder === undefined || folder === '' ? [] : [join(folder, 'platform-tools', name)],
  );
  return ['adb', ...paths].map((path) => world.exec.find(path)).find((path) => path !== undefined);
}

/** Whether somebody has made an emulator here: only then is `adb` asked unbidden, since that starts a server. */
export function hasEmulators({ world }: TrustSession): boolean {
  const { join } = pathsOf(world.system);
  const { ANDROID_AVD_HOME, ANDROID_USER_HOME } = world.system.environment;
  const folder =
    ANDROID_AVD_HOME ?? join(ANDROID_USER_HOME ?? join(world.system.homeFolder ?? '', '.android'), 'avd');
  if (world.files.statusOfTarget(folder)?.kind !== 'folder') return false;
  return world.files.list(folder).some((name) => /\.(ini|avd)$/.test(name));
}

export async function listDevices(adb: string, session: TrustSession): Promise<readonly AndroidDevice[]> {
  const { stdout } = await askAdb(adb, ['devices', '-l'], session);
  return [...stdout.matchAll(/^(?!\*|List of)(\S+)[ \t]+(\w+)([^\r\n]*)/gm)].map(
    ([, serial = '', state = '', rest = '']) => ({ serial, state, model: /\bmodel:(\S+)/.exec(rest)?.[1] }),
  );
}

export function askAdb(adb: string, args: readonly string[], session: TrustSession): Promise<ExecOutcome> {
  return session.run({ program: adb, args, needsRoot: false }, ANSWER_TIMEOUT_MS);
}

/** Properties of a device: `[ro.build.version.sdk]: [34]` on each line. */
export async function propertiesOf(
  adb: string,
  serial: string,
  session: TrustSession,
): Promise<{ readonly outcome: ExecOutcome; readonly properties: ReadonlyMap<string, string> }> {
  const outcome = await askAdb(adb, ['-s', serial, 'shell', 'getprop'], session);
  const lines = outcome.stdout.matchAll(/^\[([^\]]+)\]: \[([^\]]*)\]/gm);
  return { outcome, properties: new Map([...lines].map(([, name = '', value = '']) => [name, value])) };
}
