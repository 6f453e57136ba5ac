import { isDevcaError } from '../../errors/devca-error.ts';
import { dataFolder, pathsOf } from '../../platform/paths.ts';
import { realPathOr } from '../real-path.ts';
import type { TrustSession } from '../session.ts';
import { expandPattern } from './folder-pattern.ts';

/** A JDK or JRE. */
export interface JavaRuntime {
  readonly home: string;
  /** The file that its TLS takes roots from, as a path inside of the runtime. */
  readonly keyStore: string;
}

/** Where packages and installers put runtimes for everybody. A `*` stands for any part of one name. */
const SYSTEM_PATTERNS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: [
    '/usr/lib/jvm/*',
    '/usr/lib64/jvm/*',
    '/usr/java/*',
    '/usr/local/*jdk*',
    '/usr/local/*jre*',
    '/usr/local/java/*',
    '/opt/java',
    '/opt/java/*',
    '/opt/*jdk*',
    '/opt/*jre*',
    '/opt/*graalvm*',
    '/opt/*/jbr',
    '/opt/*/*/jbr',
    '/snap/*/current/jbr',
    '/usr/local/android-studio/jbr',
    '/home/linuxbrew/.linuxbrew/opt/openjdk*/libexec',
    '/run/current-system/sw/lib/openjdk',
  ],
  darwin: [
    '/Library/Java/JavaVirtualMachines/*',
    '/Library/Internet Plug-Ins/JavaAppletPlugin.plugin',
    '/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk',
    '/usr/local/opt/openjdk*/libexec/openjdk.jdk',
    '/Applications/*.app/Contents/jbr',
    '~/Applications/*.app/Contents/jbr',
    '~/Library/Java/JavaVirtualMachines/*',
  ],
  win32: [
    '%ProgramFiles%/Java/*',
    '%ProgramFiles(x86)%/Java/*',
    '%ProgramFiles%/Eclipse Adoptium/*',
    '%ProgramFiles%/Amazon Corretto/*',
    '%ProgramFiles%/BellSoft/*',
    '%ProgramFiles%/Microsoft/jdk-*',
    '%ProgramFiles%/RedHat/*',
    '%ProgramFiles%/Semeru/*',
    '%ProgramFiles%/Zulu/*',
    '%ProgramFiles%/JetBrains/*/jbr',
    '%ProgramFiles%/Android/Android Studio/jbr',
    '%LOCALAPPDATA%/Programs/Eclipse Adoptium/*',
    '%LOCALAPPDATA%/Programs/*/jbr',
    '~/scoop/apps/*/current',
  ],
};

/** Tools that bring runtimes into the user's home: the variable that moves their folder, that folder, and what is in it. */
const VERSION_MANAGERS: readonly {
  readonly variable?: string;
  readonly folder: string;
  readonly inside: readonly string[];
}[] = [
  { variable: 'SDKMAN_DIR', folder: '~/.sdkman', inside: ['candidates/java/*'] },
  { variable: 'ASDF_DATA_DIR', folder: '~/.asdf', inside: ['installs/java/*'] },
  { variable: 'MISE_DATA_DIR', folder: '@/mise', inside: ['installs/java/*'] },
  { folder: '~/.local/share/mise', inside: ['installs/java/*'] },
  { variable: 'JENV_ROOT', folder: '~/.jenv', inside: ['versions/*'] },
  { variable: 'JABBA_HOME', folder: '~/.jabba', inside: ['jdk/*'] },
  // Gradle 8 keeps a runtime in a folder by its name, older ones in one more below it.
  { variable: 'GRADLE_USER_HOME', folder: '~/.gradle', inside: ['jdks/*', 'jdks/*/*'] },
  { variable: 'JBANG_DIR', folder: '~/.jbang', inside: ['cache/jdks/*'] },
  // An archive lies under its address: host, owner, project, releases, download, version, file, folder.
  { folder: '~/.cache/coursier', inside: ['jvm/*', 'arc/https/*/*/*/*/*/*/*/*'] },
  { folder: '~/Library/Caches/Coursier', inside: ['jvm/*', 'arc/https/*/*/*/*/*/*/*/*'] },
  { folder: '~/.jdks', inside: ['*'] },
  { folder: '@/JetBrains/Toolbox', inside: ['apps/*/jbr', 'apps/*/*/*/jbr'] },
  // An IDE that was unpacked in the home.
  { folder: '~', inside: ['*/jbr', 'android-studio/jre'] },
  { folder: '~/.vscode/extensions', inside: ['redhat.java-*/jre/*'] },
];

/** Where in a runtime its own folder may be: macOS wraps it. */
const WRAPPINGS = ['', 'Contents/Home'];

/** Java 8 keeps a runtime inside of its JDK. A `jssecacerts` wins over the `cacerts` beside it. */
const KEY_STORES = [
  'lib/security/jssecacerts',
  'lib/security/cacerts',
  'jre/lib/security/jssecacerts',
  'jre/lib/security/cacerts',
];

