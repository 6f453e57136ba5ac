import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

// Scenarios in a namespace use this file too, where there is no jest: nothing of test/support is imported.

/** The Java of this machine. */
export function javaHome(): string {
  const java = execFileSync('sh', ['-c', 'command -v java'], { encoding: 'utf8' }).trim();
  return dirname(dirname(realpathSync(java)));
}

/** A copy of this machine's Java, as SDKMAN would have put it there, with the key store that `make` makes. */
export function copyJava(
  home: string,
  make: (file: string) => void,
): { readonly home: string; readonly cacerts: string } {
  const versions = join(home, '.sdkman/candidates/java');
  const copy = join(versions, '17-copy');
  mkdirSync(copy, { recursive: true });
  for (const part of ['bin', 'conf', 'lib', 'release']) {
    cpSync(join(javaHome(), part), join(copy, part), { recursive: true, verbatimSymlinks: true });
  }
  symlinkSync('17-copy', join(versions, 'current'));
  const cacerts = join(copy, 'lib/security/cacerts');
  rmSync(cacerts);
  make(cacerts);
  return { home: copy, cacerts };
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
