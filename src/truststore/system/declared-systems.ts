import { anchorFileName, anchorPem, type TrustAnchor } from '../trust-anchor.ts';

/**
 * Systems whose roots a program must not change from outside: the next build or update of the system would undo it.
 * People write down what they want, and devca tells them what.
 */
export interface DeclaredSystem {
  readonly name: string;
  readonly isHere: (machine: MachineSigns) => boolean;
  /** All roots in one file, to see whether it was written down already. */
  readonly bundle: string;
  /** Where people write. */
  readonly place: string;
  /** For the row of the store: what and where. */
  readonly detail: string;
  /** For the plan: the text to write, the root and all. */
  readonly advice: (anchor: TrustAnchor) => string;
}

/** By what a system is known. */
export interface MachineSigns {
  readonly platform: NodeJS.Platform;
  /** See os-release(5). */
  readonly releaseId: string;
  has(path: string): boolean;
  hasProgram(name: string): boolean;
}

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

export const DECLARED_SYSTEMS: readonly DeclaredSystem[] = [
  {
    name: 'NixOS',
    isHere: ({ has, releaseId }) => has('/etc/NIXOS') || releaseId === 'nixos',
    bundle: BUNDLE,
    place: 'configuration.nix',
    detail:
      'roots are declared: write security.pki.certificateFiles = [ ./devca-root.pem ]; into configuration.nix, the root beside it, and run sudo nixos-rebuild switch',
    advice: (anchor) =>
      [
        'write into configuration.nix:',
        '',
        '  security.pki.certificates = [',
        "    ''",
        ...pemLines(anchor).map((line) => `      ${line}`),
        "    ''",
        '  ];',
        '',
        'or, with the root in a file beside it:',
        '',
        `  security.pki.certificateFiles = [ ./${anchorFileName(anchor)}.pem ];`,
        '',
        'and run: sudo nixos-rebuild switch',
      ].join('\n'),
  },
  {
    name: 'Guix',
    isHere: ({ releaseId }) => releaseId === 'guix',
    bundle: BUNDLE,
    place: 'the operating-system declaration',
    detail:
      'roots are declared: add a package to the operating system that has the root as etc/ssl/certs/devca-root.pem, and run sudo guix system reconfigure',
    advice: (anchor) =>
      [
        'add a package to the packages of the operating-system declaration that installs this file:',
        '',
        `  etc/ssl/certs/${anchorFileName(anchor)}.pem`,
        ...pemLines(anchor).map((line) => `  ${line}`),
        '',
        'and run: sudo guix system reconfigure /etc/config.scm',
      ].join('\n'),
  },
  {
    name: 'Ubuntu Core',
    isHere: ({ releaseId }) => releaseId === 'ubuntu-core',
    bundle: BUNDLE,
    place: 'the snap that was given it',
    detail:
      'the system is read-only, and each snap brings its own roots: give the root to the snap that needs it; snapd itself takes it with sudo snap set system store-certs.devca="$(cat root.pem)"',
    advice: (anchor) =>
      [
        'for snapd itself:',
        '',
        "  sudo snap set system store-certs.devca='",
        ...pemLines(anchor).map((line) => `  ${line}`),
        "  '",
        '',
        'other programs are snaps with roots of their own',
      ].join('\n'),
  },
  {
    name: 'Clear Linux',
    isHere: ({ hasProgram }) => hasProgram('clrtrust'),
    bundle: '/var/cache/ca-certs/anchors/ca-bundle.crt',
    place: 'clrtrust',
    detail: 'run sudo clrtrust add root.pem',
    advice: (anchor) =>
      [
        `save as ${anchorFileName(anchor)}.pem:`,
        '',
        ...pemLines(anchor).map((line) => `  ${line}`),
        '',
        `and run: sudo clrtrust add ${anchorFileName(anchor)}.pem`,
      ].join('\n'),
  },
  {
    name: 'OpenBSD',
    isHere: ({ platform }) => platform === 'openbsd',
    bundle: '/etc/ssl/cert.pem',
    place: '/etc/ssl/cert.pem',
    detail:
      'there is one file for all roots, which sysmerge(8) renews with the system: append the root to /etc/ssl/cert.pem, again after each upgrade',
    advice: (anchor) =>
      [
        'append to /etc/ssl/cert.pem, again after each upgrade of the system:',
        '',
        ...pemLines(anchor).map((line) => `  ${line}`),
      ].join('\n'),
  },
  {
    name: 'NetBSD',
    isHere: ({ platform }) => platform === 'netbsd',
    bundle: '/etc/openssl/certs/ca-certificates.crt',
    place: '/etc/openssl/devca',
    detail:
      'put the root into a folder of its own, add the line "path FOLDER" to /etc/openssl/certs.conf, and run certctl rehash as root',
    advice: (anchor) =>
      [
        `save as /etc/openssl/devca/${anchorFileName(anchor)}.pem:`,
        '',
        ...pemLines(anchor).map((line) => `  ${line}`),
        '',
        'add to /etc/openssl/certs.conf: path /etc/openssl/devca',
        'and run as root: certctl rehash',
      ].join('\n'),
  },
];

const pemLines = (anchor: TrustAnchor): readonly string[] => anchorPem(anchor).trim().split('\n');
