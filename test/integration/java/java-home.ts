import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

// Scenarios in a namespace use this file too, where there is no jest: nothing of test/support is imported.

/** The Java of this machine. */
export function javaHome(): string {
  const java = execFileSync('sh', ['-c', 'command -v java'], { encoding: 'utf8' }).trim();
  return dirname(dirname(realpathSync(java)));
}

/** The key store of this machine's Java. */
export const ownKeyStore = (): string => join(javaHome(), 'lib/security/cacerts');

interface ScratchJava {
  readonly home: string;
  readonly cacerts: string;
}

/** A copy of this machine's Java, as SDKMAN would have put it there, with the key store that `make` makes. */
export function copyJava(userHome: string, make: (file: string) => void): ScratchJava {
  const { home, cacerts } = bareJava(userHome, () => {});
  for (const part of ['bin', 'conf', 'lib', 'release']) {
    cpSync(join(javaHome(), part), join(home, part), { recursive: true, verbatimSymlinks: true });
  }
  symlinkSync('17-copy', join(home, '../current'));
  rmSync(cacerts);
  make(cacerts);
  return { home, cacerts };
}

/** The same without programs: `keytool` comes from elsewhere. */
export function bareJava(userHome: string, make: (file: string) => void): ScratchJava {
  const home = join(userHome, '.sdkman/candidates/java/17-copy');
  const cacerts = join(home, 'lib/security/cacerts');
  mkdirSync(dirname(cacerts), { recursive: true });
  make(cacerts);
  return { home, cacerts };
}

/** What `keytool` says, with the password that every vendor uses unless another is among the arguments. */
export function keytool(args: readonly string[], input = ''): string {
  const password = args.some((word) => word.startsWith('-storepass')) ? [] : ['-storepass', 'changeit'];
  return execFileSync(join(javaHome(), 'bin/keytool'), [...args, ...password], {
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}

/** The certificates of a key store with their aliases, in an order that says nothing. */
export function listing(file: string, ...password: readonly string[]): readonly string[] {
  const entries = keytool(['-list', '-rfc', '-keystore', file, ...password])
    .split('Alias name: ')
    .slice(1);
  return entries
    .map(
      (entry) =>
        entry
          .replace(/^Creation date: .*$/m, '')
          .split('*****')[0]
          ?.trim() ?? '',
    )
    .sort();
}

/** Whether a Java fetches a page, with nothing that would tell it which roots to trust. */
export function fetches(url: string, java: string): Promise<boolean> {
  const program = resolve(import.meta.dirname, 'programs/Fetch.java');
  return new Promise((settle) => {
    execFile(join(java, 'bin/java'), [program, url], { env: { HOME: '/nonexistent' } }, (error) =>
      settle(error === null),
    );
  });
}
