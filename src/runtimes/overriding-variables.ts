import { delimiter, resolve } from 'node:path';
import { sha256Hex } from '../pki/fingerprint.ts';
import type { World } from '../platform/world.ts';
import { javaProperty, parseJavaOptions } from './java-options.ts';
import { readJavaRoots } from './java-roots.ts';
import {
  type Found,
  type MendingCommands,
  type Override,
  offVerdict,
  rootsVerdict,
} from './override-verdict.ts';
import { fingerprintsIn, fingerprintsInFolders } from './root-source.ts';
import { namesSystem } from './system-bundle.ts';
import {
  JAVA_OPTIONS,
  OFF_VARIABLES,
  OPENSSL_FILE,
  OPENSSL_FOLDERS,
  TRUST_VARIABLES,
} from './trust-variables.ts';

/** A variable of the environment that stands above the stores of the system, or beside them. */
export interface OverridingVariable extends Override {
  readonly variable: string;
}

/** Options of Java; the last stands above the command line, the others below it. */
const JAVA_VARIABLES = [JAVA_OPTIONS, 'JDK_JAVA_OPTIONS', '_JAVA_OPTIONS'];

/**
 * The variables that are set and decide what is trusted, whatever the stores say.
 * @param wanted the fingerprints of devca's roots
 */
export function overridingVariables(
  wanted: readonly string[],
  world: World,
  commands: MendingCommands,
): readonly OverridingVariable[] {
  return [
    ...fileVariables(wanted, world, commands),
    ...javaVariables(wanted, world, commands),
    ...offVariables(world),
  ];
}

function fileVariables(
  wanted: readonly string[],
  world: World,
  commands: MendingCommands,
): OverridingVariable[] {
  const { environment, workingFolder } = world.system;
  const setting = (name: string): string => environment[name] ?? '';
  const fileOf = (name: string): Found =>
    setting(name) === '' ? [] : fingerprintsIn(resolve(workingFolder, setting(name)), world);
  const folders =
    setting(OPENSSL_FOLDERS) === ''
      ? []
      : fingerprintsInFolders(setting(OPENSSL_FOLDERS).split(delimiter), world);
  // OpenSSL takes what either has.
  const openssl = [fileOf(OPENSSL_FILE), folders].flatMap((found) =>
    typeof found === 'string' ? [] : found,
  );
  const isTrustedByOpenssl = wanted.every((sha256) => openssl.includes(sha256));
  const rows = TRUST_VARIABLES.map(({ name, effect, readers }) => ({
    name,
    effect,
    readers,
    found: fileOf(name),
  }));
  const folderReaders = 'OpenSSL, Python, Go, Ruby and others';
  rows.push({ name: OPENSSL_FOLDERS, effect: 'replaces', readers: folderReaders, found: folders });
  // Whoever names the system's own roots gets devca's with them.
  const mending = (name: string): string =>
    namesSystem(resolve(workingFolder, setting(name)), world) ? commands.install : commands.environment;
  return rows
    .filter(({ name }) => setting(name) !== '')
    .map(({ name, effect, readers, found }) => {
      const isOpenssl = name === OPENSSL_FILE || name === OPENSSL_FOLDERS;
      const isTrusted = isOpenssl && isTrustedByOpenssl && typeof found !== 'string';
      // "devca env" keeps what a variable names, so it has no use for a file without any.
      const isEmpty = name !== OPENSSL_FOLDERS && found.length === 0;
      const held = isTrusted ? wanted : isEmpty ? 'has no certificate in it' : found;
      return rowOf({ variable: name, value: setting(name), effect, readers }, held, wanted, mending(name));
    });
}

function javaVariables(
  wanted: readonly string[],
  world: World,
  commands: MendingCommands,
): OverridingVariable[] {
  const { environment, workingFolder } = world.system;
  return JAVA_VARIABLES.flatMap((variable) => {
    const options = parseJavaOptions(environment[variable] ?? '');
    const store = javaProperty('javax.net.ssl.trustStore', options);
    if (store === undefined) return [];
    const password = javaProperty('javax.net.ssl.trustStorePassword', options);
    const roots = readJavaRoots(resolve(workingFolder, store), password, world);
    const found = typeof roots === 'string' ? 'cannot be read' : roots.map(sha256Hex);
    const mend = variable === JAVA_OPTIONS ? commands.environment : undefined;
    return [rowOf({ variable, value: store, effect: 'replaces', readers: 'Java' }, found, wanted, mend)];
  });
}

function offVariables({ system }: World): OverridingVariable[] {
  return OFF_VARIABLES.flatMap(({ name, value: pattern, readers }) => {
    const value = system.environment[name];
    if (value === undefined || !pattern.test(value)) return [];
    return [{ variable: name, value, readers, ...offVerdict(readers, `unset ${name}`) }];
  });
}

function rowOf(
  row: Pick<OverridingVariable, 'variable' | 'value' | 'effect' | 'readers'>,
  found: Found,
  wanted: readonly string[],
  mend: string | undefined,
): OverridingVariable {
  const remove = `unset ${row.variable}`;
  return { ...row, ...rootsVerdict(row, found, wanted, { mend: mend ?? remove, remove }) };
}
