import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';

/** A certificate of the inventory as a message shows it. */
export interface RenewalSubject {
  readonly names: readonly string[];
  readonly serial: string;
}

/** Renewing, rekeying, and the programs that are run afterwards. */
export const renewalErrors = {
  DEVCA_RENEWAL_AMBIGUOUS: entry<{ what: string; serials: readonly string[] }>({
    exit: 2,
    what: (c) =>
      `"${c.what}" means ${c.serials.length} certificates that are in use: ${c.serials.join(', ')}`,
    fix: (c) => [
      `give one by its serial number, such as "devca renew ${c.serials[0]}"`,
      'or renew every one of them with "devca renew --all"',
    ],
  }),
  DEVCA_RENEWAL_AUTHORITY: entry<{ what: string; profile: string }>({
    exit: 1,
    what: (c) => `"${c.what}" is the ${c.profile} of an authority, and authorities are not renewed`,
    fix: () => ['run "devca list" for the certificates that are'],
  }),
  DEVCA_RENEWAL_REVOKED: entry<RenewalSubject>({
    exit: 1,
    what: (c) => `the certificate ${c.serial} for ${c.names.join(', ')} is revoked: its key gets no other`,
    fix: (c) => [`for one with a new key run "devca rekey ${c.serial}"`],
  }),
  DEVCA_RENEWAL_REPLACED: entry<RenewalSubject & { by: string }>({
    exit: 1,
    what: (c) => `the certificate ${c.serial} for ${c.names.join(', ')} is replaced already, by ${c.by}`,
    fix: (c) => [`renew that one, with "devca renew ${c.by}"`],
  }),
  DEVCA_RENEWAL_FILES_GONE: entry<RenewalSubject & { paths: readonly string[]; again: string }>({
    exit: 1,
    what: (c) =>
      c.paths.length === 0
        ? `the certificate ${c.serial} for ${c.names.join(', ')} has no files of its own any more`
        : `the files of the certificate ${c.serial} for ${c.names.join(', ')} are gone: ${c.paths.join(', ')}`,
    fix: (c) => [`issue it anew, with "${c.again}"`],
  }),
  DEVCA_RENEWAL_KEY: entry<RenewalSubject & { path: string; reason: string }>({
    exit: 1,
    what: (c) =>
      `the key of the certificate ${c.serial} for ${c.names.join(', ')} cannot be used again: "${c.path}" ${c.reason}`,
    fix: (c) => [
      'put the key back from a backup',
      `or make a new one, with "devca rekey ${c.serial} --force"`,
    ],
  }),
  DEVCA_RENEWAL_PASSWORD: entry<RenewalSubject & { path: string }>({
    exit: 2,
    what: (c) =>
      `the certificate ${c.serial} for ${c.names.join(', ')} is in "${c.path}", whose password is not given`,
    fix: (c) => [
      'give its password with "--password-file FILE" or DEVCA_PASSWORD',
      `where nobody has it any more, write the store again under another: run "devca export ${c.serial} --format ${storeFormat(c.path)} --out ${shellWord(folderOf(c.path))} --password-file FILE"`,
    ],
  }),
  DEVCA_REKEY_REQUEST: entry<RenewalSubject>({
    exit: 1,
    what: (c) =>
      `the certificate ${c.serial} for ${c.names.join(', ')} was issued for a key that devca never had, so it cannot make it a new one`,
    fix: (c) => [
      'make a new key and request where the old key is, then run "devca issue --csr FILE"',
      `or keep the key, with "devca renew ${c.serial}"`,
    ],
  }),
  DEVCA_HOOK_UNUSABLE: entry<{ program: string; isFile: boolean }>({
    exit: 2,
    what: (c) => `the hook "${c.program}" is no program that can be run; nothing was renewed`,
    fix: (c) => [
      `give an executable file or a program on the PATH; its arguments follow "--"${asWords(c.program)}`,
      ...(c.isFile ? [`make a script executable with "chmod +x ${shellWord(c.program)}"`] : []),
    ],
  }),
  DEVCA_HOOK_FAILED: entry<{ program: string; outcome: string; stderr: string }>({
    exit: 1,
    what: (c) =>
      `the certificates are renewed and in place, but the hook "${c.program}" ${c.outcome}${c.stderr === '' ? '' : `: ${c.stderr}`}`,
    fix: () => [
      'make the server read its files again by hand',
      'a hook that needs longer gets more time with "--hook-timeout 5m"',
    ],
  }),
  DEVCA_UNIT_TEXT: entry<{ kind: string; text: string }>({
    exit: 2,
    what: (c) => `a ${c.kind} file cannot hold "${c.text}"`,
    fix: () => ['choose a path without control characters'],
  }),
};

/** What is meant where a whole command line stands in the place of a program. */
function asWords(program: string): string {
  const [first = '', ...others] = program.trim().split(/\s+/);
  return others.length === 0
    ? ''
    : `, as in "--hook ${shellWord(first)} -- ${others.map(shellWord).join(' ')}"`;
}

/** Stores are called by their formats. */
function storeFormat(path: string): string {
  const isJks = path.endsWith('.jks');
  if (/-truststore\.\w+$/.test(path)) return isJks ? 'jks-truststore' : 'truststore';
  return isJks ? 'jks' : 'p12';
}

const folderOf = (path: string): string => path.replace(/[\\/][^\\/]*$/, '') || '/';
