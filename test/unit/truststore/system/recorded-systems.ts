/** How a tool makes what programs read from a folder of anchors. */
export type Rebuild = 'debian' | 'alpine' | 'p11-kit' | 'flatcar' | 'certctl-links' | 'certctl-copies';

/** A version of a system: what devca looks at of it, as it is when freshly installed. */
export interface RecordedSystem {
  readonly id: string;
  readonly platform: NodeJS.Platform;
  /** Those of its tools that have a part in this, by path. */
  readonly programs: readonly string[];
  /** Absolute path → text. */
  readonly files: Readonly<Record<string, string>>;
  readonly folders: readonly string[];
  /** Absolute path → where it leads, relative so that it stays within the scratch folder. */
  readonly links: Readonly<Record<string, string>>;
  /** `undefined` where the system is not changed by devca. */
  readonly store?: {
    readonly rebuild: Rebuild;
    readonly anchors: string;
    readonly bundle?: string;
    readonly hashed?: string;
  };
}

const osRelease = (id: string, ...more: readonly string[]): Record<string, string> => ({
  '/etc/os-release': [`NAME="${id}"`, `ID=${id}`, ...more, ''].join('\n'),
});

const DEBIAN_STORE = {
  rebuild: 'debian',
  anchors: '/usr/local/share/ca-certificates',
  bundle: '/etc/ssl/certs/ca-certificates.crt',
  hashed: '/etc/ssl/certs',
} as const;
const DEBIAN_CONF = { '/etc/ca-certificates.conf': '# comment\nmozilla/ISRG_Root_X2.crt\n' };

const FEDORA_STORE = {
  rebuild: 'p11-kit',
  anchors: '/etc/pki/ca-trust/source/anchors',
  bundle: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
} as const;
const FEDORA_FOLDERS = [
  '/etc/pki/ca-trust/source/anchors',
  '/etc/pki/ca-trust/source/blocklist',
  '/etc/pki/ca-trust/extracted/java',
  '/usr/share/pki/ca-trust-source/anchors',
];
const FEDORA_LINKS = {
  '/etc/pki/tls/certs/ca-bundle.crt': '../../ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/cert.pem': '../ca-trust/extracted/pem/tls-ca-bundle.pem',
};
const FEDORA_PROGRAMS = ['/usr/bin/update-ca-trust', '/usr/bin/trust', '/usr/bin/openssl'];

const ARCH_STORE = {
  rebuild: 'p11-kit',
  anchors: '/etc/ca-certificates/trust-source/anchors',
  bundle: '/etc/ca-certificates/extracted/tls-ca-bundle.pem',
  hashed: '/etc/ssl/certs',
} as const;
const ARCH_FOLDERS = ['/etc/ca-certificates/trust-source/anchors', '/etc/ssl/certs/java'];
const ARCH_LINKS = {
  '/etc/ssl/cert.pem': '../ca-certificates/extracted/tls-ca-bundle.pem',
  '/etc/ssl/certs/ca-certificates.crt': '../../ca-certificates/extracted/tls-ca-bundle.pem',
};
const ARCH_PROGRAMS = ['/usr/bin/update-ca-trust', '/usr/bin/trust', '/usr/bin/openssl', '/usr/bin/pacman'];

const SUSE_STORE = {
  rebuild: 'p11-kit',
  anchors: '/etc/pki/trust/anchors',
  bundle: '/var/lib/ca-certificates/ca-bundle.pem',
  hashed: '/var/lib/ca-certificates/pem',
} as const;
const SUSE_FOLDERS = [
  '/etc/pki/trust/anchors',
  '/usr/share/pki/trust/anchors',
  '/etc/ca-certificates/update.d',
];
const SUSE_LINKS = {
  '/etc/ssl/ca-bundle.pem': '../../var/lib/ca-certificates/ca-bundle.pem',
  '/etc/ssl/certs': '../../var/lib/ca-certificates/pem',
};
const SUSE_PROGRAMS = [
  '/usr/sbin/update-ca-certificates',
  '/usr/bin/trust',
  '/usr/bin/openssl',
  '/usr/bin/zypper',
];

