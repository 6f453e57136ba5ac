import { dirname, join } from 'node:path';
import { isDevcaError } from '../errors/devca-error.ts';
import { isJks, parseJks } from '../pki/jks.ts';
import { parsePkcs12 } from '../pki/pkcs12.ts';
import type { World } from '../platform/world.ts';

/** What Oracle, OpenJDK and all who build it protect their roots with. It keeps nothing secret. */
export const JAVA_PASSWORD = 'changeit';

/**
 * The file of roots of the Java that `java` is here: JAVA_HOME's, else the one on the PATH. Where there is a `jssecacerts`,
 * Java reads that alone (JSSE Reference Guide, "Customizing the Default Keystores and Truststores").
 */
export function defaultJavaRoots({ exec, files, system }: World): string | undefined {
  const named = system.environment['JAVA_HOME'];
  const program = named === undefined || named === '' ? exec.find('java') : undefined;
  const home = program === undefined ? named : dirname(dirname(files.realPath(program)));
  if (home === undefined || home === '') return undefined;
  return ['lib/security', 'jre/lib/security']
    .flatMap((folder) => ['jssecacerts', 'cacerts'].map((name) => join(home, folder, name)))
    .find((path) => files.statusOfTarget(path)?.kind === 'file');
}

/**
 * DER of what a store trusts, in whichever of the two formats it is; a word where it cannot be read. Like Java, this reads
 * JKS without a password too.
 */
export function readJavaRoots(
  path: string,
  password: string | undefined,
  { files }: World,
): readonly Uint8Array[] | string {
  try {
    return javaRootsIn(files.read(path), password, path);
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return error.message;
  }
}

function javaRootsIn(bytes: Uint8Array, password: string | undefined, source: string): readonly Uint8Array[] {
  if (isJks(bytes)) {
    return parseJks(bytes, password, source)
      .filter(({ kind }) => kind === 'trusted')
      .flatMap(({ certificates }) => certificates);
  }
  return parsePkcs12(bytes, password ?? JAVA_PASSWORD, source)
    .certificates.filter(({ isTrusted }) => isTrusted)
    .map(({ der }) => der);
}
