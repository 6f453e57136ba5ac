import { delimiter, dirname, resolve } from 'node:path';
import { isDevcaError } from '../errors/devca-error.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import type { World } from '../platform/world.ts';
import { javaProperty, parseJavaOptions } from './java-options.ts';
import { readJavaRoots } from './java-roots.ts';
import { certificatesOf, fingerprintsIn, readSource } from './root-source.ts';
import { systemBundle } from './system-bundle.ts';
import {
  JAVA_OPTIONS,
  OFF_VARIABLES,
  OPENSSL_FILE,
  OPENSSL_FOLDERS,
  TRUST_VARIABLES,
} from './trust-variables.ts';

/** A variable of the environment that stands above the stores of the system, or beside them. */
export interface OverridingVariable {
  readonly variable: string;
  readonly value: string;
  readonly effect: 'adds' | 'replaces' | 'off';
  /** Who reads it, for people. */
  readonly readers: string;
  /** Whether its readers trust all of devca's roots by it. */
  readonly status: 'trusted' | 'not-trusted' | 'unreadable' | 'verification-off';
  /** Lower case, no full stop. */
  readonly detail: string;
  /** A command, ready to be pasted; empty where nothing has to be done. */
  readonly fix: string;
}

/** Options of Java; the last stands above the command line, the others below it. */
const JAVA_VARIABLES = [JAVA_OPTIONS, 'JDK_JAVA_OPTIONS', '_JAVA_OPTIONS'];

/**
 * The variables that are set and decide what is trusted, whatever the stores say.
 * @param wanted the fingerprints of devca's roots
 * @param command that of `devca env` for their home
 */
export function overridingVariables(
  wanted: readonly string[],
  world: World,
  command = 'devca env',
): readonly OverridingVariable[] {
  return [
    ...fileVariables(wanted, world, command),
    ...javaVariables(wanted, world, command),
    ...offVariables(world),
  ];
}

/** What was found where a variable leads: fingerprints, or a word about why there are none. */
type Found = readonly string[] | string;

function fileVariables(wanted: readonly string[], world: World, command: string): OverridingVariable[] {
  const { environment, workingFolder } = world.system;
  const setting = (name: string): string => environment[name] ?? '';
  const fileOf = (name: string): Found =>
    setting(name) === '' ? [] : fingerprintsIn(resolve(workingFolder, setting(name)), world);
  const folders =
    setting(OPENSSL_FOLDERS) === '' ? [] : fingerprintsInFolders(setting(OPENSSL_FOLDERS), world);
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
    namesSystem(resolve(workingFolder, setting(name)), world)
      ? command.replace('devca env', 'devca trust install --store system')
      : `eval "$(${command})"`;
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

function namesSystem(path: string, world: World): boolean {
  const bundle = systemBundle(world);
  const { files } = world;
  if (bundle === undefined || files.statusOfTarget(path) === undefined) return false;
  const folders = files.statusOfTarget(path)?.kind === 'folder';
  return files.realPath(path) === files.realPath(folders ? dirname(bundle) : bundle);
}

function javaVariables(wanted: readonly string[], world: World, command: string): OverridingVariable[] {
  const { environment, workingFolder } = world.system;
  return JAVA_VARIABLES.flatMap((variable) => {
    const options = parseJavaOptions(environment[variable] ?? '');
    const store = javaProperty('javax.net.ssl.trustStore', options);
    if (store === undefined) return [];
    const password = javaProperty('javax.net.ssl.trustStorePassword', options);
    const roots = readJavaRoots(resolve(workingFolder, store), password, world);
    const found = typeof roots === 'string' ? 'cannot be read' : roots.map(sha256Hex);
    const fix = variable === JAVA_OPTIONS ? `eval "$(${command})"` : undefined;
    return [rowOf({ variable, value: store, effect: 'replaces', readers: 'Java' }, found, wanted, fix)];
  });
}

function offVariables({ system }: World): OverridingVariable[] {
  return OFF_VARIABLES.flatMap(({ name, value: pattern, readers }) => {
    const value = system.environment[name];
    if (value === undefined || !pattern.test(value)) return [];
    const detail = `switches the verification of certificates off for ${readers}`;
    const [effect, status] = ['off', 'verification-off'] as const;
    return [{ variable: name, value, effect, readers, status, detail, fix: `unset ${name}` }];
  });
}

function rowOf(
  row: Pick<OverridingVariable, 'variable' | 'value' | 'effect' | 'readers'>,
  found: Found,
  wanted: readonly string[],
  command: string | undefined,
): OverridingVariable {
  const { value, effect, readers, variable } = row;
  const where =
    effect === 'adds'
      ? `for ${readers}, the roots in "${value}" count beside their own`
      : `for ${readers}, only the roots in "${value}" count`;
  if (typeof found === 'string')
    return { ...row, status: 'unreadable', detail: `${where}, and it ${found}`, fix: `unset ${variable}` };
  if (wanted.every((sha256) => found.includes(sha256)))
    return { ...row, status: 'trusted', detail: where, fix: '' };
  const fix = command ?? `unset ${variable}`;
  return { ...row, status: 'not-trusted', detail: `${where}, and devca's is not among them`, fix };
}

function fingerprintsInFolders(value: string, world: World): Found {
  try {
    return value
      .split(delimiter)
      .filter((folder) => folder !== '')
      .flatMap((folder) => {
        const path = resolve(world.system.workingFolder, folder);
        return certificatesOf(readSource({ kind: 'folder', path }, world)).map(sha256Hex);
      });
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return 'cannot be read';
  }
}