export const RECORDED_SYSTEMS: readonly RecordedSystem[] = [
  {
    id: 'debian-12',
    platform: 'linux',
    programs: ['/usr/sbin/update-ca-certificates', '/usr/bin/openssl', '/usr/bin/apt-get'],
    files: { ...osRelease('debian'), ...DEBIAN_CONF, '/etc/debian_version': '12.9\n' },
    folders: ['/usr/local/share/ca-certificates'],
    links: {},
    store: DEBIAN_STORE,
  },
  {
    id: 'ubuntu-24.04',
    platform: 'linux',
    programs: ['/usr/sbin/update-ca-certificates', '/usr/bin/openssl', '/usr/bin/apt-get'],
    files: {
      ...osRelease('ubuntu', 'ID_LIKE=debian'),
      ...DEBIAN_CONF,
      '/etc/debian_version': 'trixie/sid\n',
    },
    folders: ['/usr/local/share/ca-certificates'],
    links: {},
    store: DEBIAN_STORE,
  },
  {
    id: 'gentoo',
    platform: 'linux',
    programs: ['/usr/sbin/update-ca-certificates', '/usr/bin/openssl', '/usr/bin/emerge'],
    files: { ...osRelease('gentoo'), ...DEBIAN_CONF },
    folders: ['/usr/local/share/ca-certificates'],
    links: {},
    store: DEBIAN_STORE,
  },
  {
    id: 'void',
    platform: 'linux',
    programs: ['/usr/bin/update-ca-certificates', '/usr/bin/openssl', '/usr/bin/xbps-install'],
    files: { ...osRelease('void'), ...DEBIAN_CONF },
    folders: ['/usr/local/share'],
    links: {},
    store: DEBIAN_STORE,
  },
  {
    id: 'alpine-3.20',
    platform: 'linux',
    programs: ['/usr/sbin/update-ca-certificates', '/sbin/apk'],
    files: {
      ...osRelease('alpine', 'VERSION_ID=3.20.3'),
      ...DEBIAN_CONF,
      '/etc/alpine-release': '3.20.3\n',
      '/etc/ca-certificates/update.d/certhash': '#!/bin/sh\n',
    },
    folders: ['/usr/local/share/ca-certificates'],
    links: { '/etc/ssl/cert.pem': 'certs/ca-certificates.crt' },
    store: { ...DEBIAN_STORE, rebuild: 'alpine' },
  },
  {
    id: 'fedora-41',
    platform: 'linux',
    programs: [...FEDORA_PROGRAMS, '/usr/bin/dnf'],
    files: osRelease('fedora', 'VERSION_ID=41'),
    folders: FEDORA_FOLDERS,
    links: FEDORA_LINKS,
    store: { ...FEDORA_STORE, hashed: '/etc/pki/ca-trust/extracted/pem/directory-hash' },
  },
  {
    id: 'silverblue-41',
    platform: 'linux',
    programs: [...FEDORA_PROGRAMS, '/usr/bin/rpm-ostree'],
    files: { ...osRelease('fedora', 'VARIANT_ID=silverblue'), '/run/ostree-booted': '' },
    folders: FEDORA_FOLDERS,
    links: FEDORA_LINKS,
    store: { ...FEDORA_STORE, hashed: '/etc/pki/ca-trust/extracted/pem/directory-hash' },
  },
  {
    id: 'rhel-9',
    platform: 'linux',
    programs: [...FEDORA_PROGRAMS, '/usr/bin/dnf', '/usr/bin/yum'],
    files: { ...osRelease('rhel'), '/etc/redhat-release': 'Red Hat Enterprise Linux release 9.4 (Plow)\n' },
    folders: FEDORA_FOLDERS,
    links: FEDORA_LINKS,
    store: FEDORA_STORE,
  },
  {
    id: 'amazon-2023',
    platform: 'linux',
    programs: [...FEDORA_PROGRAMS, '/usr/bin/dnf'],
    files: osRelease('amzn', 'ID_LIKE="fedora"'),
    folders: FEDORA_FOLDERS,
    links: FEDORA_LINKS,
    store: FEDORA_STORE,
  },
  {
    id: 'arch-2024.09',
    platform: 'linux',
    programs: ARCH_PROGRAMS,
    files: osRelease('arch'),
    folders: ARCH_FOLDERS,
    links: ARCH_LINKS,
    store: ARCH_STORE,
  },
  {
    id: 'steamos-3.6',
    platform: 'linux',
    programs: ARCH_PROGRAMS,
    files: osRelease('steamos', 'ID_LIKE=arch'),
    folders: ARCH_FOLDERS,
    links: ARCH_LINKS,
    store: ARCH_STORE,
  },
  {
    id: 'opensuse-tumbleweed',
    platform: 'linux',
    programs: SUSE_PROGRAMS,
    files: osRelease('opensuse-tumbleweed'),
    folders: SUSE_FOLDERS,
    links: SUSE_LINKS,
    store: SUSE_STORE,
  },
  {
    id: 'sles-15',
    platform: 'linux',
    programs: SUSE_PROGRAMS,
    files: osRelease('sles', 'VERSION_ID="15.6"'),
    folders: SUSE_FOLDERS,
    links: SUSE_LINKS,
    store: SUSE_STORE,
  },
  {
    id: 'opensuse-microos',
    platform: 'linux',
    programs: [...SUSE_PROGRAMS, '/usr/sbin/transactional-update'],
    files: osRelease('opensuse-microos', 'ID_LIKE="suse opensuse opensuse-tumbleweed microos"'),
    folders: SUSE_FOLDERS,
    links: SUSE_LINKS,
    store: SUSE_STORE,
  },
  {
    id: 'flatcar-3975',
    platform: 'linux',
    programs: ['/usr/sbin/update-ca-certificates', '/usr/bin/openssl'],
    files: osRelease('flatcar', 'ID_LIKE=coreos'),
    folders: [],
    links: {},
    store: {
      rebuild: 'flatcar',
      anchors: '/etc/ssl/certs',
      bundle: '/etc/ssl/certs/ca-certificates.crt',
      hashed: '/etc/ssl/certs',
    },
  },
  {
    id: 'freebsd-14',
    platform: 'freebsd',
    programs: ['/usr/sbin/certctl', '/usr/bin/openssl', '/usr/sbin/pkg'],
    files: { ...osRelease('freebsd', 'VERSION_ID="14.1"'), '/usr/local/share/certs/ca-root-nss.crt': '' },
    folders: ['/usr/local/share/certs'],
    // Of the package ca_root_nss; certctl does not touch it.
    links: { '/etc/ssl/cert.pem': '../../usr/local/share/certs/ca-root-nss.crt' },
    store: { rebuild: 'certctl-links', anchors: '/usr/local/share/certs', hashed: '/etc/ssl/certs' },
  },
  {
    id: 'freebsd-15',
    platform: 'freebsd',
    programs: ['/usr/sbin/certctl', '/usr/bin/openssl', '/usr/sbin/pkg'],
    files: osRelease('freebsd', 'VERSION_ID="15.0"'),
    folders: ['/usr/local/share'],
    links: {},
    store: {
      rebuild: 'certctl-copies',
      anchors: '/usr/local/share/certs',
      bundle: '/etc/ssl/cert.pem',
      hashed: '/etc/ssl/certs',
    },
  },
  declared('nixos-24.05', 'linux', { ...osRelease('nixos'), '/etc/NIXOS': '' }),
  declared('guix-1.4', 'linux', osRelease('guix')),
  declared('ubuntu-core-24', 'linux', osRelease('ubuntu-core')),
  declared('openbsd-7.6', 'openbsd', {}),
  declared('netbsd-10', 'netbsd', {}),
];

function declared(
  id: string,
  platform: NodeJS.Platform,
  files: Readonly<Record<string, string>>,
): RecordedSystem {
  return { id, platform, programs: ['/usr/bin/openssl'], files, folders: [], links: {} };
}

export function recordedSystem(id: string): RecordedSystem {
  const found = RECORDED_SYSTEMS.find((system) => system.id === id);
  if (found === undefined) throw new Error(`no recorded system ${id}`);
  return found;
}
