import { join, resolve } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { parseJks } from '../pki/jks.ts';
import { encodeJks } from '../pki/jks-writer.ts';
import type { World } from '../platform/world.ts';
import { formatJavaOption, type JavaOption, javaProperty, parseJavaOptions } from './java-options.ts';
import { defaultJavaRoots, JAVA_PASSWORD, readJavaRoots } from './java-roots.ts';
import type { DevcaRoots } from './merged-bundle.ts';
import { isPublicFile, publicFolder, publicName, readPublicFile, writePublicFile } from './public-folder.ts';
import { JAVA_OPTIONS } from './trust-variables.ts';
import type { VariableSetting } from './variable-setting.ts';

const STORE = 'javax.net.ssl.trustStore';
const PASSWORD = 'javax.net.ssl.trustStorePassword';

/** Stores that are no files: the system's own, which `devca trust install` sees to. */
const SYSTEM_TYPES = /^(KeychainStore.*|Windows-.*|PKCS11)$/i;

/**
 * Java's own variable, with its roots and devca's in one store. `undefined` where there is no Java, or where it trusts the
 * roots of devca already: the variable makes every Java say on standard error that it has seen it.
 *
 * The store is a JKS file, since Java reads that without a password; of a PKCS#12 file it would read nothing, without a word.
 */
export function javaSetting(roots: DevcaRoots, world: World): VariableSetting | undefined {
  const options = optionsBefore(parseJavaOptions(world.system.environment[JAVA_OPTIONS] ?? ''), world);
  const named = javaProperty(STORE, options);
  const type = javaProperty('javax.net.ssl.trustStoreType', options) ?? '';
  if (named === 'NONE' || SYSTEM_TYPES.test(type)) return undefined;
  const path = named === undefined ? defaultJavaRoots(world) : resolve(world.system.workingFolder, named);
  if (path === undefined) return undefined;
  const password = javaProperty(PASSWORD, options);
  const trusted = readJavaRoots(path, password, world);
  if (typeof trusted === 'string') throw new DevcaError('DEVCA_RUNTIME_STORE', { path, reason: trusted });
  if (trusted.length === 0)
    throw new DevcaError('DEVCA_RUNTIME_STORE', { path, reason: 'it trusts no certificate' });
  const merged = new Map([...trusted, ...roots.certificates].map((der) => [sha256Hex(der), der]));
  if (merged.size === new Set(trusted.map(sha256Hex)).size) return undefined;
  const own = [
    `-D${STORE}=${writeStore(path, merged, roots, world)}`,
    // It would be asked of devca's store too.
    ...(password === undefined ? [] : [`-D${PASSWORD}=${JAVA_PASSWORD}`]),
  ];
  return {
    name: JAVA_OPTIONS,
    value: [...options.map(({ raw }) => raw), ...own.map(formatJavaOption)].join(' '),
    effect: 'replaces',
    runtimes: ['java'],
    readers: 'Java',
    sources: [{ kind: named === undefined ? 'system' : 'file', path }],
    certificates: merged.size,
  };
}

/** The options without those that devca added, which are the last. */
export function optionsBefore(
  options: readonly JavaOption[],
  { system }: Pick<World, 'system'>,
): readonly JavaOption[] {
  const isOwn = ({ text }: JavaOption): boolean =>
    text.startsWith(`-D${STORE}=`) && isPublicFile(text.slice(STORE.length + 3), system);
  const first = options.findIndex(isOwn);
  if (first < 0) return options;
  const isFollowing = options[first + 1]?.text === `-D${PASSWORD}=${JAVA_PASSWORD}`;
  return options.filter((_, index) => index !== first && !(isFollowing && index === first + 1));
}

/** Its entries are named by what they are, and those of devca by what the store was made from. */
function writeStore(
  source: string,
  merged: ReadonlyMap<string, Uint8Array>,
  roots: DevcaRoots,
  world: World,
): string {
  const path = join(publicFolder(world.system), `${publicName('java', [roots.owner, source])}.jks`);
  const own = new Set(roots.certificates.map(sha256Hex));
  const made = sha256Hex(Buffer.from([...merged.keys()].join(), 'latin1'));
  const alias = (sha256: string): string => {
    const name = sha256.slice(0, 16);
    return own.has(sha256) ? `devca-${name}-${made}` : `root-${name}`;
  };
  const present = readPublicFile(path, world);
  if (present !== undefined && isMadeFrom(made, present, path)) return path;
  const trusted = [...merged].map(([sha256, certificate]) => ({ alias: alias(sha256), certificate }));
  const { random, clock } = world;
  const options = { password: JAVA_PASSWORD, createdAt: clock.now(), random };
  writePublicFile(path, encodeJks({ trusted }, options), world);
  return path;
}

function isMadeFrom(made: string, bytes: Uint8Array, path: string): boolean {
  try {
    return parseJks(bytes, JAVA_PASSWORD, path).some(({ alias }) => alias.endsWith(`-${made}`));
  } catch {
    return false;
  }
}
