import { DevcaError, isDevcaError } from '../../errors/devca-error.ts';
import { pathsOf } from '../../platform/paths.ts';
import { realPathOr, uniqueByRealPath } from '../real-path.ts';
import type { TrustSession } from '../session.ts';
import { anchorFileName, type TrustAnchor } from '../trust-anchor.ts';
import { findJavaRuntimes, type JavaRuntime, versionOf } from './java-runtimes.ts';

/** A key store that one or more runtimes take roots from. */
export interface JavaPlace {
  /** `java:` and the real path of the file. */
  readonly id: string;
  readonly file: string;
  /** For people: which versions read it. */
  readonly name: string;
  /** None where the user or the journal names a file that no runtime here reads. */
  readonly runtimes: readonly JavaRuntime[];
  /** Why nobody can tell which file it is: it gets its row, and the others are found all the same. */
  readonly error?: DevcaError;
}

/** Key stores that the system's own tool writes: anew each time, or, on Debian, by adding to what is there. */
const MADE_BY_SYSTEM = ['/etc/pki/ca-trust/extracted/java/cacerts', '/var/lib/ca-certificates/java-cacerts'];
const SHARED = '/etc/ssl/certs/java/cacerts';
const DEBIAN_HOOK = '/etc/ca-certificates/update.d/jks-keystore';
const REMADE_MARKERS = ['/etc/alpine-release', '/etc/arch-release'];

/** Nobody can write here, root included. */
const READ_ONLY_TREES = ['/snap/', '/nix/store/', '/gnu/store/'];

/** Every key store of this machine and user, each once: distributions lead all of their runtimes to one. */
export function findJavaPlaces(session: TrustSession): readonly JavaPlace[] {
  const places = new Map<string, JavaPlace>();
  for (const runtime of findJavaRuntimes(session)) {
    const place = placeOf(runtime, session);
    const known = places.get(place.id)?.runtimes ?? [];
    places.set(place.id, { ...place, runtimes: unique([...known, runtime], session) });
  }
  return [...places.values()].map((place) => ({ ...place, name: nameOf(place.runtimes, session) }));
}

/** The key store at a path that the user or the journal names, whether or not it is there. */
export function javaPlaceAt(path: string, session: TrustSession): JavaPlace {
  const file = realPathOr(path, session);
  const known = findJavaPlaces(session).find((place) => place.file === file);
  return known ?? { id: `java:${file}`, file, name: 'Java key store', runtimes: [] };
}

/**
 * Whether the system's store brings its roots here: `remade` loses every other change, `added` keeps them. In both
 * cases, whoever changes the system's store changes this one.
 */
export function feedOf({ file }: JavaPlace, { world }: TrustSession): 'remade' | 'added' | undefined {
  const there = (path: string): boolean => world.files.statusOfTarget(path) !== undefined;
  if (MADE_BY_SYSTEM.includes(file)) return 'remade';
  if (file !== SHARED) return undefined;
  if (REMADE_MARKERS.some(there)) return 'remade';
  return there(DEBIAN_HOOK) ? 'added' : undefined;
}

/** The alias that Debian's hook gives to a root of the system's store, and that it leaves behind when that goes. */
export const debianAlias = (anchor: TrustAnchor): string => `debian:${anchorFileName(anchor)}.pem`;

/** Whether Debian's system store has the root now. */
export const isInDebian = (anchor: TrustAnchor, { world }: TrustSession): boolean =>
  world.files.status(`/etc/ssl/certs/${anchorFileName(anchor)}.pem`) !== undefined;

export const isSealedOff = ({ file }: JavaPlace): boolean =>
  READ_ONLY_TREES.some((tree) => file.startsWith(tree));

/**
 * Whether only root can change the file, which is replaced as a whole. Throws DEVCA_TRUST_FOREIGN_OWNER where the file
 * or its folder is a third user's: what root writes there, that user could lead elsewhere.
 */
export function needsRoot({ id, file }: JavaPlace, { world }: TrustSession): boolean {
  const { uid } = world.system;
  if (uid === undefined) return false;
  const owned = [file, pathsOf(world.system).dirname(file)].map((path) => ({
    path,
    owner: world.files.statusOfTarget(path)?.uid ?? uid,
  }));
  const foreign = owned.find(({ owner }) => owner !== uid && owner !== 0);
  if (foreign !== undefined) throw new DevcaError('DEVCA_TRUST_FOREIGN_OWNER', { store: id, ...foreign });
  const [ofFile, ofFolder] = owned.map(({ owner }) => owner);
  if (uid !== 0 && ofFile === 0 && ofFolder === uid) {
    throw new DevcaError('DEVCA_TRUST_FOREIGN_OWNER', { store: id, path: file, owner: 0 });
  }
  return ofFolder === 0;
}

function placeOf(runtime: JavaRuntime, session: TrustSession): JavaPlace {
  const { keyStore } = runtime;
  try {
    const file = session.world.files.realPath(keyStore);
    return { id: `java:${file}`, file, name: '', runtimes: [] };
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    const id = `java:${keyStore}`;
    const detail = error.message;
    const unreadable = new DevcaError('DEVCA_TRUST_JAVA_UNREADABLE', { store: id, file: keyStore, detail });
    return { id, file: keyStore, name: '', runtimes: [], error: unreadable };
  }
}

/** Links such as SDKMAN's `current` lead to runtimes that are found by their own names too. */
const unique = (runtimes: readonly JavaRuntime[], session: TrustSession): readonly JavaRuntime[] =>
  uniqueByRealPath(runtimes, ({ home }) => home, session);

const MOST_VERSIONS = 3;

/** Such as `Java 17.0.15, 25.0.1 and 2 more`. */
function nameOf(runtimes: readonly JavaRuntime[], session: TrustSession): string {
  const versions = [...new Set(runtimes.map((runtime) => versionOf(runtime, session) ?? ''))].filter(Boolean);
  const shown = versions.slice(0, MOST_VERSIONS).join(', ');
  const more = versions.length - MOST_VERSIONS;
  return more > 0 ? `Java ${shown} and ${more} more` : `Java ${shown}`.trim();
}
