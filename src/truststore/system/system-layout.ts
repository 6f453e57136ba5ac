/** What the tool of a system makes its bundle from, as far as devca can tell what somebody added to it by hand. */
export type BundleSource = 'ca-certificates' | 'p11-kit' | 'unknown';

/** How a system keeps its roots: a folder for those of its owner, and a tool that makes what programs read. */
export interface SystemLayout {
  /** Of the family, for people. */
  readonly name: string;
  /** Where the owner of the system puts roots: one certificate to a file. */
  readonly anchors: string;
  readonly extension: '.crt' | '.pem';
  /** Rebuilds everything below from what is in the folder. */
  readonly tool: string;
  readonly installArgs: readonly string[];
  readonly uninstallArgs: readonly string[];
  /** All roots in one file, as the tool makes it. */
  readonly bundle: string;
  readonly source: BundleSource;
  /** Other names by which programs know the bundle: links, unless somebody put a file of his own in their place. */
  readonly bundleNames: readonly string[];
  /** The same roots as files that are named by a hash of their subjects, where the system has them. */
  readonly hashed?: string;
  /** What the tool leaves behind of a root without a file, by the name of that file. */
  readonly link?: (fileName: string) => string;
  /** The tool reads what it made before: a root stays until its copy among the hashed ones is gone too. */
  readonly keepsCopies?: true;
  /** A bundle that is a link belongs to somebody else, and the tool does not touch it. */
  readonly bundleIsFile?: true;
  /** The command that makes a read-only system writable. */
  readonly unlock?: string;
  /** What people should know of a root that is there. */
  readonly caveat?: string;
}

const CERTIFICATES = '/etc/ssl/certs';
const LOCAL = '/usr/local/share/ca-certificates';

/** Debian, Ubuntu, Gentoo, Void, Slackware: files that don't end in `.crt` are silently ignored. */
export const DEBIAN: SystemLayout = {
  name: 'Debian',
  anchors: LOCAL,
  extension: '.crt',
  tool: 'update-ca-certificates',
  installArgs: [],
  // A plain run leaves links that lead nowhere.
  uninstallArgs: ['--fresh'],
  bundle: `${CERTIFICATES}/ca-certificates.crt`,
  source: 'ca-certificates',
  bundleNames: [],
  hashed: CERTIFICATES,
  link: (fileName) => `${CERTIFICATES}/${fileName}.pem`,
};

/** Alpine's own program of that name takes no arguments, and clears its links by itself. */
export const ALPINE: SystemLayout = {
  ...DEBIAN,
  name: 'Alpine',
  uninstallArgs: [],
  bundleNames: ['/etc/ssl/cert.pem'],
  link: (fileName) => `${CERTIFICATES}/ca-cert-${fileName}.pem`,
};

/** Fedora, RHEL, CentOS, Amazon, and their images that are changed as a whole: `/etc` is writable in those too. */
export const FEDORA: SystemLayout = {
  name: 'Fedora',
  anchors: '/etc/pki/ca-trust/source/anchors',
  extension: '.pem',
  tool: 'update-ca-trust',
  installArgs: ['extract'],
  uninstallArgs: ['extract'],
  bundle: '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  source: 'p11-kit',
  bundleNames: ['/etc/pki/tls/certs/ca-bundle.crt', '/etc/pki/tls/cert.pem'],
  hashed: '/etc/pki/ca-trust/extracted/pem/directory-hash',
};

/** Arch and what is made from it. */
export const ARCH: SystemLayout = {
  name: 'Arch',
  anchors: '/etc/ca-certificates/trust-source/anchors',
  extension: '.crt',
  tool: 'update-ca-trust',
  installArgs: [],
  uninstallArgs: [],
  bundle: '/etc/ca-certificates/extracted/tls-ca-bundle.pem',
  source: 'p11-kit',
  bundleNames: ['/etc/ssl/cert.pem', `${CERTIFICATES}/ca-certificates.crt`],
  hashed: CERTIFICATES,
};

/** Arch, replaced as a whole by an update, which keeps of `/etc` what it thinks is needed. */
export const STEAMOS: SystemLayout = {
  ...ARCH,
  name: 'SteamOS',
  unlock: 'sudo steamos-readonly disable',
  caveat: 'an update of SteamOS may drop it',
};

/**
 * openSUSE and SLES: Debian's program by name only. Without `--fresh` it compares times of files, and may take a bundle
 * of the same second for a new one.
 */
export const SUSE: SystemLayout = {
  name: 'openSUSE',
  anchors: '/etc/pki/trust/anchors',
  extension: '.pem',
  tool: 'update-ca-certificates',
  installArgs: ['--fresh'],
  uninstallArgs: ['--fresh'],
  bundle: '/var/lib/ca-certificates/ca-bundle.pem',
  source: 'p11-kit',
  bundleNames: ['/etc/ssl/ca-bundle.pem'],
  hashed: '/var/lib/ca-certificates/pem',
};

/** Flatcar's program of that name prints its help for any argument, and says that all is well. */
export const FLATCAR: SystemLayout = {
  name: 'Flatcar',
  anchors: CERTIFICATES,
  extension: '.pem',
  tool: 'update-ca-certificates',
  installArgs: [],
  uninstallArgs: [],
  bundle: `${CERTIFICATES}/ca-certificates.crt`,
  source: 'unknown',
  bundleNames: [],
  hashed: CERTIFICATES,
};

/**
 * FreeBSD since 12.2. `/usr/local/etc/ssl/certs` is read up to version 14 only, `/usr/local/share/certs` by all. Up to
 * then `/etc/ssl/cert.pem` is a link of the package ca_root_nss, afterwards a bundle of the tool.
 */
export const FREEBSD: SystemLayout = {
  name: 'FreeBSD',
  anchors: '/usr/local/share/certs',
  extension: '.crt',
  tool: 'certctl',
  installArgs: ['rehash'],
  uninstallArgs: ['rehash'],
  bundle: '/etc/ssl/cert.pem',
  source: 'unknown',
  bundleNames: [],
  hashed: CERTIFICATES,
  keepsCopies: true,
  bundleIsFile: true,
};
