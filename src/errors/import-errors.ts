import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';

const quoted = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(', ');

/** What is only a subject, such as `CN=ada`, is no name that can be issued for. */
function issuable(names: readonly string[]): string {
  const usable = names.filter((name) => !name.includes('='));
  return usable.length === 0 ? 'NAME' : usable.map(shellWord).join(' ');
}

/** Authorities that another tool has made. */
export const importErrors = {
  DEVCA_IMPORT_NOT_FOUND: entry<{ looked: readonly string[] }>({
    exit: 3,
    what: (c) => `there is no authority to import in ${quoted(c.looked)}`,
    fix: () => [
      'say where it is: run "devca ca import DIR"',
      'or give its files: run "devca ca import --cert ca.pem --key ca-key.pem"',
    ],
  }),
  DEVCA_IMPORT_WHICH: entry<{ found: readonly { kind: string; path: string }[]; flags: string }>({
    exit: 2,
    what: (c) =>
      `there are ${c.found.length} authorities to import: ${c.found.map(({ kind, path }) => `${kind} in "${path}"`).join(', ')}`,
    fix: (c) =>
      c.found.map(({ kind }) => `to import this one run "devca ca import --from ${kind}${c.flags}"`),
  }),
  DEVCA_IMPORT_UNRECOGNISED: entry<{ path: string; kind: string | undefined }>({
    exit: 1,
    what: (c) =>
      `"${c.path}" is no folder of ${c.kind === undefined ? 'mkcert, Caddy, step-ca or easy-rsa' : c.kind}`,
    fix: () => [
      'give the folder that has rootCA.pem (mkcert), root.crt and intermediate.crt (Caddy), certs/root_ca.crt (step-ca) or pki/ca.crt (easy-rsa)',
      'or give its files: run "devca ca import --cert ca.pem --key ca-key.pem"',
    ],
  }),
  DEVCA_IMPORT_UNSAFE: entry<{ path: string; reason: string; folder?: string }>({
    exit: 5,
    what: (c) => `"${c.path}" is not safe to import an authority from: ${c.reason}`,
    fix: (c) => [
      `look first what is there, and where links lead, with "sudo ls -lR ${shellWord(c.folder ?? c.path)}"`,
      `then copy it to a folder of yours, with "sudo cp -R ${shellWord(c.folder ?? c.path)} copied-ca && sudo chown -Rh $USER copied-ca", put files in the place of links, and import it from there`,
    ],
  }),
  DEVCA_IMPORT_UNFIT: entry<{ path: string; reasons: readonly string[] }>({
    exit: 1,
    what: (c) => `the authority of "${c.path}" cannot be imported: ${c.reasons.join('; ')}`,
    fix: (c) => [
      `look at it with "openssl x509 -noout -text -in ${shellWord(c.path)}"`,
      'or make a new authority with "devca init"',
    ],
    see: 'RFC 5280 section 4.2.1',
  }),
  DEVCA_IMPORT_PKCS12: entry<{ path: string }>({
    exit: 1,
    what: (c) => `"${c.path}" is a PKCS#12 store, and an authority is imported from PEM files`,
    fix: (c) => [
      `take out what is in it, with "openssl pkcs12 -nodes -in ${shellWord(c.path)} -out ca.pem", and run "devca ca import ca.pem"`,
    ],
  }),
  DEVCA_IMPORT_KEY_MISMATCH: entry<{ key: string; cert: string }>({
    exit: 1,
    what: (c) => `the key "${c.key}" does not belong to the certificate "${c.cert}"`,
    fix: () => ['give the key that was made with the certificate, such as with "--key FILE"'],
  }),
  DEVCA_IMPORT_KEY_MISSING: entry<{ path: string; cert: string }>({
    exit: 1,
    what: (c) => `there is no key in "${c.path}", and without one nothing can be issued`,
    fix: (c) => [
      `import it where the key is, or give its files: run "devca ca import --cert ${shellWord(c.cert)} --key FILE"`,
      `to trust its root alone run "devca trust install --allow-unconstrained --from ${shellWord(c.cert)}"`,
    ],
  }),
  DEVCA_IMPORT_PASSWORD: entry<{ path: string; source: string }>({
    exit: 1,
    what: (c) => `the password from ${c.source} does not open the key "${c.path}", or the file is damaged`,
    fix: (c) => [
      'run the command again with the right one, such as with "--password-file FILE"',
      `to try one outside of devca, run "openssl pkey -noout -in ${shellWord(c.path)}"`,
    ],
  }),
  DEVCA_IMPORT_PASSWORD_MISSING: entry<{ path: string }>({
    exit: 1,
    what: (c) => `the key "${c.path}" is under a password, and there is no terminal to ask for it`,
    fix: () => ['give it with "--password-file FILE"'],
  }),
  DEVCA_IMPORT_PRESENT: entry<{
    name: string;
    generation: number;
    sha256: string;
    isRetired: boolean;
    homeFlag: string;
  }>({
    exit: 1,
    what: (c) =>
      `this authority is in the inventory already: its root ${c.sha256.slice(0, 16)} is that of "${c.name}", generation ${c.generation}${c.isRetired ? ', which is retired' : ''}`,
    fix: (c) => [
      // Of one that is destroyed there is nothing to show.
      c.isRetired
        ? `look at it with "devca ca list${c.homeFlag}"`
        : `look at it with "devca ca show ${shellWord(c.name)}${c.homeFlag}"`,
      'or import it into another home: add "--home DIR"',
    ],
  }),
  DEVCA_IMPORT_NAME: entry<{ name: string }>({
    exit: 1,
    what: (c) => `there is an authority "${c.name}" already, or was one before it was destroyed`,
    fix: (c) => [`give this one another name: add "--name ${shellWord(`${c.name}-2`)}"`],
  }),
  DEVCA_IMPORT_SERIAL: entry<{ serials: readonly string[]; isPresent: boolean }>({
    exit: 1,
    what: (c) =>
      `${c.isPresent ? 'the inventory has certificates that the same key has signed under the same serial numbers' : 'several certificates that one key has signed have the same serial number'}: ${c.serials.slice(0, 5).join(', ')}${c.serials.length > 5 ? ` and ${c.serials.length - 5} more` : ''}`,
    fix: (c) =>
      c.isPresent
        ? ['import it into a home of its own: add "--home DIR"']
        : [
            'to import without any list, give the files: run "devca ca import --cert ca.pem --key ca-key.pem"',
          ],
    see: 'RFC 5280 section 4.1.2.2',
  }),
  DEVCA_IMPORT_NOT_HELD: entry<{ serial: string; names: readonly string[]; isWithKey: boolean }>({
    exit: 1,
    what: (c) =>
      `the certificate ${c.serial} for ${c.names.join(', ')} was imported with its authority: devca has ${c.isWithKey ? 'neither its key nor its files' : 'not the intermediate that signed it'}`,
    fix: (c) => [
      `issue one that devca looks after, with "devca issue ${issuable(c.names)}"`,
      'or use the tool that made it',
    ],
  }),
  DEVCA_IMPORT_LIST: entry<{ path: string; reason: string }>({
    exit: 1,
    what: (c) => `the list "${c.path}" cannot be read: ${c.reason}`,
    fix: () => [
      'mend it, for instance from a backup: what it says is revoked has to stay revoked',
      'to import without any list, give the files: run "devca ca import --cert ca.pem --key ca-key.pem"',
    ],
  }),
};
