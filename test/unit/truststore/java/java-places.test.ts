import { describe, expect, it } from '@jest/globals';
import type { System } from '../../../../src/platform/system.ts';
import { findJavaPlaces } from '../../../../src/truststore/java/java-places.ts';
import { openSession } from '../../../../src/truststore/session.ts';
import { HOME } from '../fake-machine.ts';
import { type JavaMachine, javaMachine } from './java-machine.ts';

const find = async (machine: JavaMachine) => findJavaPlaces(await openSession(machine.world));
const files = async (machine: JavaMachine) => (await find(machine)).map(({ file }) => file);

const LINUX = [
  ['a package of Debian, Arch or Fedora', '/usr/lib/jvm/java-21-openjdk'],
  ['a package of Oracle', '/usr/java/jdk-21.0.2'],
  ['an image of OpenJDK', '/usr/local/openjdk-17'],
  ['an image of Eclipse Temurin', '/opt/java/openjdk'],
  ['an archive in /opt', '/opt/jdk-21.0.2+13'],
  ['GraalVM in /opt', '/opt/graalvm-community-jdk-21'],
  ['an IDE in /opt', '/opt/idea-IU-243.1/jbr'],
  ['an IDE below a folder of its vendor', '/opt/jetbrains/goland/jbr'],
  ['Linuxbrew', '/home/linuxbrew/.linuxbrew/opt/openjdk@21/libexec'],
  ['SDKMAN', `${HOME}/.sdkman/candidates/java/21.0.2-tem`],
  ['asdf', `${HOME}/.asdf/installs/java/temurin-21.0.2+13.0.LTS`],
  ['mise', `${HOME}/.local/share/mise/installs/java/21.0.2`],
  ['jenv', `${HOME}/.jenv/versions/21.0`],
  ['jabba', `${HOME}/.jabba/jdk/temurin@21.0.2`],
  ['coursier', `${HOME}/.cache/coursier/jvm/temurin@1.21`],
  [
    'an archive of coursier',
    `${HOME}/.cache/coursier/arc/https/github.com/adoptium/temurin21-binaries/releases/download/jdk-21.0.2%252B13/OpenJDK21U-jdk_x64.tar.gz/jdk-21.0.2+13`,
  ],
  ['Gradle', `${HOME}/.gradle/jdks/eclipse_adoptium-21-amd64-linux.2`],
  ['an old Gradle', `${HOME}/.gradle/jdks/eclipse_adoptium-17-amd64-linux/jdk-17.0.1+12`],
  ['IntelliJ IDEA', `${HOME}/.jdks/corretto-21.0.2`],
  ['JBang', `${HOME}/.jbang/cache/jdks/21`],
  ['JetBrains Toolbox', `${HOME}/.local/share/JetBrains/Toolbox/apps/intellij-idea/jbr`],
  ['an old JetBrains Toolbox', `${HOME}/.local/share/JetBrains/Toolbox/apps/IDEA-U/ch-0/243.1/jbr`],
  ['Android Studio', `${HOME}/android-studio/jbr`],
] as const;

const MACOS = [
  ['an installer', '/Library/Java/JavaVirtualMachines/temurin-21.jdk/Contents/Home'],
  ['IntelliJ IDEA', '/Users/ada/Library/Java/JavaVirtualMachines/corretto-21/Contents/Home'],
  ['Homebrew', '/opt/homebrew/opt/openjdk@21/libexec/openjdk.jdk/Contents/Home'],
  ['Homebrew on Intel', '/usr/local/opt/openjdk/libexec/openjdk.jdk/Contents/Home'],
  ['Android Studio', '/Applications/Android Studio.app/Contents/jbr/Contents/Home'],
  ['SDKMAN', '/Users/ada/.sdkman/candidates/java/21.0.2-tem'],
  ['Gradle', '/Users/ada/.gradle/jdks/eclipse_adoptium-21-aarch64-os_x/Contents/Home'],
  ['mise', '/Users/ada/.local/share/mise/installs/java/21.0.2'],
  ['coursier', '/Users/ada/Library/Caches/Coursier/jvm/temurin@1.21/Contents/Home'],
] as const;

const WINDOWS = [
  ['Oracle', 'C:\\Program Files\\Java\\jdk-21'],
  ['Eclipse Adoptium', 'C:\\Program Files\\Eclipse Adoptium\\jdk-21.0.2.13-hotspot'],
  ['Microsoft', 'C:\\Program Files\\Microsoft\\jdk-21.0.2.13-hotspot'],
  ['an IDE', 'C:\\Program Files\\JetBrains\\IntelliJ IDEA 2024.3\\jbr'],
  ['an installer for one user', 'C:\\Users\\ada\\AppData\\Local\\Programs\\Eclipse Adoptium\\jdk-17'],
  ['Scoop', 'C:\\Users\\ada\\scoop\\apps\\temurin-lts-jdk\\current'],
  ['IntelliJ IDEA', 'C:\\Users\\ada\\.jdks\\openjdk-21'],
] as const;

