import type { AnyCommand } from '../cli/command.ts';

/** One row of the table of commands: enough for `devca --help` without loading any of them. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<AnyCommand>;
}

/** Every command, in the order of `devca --help`. A command's module is loaded when it is run. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'init',
    summary: 'create the authority, and trust its root on this machine',
    load: async () => (await import('./init.ts')).initCommand,
  },
  {
    name: 'issue',
    summary: 'make a certificate for names, with its key',
    load: async () => (await import('./issue.ts')).issueCommand,
  },
  {
    name: 'list',
    summary: 'list the certificates that were issued',
    load: async () => (await import('./list.ts')).listCommand,
  },
  {
    name: 'show',
    summary: 'show one certificate: of the inventory, or in any file',
    load: async () => (await import('./show.ts')).showCommand,
  },
  {
    name: 'renew',
    summary: 'renew certificates: the same key, names and files, a new life',
    load: async () => (await import('./renew.ts')).renewCommand,
  },
  {
    name: 'rekey',
    summary: 'renew certificates with a new key',
    load: async () => (await import('./rekey.ts')).rekeyCommand,
  },
  {
    name: 'watch',
    summary: 'renew what is due, for as long as it runs: a service',
    load: async () => (await import('./watch.ts')).watchCommand,
  },
  {
    name: 'revoke',
    summary: 'revoke certificates, and sign the list that says so',
    load: async () => (await import('./revoke.ts')).revokeCommand,
  },
  {
    name: 'crl',
    summary: 'sign the next revocation list',
    load: async () => (await import('./crl.ts')).crlCommand,
  },
  {
    name: 'export',
    summary: 'write a certificate that was issued in another format',
    load: async () => (await import('./export.ts')).exportCommand,
  },
  {
    name: 'verify',
    summary: 'verify certificate chains: files, servers, names of the inventory',
    load: async () => (await import('./verify.ts')).verifyCommand,
  },
  {
    name: 'trust status',
    summary: "ask every store's own verifier whether it trusts the root",
    load: async () => (await import('./trust-status.ts')).trustStatusCommand,
  },
  {
    name: 'trust install',
    summary: 'make the system and the browsers trust the root',
    load: async () => (await import('./trust-install.ts')).trustInstallCommand,
  },
  {
    name: 'trust uninstall',
    summary: 'take the root out of every store again',
    load: async () => (await import('./trust-uninstall.ts')).trustUninstallCommand,
  },
  {
    name: 'trust plan',
    summary: 'print the exact commands of a trust install or uninstall',
    load: async () => (await import('./trust-plan.ts')).trustPlanCommand,
  },
  {
    name: 'trust serve',
    summary: 'show a page with the root, for phones and other machines',
    load: async () => (await import('./trust-serve.ts')).trustServeCommand,
  },
  {
    name: 'env',
    summary: "print the variables with which every runtime trusts devca's roots",
    load: async () => (await import('./env.ts')).envCommand,
  },
  {
    name: 'run',
    summary: "run one command whose programs trust devca's roots, whatever the stores say",
    load: async () => (await import('./run-command.ts')).runCommand,
  },
  {
    name: 'template',
    summary: 'print configuration for containers that trust the root, or write it with its files',
    load: async () => (await import('./template.ts')).templateCommand,
  },
  {
    name: 'ca list',
    summary: 'list the authorities and their generations',
    load: async () => (await import('./ca-list.ts')).caListCommand,
  },
  {
    name: 'ca show',
    summary: 'show one authority: its generations, files and constraint',
    load: async () => (await import('./ca-show.ts')).caShowCommand,
  },
  {
    name: 'ca use',
    summary: 'make an authority the default one',
    load: async () => (await import('./ca-use.ts')).caUseCommand,
  },
  {
    name: 'ca permit',
    summary: 'let an authority issue for further names or ranges of addresses',
    load: async () => (await import('./ca-permit.ts')).caPermitCommand,
  },
  {
    name: 'ca roll',
    summary: 'make the next generation of an authority: a new root and intermediate',
    load: async () => (await import('./ca-roll.ts')).caRollCommand,
  },
  {
    name: 'ca protect',
    summary: "move an authority's key to another key store, or change its passphrase",
    load: async () => (await import('./ca-protect.ts')).caProtectCommand,
  },
  {
    name: 'ca import',
    summary: 'take over an authority that mkcert, Caddy, step-ca, easy-rsa or you have made',
    load: async () => (await import('./ca-import.ts')).caImportCommand,
  },
  {
    name: 'ca retire',
    summary: 'end earlier generations of an authority, and take their roots out of every store',
    load: async () => (await import('./ca-retire.ts')).caRetireCommand,
  },
  {
    name: 'ca backup',
    summary: 'everything of a home in one file under a passphrase',
    load: async () => (await import('./ca-backup.ts')).caBackupCommand,
  },
  {
    name: 'ca restore',
    summary: 'set a home up from a backup, on this or another machine',
    load: async () => (await import('./ca-restore.ts')).caRestoreCommand,
  },
  {
    name: 'ca export-trust',
    summary: 'the roots alone, without any key, for others to trust',
    load: async () => (await import('./ca-export-trust.ts')).caExportTrustCommand,
  },
  {
    name: 'ca destroy',
    summary: 'end the authorities of a home, or one of them: trust, keys, files and inventory',
    load: async () => (await import('./ca-destroy.ts')).caDestroyCommand,
  },
  {
    name: 'doctor',
    summary: 'say everything that is wrong with this set-up, and the commands that mend it',
    load: async () => (await import('./doctor.ts')).doctorCommand,
  },
  {
    name: 'selftest',
    summary: 'prove certificates by real handshakes, refusals included',
    load: async () => (await import('./selftest.ts')).selftestCommand,
  },
  {
    name: 'handshake',
    summary: 'show what happens on the wire when TLS is negotiated',
    load: async () => (await import('./handshake.ts')).handshakeCommand,
  },
  {
    name: 'explain',
    summary: 'say what an error means, who reports it so, and what mends it',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'completion',
    summary: 'print a completion script for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).completionCommand,
  },
];
