import type { World } from '../platform/world.ts';

/** How a system's package manager installs something; the first that is there counts. */
const MANAGERS = [
  { program: 'apt-get', install: 'sudo apt-get install -y' },
  { program: 'dnf', install: 'sudo dnf install -y' },
  { program: 'yum', install: 'sudo yum install -y' },
  { program: 'zypper', install: 'sudo zypper install -y' },
  { program: 'pacman', install: 'sudo pacman -S --noconfirm' },
  { program: 'apk', install: 'sudo apk add' },
  { program: 'brew', install: 'brew install' },
] as const;

type Manager = (typeof MANAGERS)[number]['program'];

/** Which package brings a tool, by package manager. */
const PACKAGES: Readonly<Record<string, Partial<Readonly<Record<Manager, string>>>>> = {
  certutil: {
    'apt-get': 'libnss3-tools',
    dnf: 'nss-tools',
    yum: 'nss-tools',
    zypper: 'mozilla-nss-tools',
    pacman: 'nss',
    apk: 'nss-tools',
    brew: 'nss',
  },
  keytool: {
    'apt-get': 'default-jre-headless',
    dnf: 'java-latest-openjdk-headless',
    yum: 'java-21-openjdk-headless',
    zypper: 'java-21-openjdk-headless',
    pacman: 'jre-openjdk-headless',
    apk: 'openjdk21-jre-headless',
    brew: 'openjdk',
  },
  'update-ca-certificates': { 'apt-get': 'ca-certificates', apk: 'ca-certificates' },
};

/** The command that installs a tool on this system, such as `sudo apt-get install -y libnss3-tools`. */
export function installHint(tool: string, world: World): string | undefined {
  for (const { program, install } of MANAGERS) {
    const name = PACKAGES[tool]?.[program];
    if (name !== undefined && world.exec.find(program) !== undefined) return `${install} ${name}`;
  }
  return undefined;
}