/** Found once for each session: key stores without a `keytool` of their own ask for those of all others. */
const found = new WeakMap<TrustSession, readonly JavaRuntime[]>();

/** Every runtime of this machine and user; one that is reached by several paths comes several times. */
export function findJavaRuntimes(session: TrustSession): readonly JavaRuntime[] {
  const runtimes = found.get(session) ?? searchRuntimes(session);
  found.set(session, runtimes);
  return runtimes;
}

function searchRuntimes(session: TrustSession): readonly JavaRuntime[] {
  const { join } = pathsOf(session.world.system);
  const folders = [
    ...namedHomes(session),
    ...patterns(session).flatMap((pattern) => expand(pattern, session)),
  ];
  return [...new Set(folders)].flatMap((folder) =>
    WRAPPINGS.flatMap((wrapping) => runtimeAt(join(folder, wrapping), session)),
  );
}

/** Programs that may be the runtime's `keytool`, its own first. */
export function keytoolsOf({ home }: JavaRuntime, session: TrustSession): readonly string[] {
  const { dirname, join } = pathsOf(session.world.system);
  const name = session.world.system.platform === 'win32' ? 'keytool.exe' : 'keytool';
  return [join(home, 'bin', name), join(home, 'jre', 'bin', name), join(dirname(home), 'bin', name)];
}

/** Such as `17.0.15`, from the file that all vendors write; `undefined` where there is none. */
export function versionOf({ home }: JavaRuntime, session: TrustSession): string | undefined {
  const text = textOf(pathsOf(session.world.system).join(home, 'release'), session);
  return /^JAVA_VERSION="([^"]{1,40})"/m.exec(text)?.[1];
}

/** What the environment, the PATH and Maven name. */
function namedHomes(session: TrustSession): readonly string[] {
  const { world } = session;
  const { dirname, isAbsolute, join } = pathsOf(world.system);
  const java = world.exec.find('java');
  const named = [
    world.system.environment['JAVA_HOME'],
    ...(java === undefined ? [] : [dirname(dirname(realPathOr(java, session)))]),
    ...(world.system.homeFolder === undefined
      ? []
      : toolchains(join(world.system.homeFolder, '.m2', 'toolchains.xml'), session)),
  ];
  return named.filter((path): path is string => path !== undefined && isAbsolute(path));
}

function toolchains(path: string, session: TrustSession): readonly string[] {
  const found = textOf(path, session).matchAll(/<jdkHome>\s*([^<]*?)\s*<\/jdkHome>/g);
  return [...found].flatMap(([, home]) => (home === undefined ? [] : [home]));
}

function patterns({ world }: TrustSession): readonly string[] {
  const { isAbsolute } = pathsOf(world.system);
  const managed = VERSION_MANAGERS.flatMap(({ variable, folder, inside }) => {
    const moved = variable === undefined ? undefined : world.system.environment[variable];
    const base = moved !== undefined && isAbsolute(moved) ? moved : folder;
    return inside.map((below) => `${base}/${below}`);
  });
  return [...(SYSTEM_PATTERNS[world.system.platform] ?? []), ...managed];
}

/** Nothing where the pattern begins with a folder that this user or system does not have. */
function expand(pattern: string, session: TrustSession): readonly string[] {
  const { world } = session;
  const paths = pathsOf(world.system);
  const { root } = paths.parse(pattern);
  if (root !== '') return expandPattern(root, pattern.slice(root.length), world.files, paths);
  const [first = ''] = pattern.split('/', 1);
  const variable = /^%(.+)%$/.exec(first)?.[1];
  const base = variable === undefined ? userFolder(first, session) : world.system.environment[variable];
  return base === undefined ? [] : expandPattern(base, pattern.slice(first.length + 1), world.files, paths);
}

/** `~` is the home, `@` the data folder. */
function userFolder(letter: string, { world }: TrustSession): string | undefined {
  if (world.system.homeFolder === undefined || !pathsOf(world.system).isAbsolute(world.system.homeFolder))
    return undefined;
  return letter === '@' ? dataFolder(world.system) : world.system.homeFolder;
}

function runtimeAt(home: string, session: TrustSession): readonly JavaRuntime[] {
  const keyStore = KEY_STORES.map((path) => pathsOf(session.world.system).join(home, path)).find((path) =>
    isThere(path, session),
  );
  return keyStore === undefined ? [] : [{ home, keyStore }];
}

/** A link counts, wherever it leads: the runtime is there, and its row says what is wrong. */
function isThere(path: string, session: TrustSession): boolean {
  try {
    return session.world.files.status(path) !== undefined;
  } catch (error) {
    if (isDevcaError(error)) return false;
    throw error;
  }
}

function textOf(path: string, session: TrustSession): string {
  try {
    return Buffer.from(session.world.files.readIfPresent(path, 1024 * 1024) ?? []).toString('utf8');
  } catch (error) {
    if (isDevcaError(error)) return '';
    throw error;
  }
}
