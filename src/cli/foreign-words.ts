/** What people type who know mkcert or another tool, and what it is called here. */

/** Flags of mkcert that are commands of devca. `install` is `trust install` where an authority is there. */
export const COMMANDS_OF_FLAGS: Readonly<Record<string, string>> = {
  install: 'init',
  uninstall: 'trust uninstall',
  CAROOT: 'ca show',
  version: '--version',
  help: '--help',
};

/** A flag of mkcert that `devca issue` has under another name, or does not need. */
export interface ForeignIssueFlag {
  readonly flags: readonly string[];
  /** Whether its value is one for the last of `flags`, or only says which folder is meant. */
  readonly value?: 'kept' | 'folder';
  readonly note?: string;
}

/** https://github.com/FiloSottile/mkcert#advanced-options */
export const ISSUE_FLAGS_OF_MKCERT: Readonly<Record<string, ForeignIssueFlag>> = {
  client: { flags: ['--profile', 'client'] },
  ecdsa: { flags: [], note: 'P-256 is the default' },
  pkcs12: { flags: ['--format', 'p12'] },
  'p12-file': { flags: ['--format', 'p12'], value: 'folder' },
  csr: { flags: ['--csr'], value: 'kept' },
  'cert-file': { flags: ['--cert-file'], value: 'kept' },
  'key-file': { flags: ['--key-file'], value: 'kept' },
};

/** Commands under names that they have elsewhere. */
export const SYNONYMS: Readonly<Record<string, string>> = {
  version: '--version',
  caroot: 'ca show',
  create: 'issue',
  generate: 'issue',
  make: 'issue',
  new: 'issue',
  sign: 'issue',
  check: 'verify',
  inspect: 'show',
  ls: 'list',
  exec: 'run',
  'trust add': 'trust install',
  'trust check': 'trust status',
  'trust delete': 'trust uninstall',
  'trust list': 'trust status',
  'trust ls': 'trust status',
  'trust remove': 'trust uninstall',
  'trust rm': 'trust uninstall',
  'trust show': 'trust status',
  'ca add': 'init',
  'ca create': 'init',
  'ca init': 'init',
  'ca ls': 'ca list',
  'ca new': 'init',
  'ca rotate': 'ca roll',
};
