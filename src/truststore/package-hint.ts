import type { World } from '../platform/world.ts';

/**
 * How a system's package manager installs something; the first that is there counts. Systems that are changed as a
 * whole have the program of their family too, and it would not last.
 */
const MANAGERS = [
  { program: 'rpm-ostree', install: 'rpm-ostree install --apply-live' },
  { program: 'transactional-update', install: 'transactional-update pkg install' },
  { program: 'apt-get', install: 'apt-get install -y' },
  { program: 'dnf', install: 'dnf install -y' },
  { program: 'yum', install: 'yum install -y' },
  { program: 'zypper', install: 'zypper install -y' },
  { program: 'pacman', install: 'pacman -S --noconfirm' },
  { program: 'apk', install: 'apk add' },
  { program: 'xbps-install', install: 'xbps-install -Sy' },
  { program: 'emerge', install: 'emerge --noreplace' },
  { program: 'pkg', install: 'pkg install -y' },
  { program: 'nix-env', install: 'nix-env -iA' },
  { program: 'brew', install: 'brew install' },
] as const;

type Manager = (typeof MANAGERS)[number]['program'];

type Packages = Partial<Readonly<Record<Manager, string>>>;

/** Those install for a user, and refuse to run as root or need not. */
const WITHOUT_ROOT: readonly Manager[] = ['nix-env', 'brew'];

const redHat = (name: string): Packages => ({ 'rpm-ostree': name, dnf: name, yum: name });
const suse = (name: string): Packages => ({ 'transactional-update': name, zypper: name });

/** Which package brings a tool, by package manager. */
const PACKAGES: Readonly<Record<string, Packages>> = {
  certutil: {
    'apt-get': 'libnss3-tools',
    ...redHat('nss-tools'),
    ...suse('mozilla-nss-tools'),
    pacman: 'nss',
    apk: 'nss-tools',
    'xbps-install': 'nss',
    // Not for Gentoo: there the package brings it with a USE flag only.
    pkg: 'nss',
    'nix-env': 'nixos.nssTools',
    brew: 'nss',
  },
  adb: {
    'apt-get': 'adb',
    ...redHat('android-tools'),
    ...suse('android-tools'),
    pacman: 'android-tools',
    apk: 'android-tools',
    brew: 'android-platform-tools',
  },
  keytool: {
    'apt-get': 'default-jre-headless',
    'rpm-ostree': 'java-latest-openjdk-headless',
    dnf: 'java-latest-openjdk-headless',
    yum: 'java-21-openjdk-headless',
    ...suse('java-21-openjdk-headless'),
    pacman: 'jre-openjdk-headless',
    apk: 'openjdk21-jre-headless',
    'xbps-install': 'openjdk21',
    emerge: 'virtual/jre',
    pkg: 'openjdk21',
    'nix-env': 'nixos.jdk',
    brew: 'openjdk',
  },
  openssl: {
    'apt-get': 'openssl',
    ...redHat('openssl'),
    ...suse('openssl'),
    pacman: 'openssl',
    apk: 'openssl',
    'xbps-install': 'openssl',
    emerge: 'dev-libs/openssl',
    pkg: 'openssl',
    'nix-env': 'nixos.openssl',
    brew: 'openssl',
  },
  trust: {
    'apt-get': 'p11-kit',
    ...redHat('p11-kit-trust'),
    ...suse('p11-kit-tools'),
    pacman: 'p11-kit',
    apk: 'p11-kit-trust',
    'xbps-install': 'p11-kit',
    emerge: 'app-crypt/p11-kit',
    pkg: 'p11-kit',
    'nix-env': 'nixos.p11-kit.bin',
    brew: 'p11-kit',
  },
  'update-ca-certificates': {
    'apt-get': 'ca-certificates',
    ...suse('ca-certificates'),
    apk: 'ca-certificates',
    'xbps-install': 'ca-certificates',
    emerge: 'app-misc/ca-certificates',
  },
  'update-ca-trust': { ...redHat('ca-certificates'), pacman: 'ca-certificates-utils' },
};

/** The command that installs a tool on this system, such as `sudo apt-get install -y libnss3-tools`. */
export function installHint(tool: string, world: Pick<World, 'exec' | 'system'>): string | undefined {
  for (const { program, install } of MANAGERS) {
    const name = PACKAGES[tool]?.[program];
    if (name === undefined || world.exec.find(program) === undefined) continue;
    return [...(WITHOUT_ROOT.includes(program) ? [] : asRoot(world)), install, name].join(' ');
  }
  return undefined;
}

/** What stands before a command that people run as root: root needs nothing, and Alpine has `doas`. */
export function asRoot({ exec, system }: Pick<World, 'exec' | 'system'>): readonly string[] {
  if (system.uid === 0) return [];
  return exec.find('sudo') === undefined && exec.find('doas') !== undefined ? ['doas'] : ['sudo'];
}
