import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';
import { type StoreAction, storeCommand } from './trust-errors.ts';

/** Java's key stores, as `trust` meets them. */
export const javaTrustErrors = {
  DEVCA_TRUST_JAVA_PASSWORD: entry<StoreAction & { file: string }>({
    exit: 5,
    what: (c) => `the password of the Java key store "${c.file}" is not "changeit"`,
    fix: (c) => [
      `put it into a file of mode 0600, then run "DEVCA_JAVA_PASSWORD_FILE=password.txt ${storeCommand(c)}"`,
    ],
  }),
  DEVCA_TRUST_JAVA_UNREADABLE: entry<{ store: string; file: string; detail: string }>({
    exit: 5,
    what: (c) => `cannot read the Java key store "${c.file}": ${c.detail}`,
    fix: (c) => [
      `see what Java makes of it with "keytool -list -keystore ${shellWord(c.file)}"`,
      'install that Java again if its key store is damaged',
    ],
  }),
  DEVCA_TRUST_JAVA_SEALED: entry<{ store: string; file: string }>({
    exit: 5,
    what: (c) => `the Java key store "${c.file}" is encrypted: Java by itself takes no root from it`,
    fix: (c) => [
      `make one that it reads with "keytool -importkeystore -srckeystore ${shellWord(c.file)} -destkeystore cacerts -deststoretype JKS", and put that in its place`,
    ],
  }),
  DEVCA_TRUST_JAVA_GENERATED: entry<{ store: string; file: string }>({
    exit: 5,
    what: (c) =>
      `the Java key store "${c.file}" is made from the system's store, and a change in it would be lost`,
    fix: () => ['run "devca trust install --store system"'],
  }),
};