describe('where Java has its key stores', () => {
  it.each(LINUX)('finds that of %s', async (_who, home) => {
    const machine = javaMachine();
    machine.store(`${home}/lib/security/cacerts`);
    expect(await files(machine)).toEqual([`${home}/lib/security/cacerts`]);
  });

  it.each(MACOS)('finds that of %s on macOS', async (_who, home) => {
    const machine = javaMachine({ platform: 'darwin', homeFolder: '/Users/ada' });
    machine.store(`${home}/lib/security/cacerts`);
    expect(await files(machine)).toEqual([`${home}/lib/security/cacerts`]);
  });

  it.each(WINDOWS)('finds that of %s on Windows', async (_who, home) => {
    const machine = javaMachine({
      platform: 'win32',
      homeFolder: 'C:\\Users\\ada',
      environment: {
        ProgramFiles: 'C:\\Program Files',
        LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local',
      },
    });
    machine.store(`${home}\\lib\\security\\cacerts`);
    expect(await files(machine)).toEqual([`${home}\\lib\\security\\cacerts`]);
  });

  it('finds what JAVA_HOME, the PATH and Maven name', async () => {
    const machine = javaMachine({ environment: { JAVA_HOME: '/srv/jdk-a' } });
    for (const home of ['/srv/jdk-a', '/srv/jdk-b', '/srv/jdk-c'])
      machine.store(`${home}/lib/security/cacerts`);
    machine.write('/srv/jdk-b/bin/java');
    machine.link('/usr/bin/java', '../../srv/jdk-b/bin/java');
    machine.programs.set('java', () => ({}));
    machine.write(
      `${HOME}/.m2/toolchains.xml`,
      '<toolchain><configuration><jdkHome>\n /srv/jdk-c </jdkHome></configuration></toolchain>',
    );
    expect(await files(machine)).toEqual(
      ['a', 'b', 'c'].map((name) => `/srv/jdk-${name}/lib/security/cacerts`),
    );
  });

  it('follows the variables that move the folders of version managers', async () => {
    const machine = javaMachine({
      environment: { SDKMAN_DIR: '/data/sdkman', GRADLE_USER_HOME: '/data/gradle' },
    });
    const homes = ['/data/sdkman/candidates/java/21', '/data/gradle/jdks/temurin-21'];
    for (const home of homes) machine.store(`${home}/lib/security/cacerts`);
    expect(await files(machine)).toEqual(homes.map((home) => `${home}/lib/security/cacerts`));
  });

  it("knows Java 8's place, and that jssecacerts wins over cacerts", async () => {
    const machine = javaMachine();
    machine.store('/usr/lib/jvm/java-8/jre/lib/security/cacerts');
    machine.store('/usr/lib/jvm/java-17/lib/security/cacerts');
    machine.store('/usr/lib/jvm/java-17/lib/security/jssecacerts');
    expect(await files(machine)).toEqual([
      '/usr/lib/jvm/java-17/lib/security/jssecacerts',
      '/usr/lib/jvm/java-8/jre/lib/security/cacerts',
    ]);
  });

  it('counts a key store that several runtimes share, or several paths lead to, once', async () => {
    const machine = javaMachine();
    machine.store('/etc/ssl/certs/java/cacerts');
    for (const version of ['17.0.15', '21.0.2', '25', '8']) {
      machine.link(
        `/usr/lib/jvm/java-${version}/lib/security/cacerts`,
        '../../../../../../etc/ssl/certs/java/cacerts',
      );
      machine.write(`/usr/lib/jvm/java-${version}/release`, `IMPLEMENTOR="X"\nJAVA_VERSION="${version}"\n`);
    }
    machine.link('/usr/lib/jvm/default-java', 'java-17.0.15');
    const [place, ...more] = await find(machine);
    expect(more).toEqual([]);
    expect(place).toMatchObject({
      id: 'java:/etc/ssl/certs/java/cacerts',
      name: 'Java 17.0.15, 21.0.2, 25 and 1 more',
    });
    expect(place?.runtimes).toHaveLength(4);
  });

  it('gives a row to a key store that a loop or a dead link stands for, and finds the others', async () => {
    const machine = javaMachine();
    machine.link('/usr/lib/jvm/a/lib/security/cacerts', 'cacerts');
    machine.link('/usr/lib/jvm/b/lib/security/cacerts', '/nowhere');
    machine.store('/usr/lib/jvm/c/lib/security/cacerts');
    const places = await find(machine);
    expect(places.map(({ file, error }) => [file, error?.code])).toEqual([
      ['/usr/lib/jvm/a/lib/security/cacerts', 'DEVCA_TRUST_JAVA_UNREADABLE'],
      ['/usr/lib/jvm/b/lib/security/cacerts', 'DEVCA_TRUST_JAVA_UNREADABLE'],
      ['/usr/lib/jvm/c/lib/security/cacerts', undefined],
    ]);
  });

  it('does without a home, and with folders that are files', async () => {
    const noHome: Partial<System> = { homeFolder: undefined as never };
    const machine = javaMachine(noHome);
    machine.write('/opt/java', 'a file');
    machine.store('/usr/lib/jvm/java-21/lib/security/cacerts');
    expect(await files(machine)).toEqual(['/usr/lib/jvm/java-21/lib/security/cacerts']);
  });

  it('finds three hundred in less than a second', async () => {
    const machine = javaMachine();
    for (let i = 0; i < 300; i++) machine.store(`${HOME}/.sdkman/candidates/java/${i}/lib/security/cacerts`);
    const start = performance.now();
    expect(await find(machine)).toHaveLength(300);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
