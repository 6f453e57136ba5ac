import { resolve } from 'node:path';
import { readAuthority } from '../authority/open-authority.ts';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { nameKey } from '../pki/name.ts';
import { decodePem } from '../pki/pem.ts';
import type { World } from '../platform/world.ts';
import { systemRoots } from '../wire/system-roots.ts';
import { readContainer } from './container.ts';
import { LARGEST_FILE } from './read-file.ts';

/** Roots to trust, found by the name of their subject: of hundreds, a verification needs few. */
export interface TrustedRoots {
  /** What was asked for: `devca`, `system`, `all` or a path. */
  readonly source: string;
  readonly all: readonly Certificate[];
  readonly bySubject: ReadonlyMap<string, readonly Certificate[]>;
}

export interface RootsContext {
  readonly home: string;
  readonly inventory: Inventory | undefined;
  readonly password: string | undefined;
}

/**
 * The roots that `--roots` names. Fails closed: roots that cannot be read, or none at all, are an error.
 * Throws DEVCA_AUTHORITY_MISSING, DEVCA_ROOTS_EMPTY, DEVCA_ROOTS_SYSTEM_UNKNOWN and what reading a file throws.
 */
export function readTrustedRoots(source: string, context: RootsContext, world: World): TrustedRoots {
  const all = READERS[source]?.(context, world) ?? rootsOfFile(source, context, world);
  if (all.length === 0) throw new DevcaError('DEVCA_ROOTS_EMPTY', { source });
  const bySubject = new Map<string, Certificate[]>();
  for (const certificate of all) {
    const key = nameKey(certificate.subject);
    bySubject.set(key, [...(bySubject.get(key) ?? []), certificate]);
  }
  return { source, all, bySubject };
}

/**
 * The roots that may end a path of these certificates: those that any of them names as its issuer, and those that are
 * among them. Where there is none, one that is not: a verification without an anchor would be another problem.
 */
export function rootsFor(
  pool: readonly Certificate[],
  { all, bySubject }: TrustedRoots,
): readonly Certificate[] {
  const wanted = new Set(pool.flatMap(({ issuer, subject }) => [nameKey(issuer), nameKey(subject)]));
  const found = [...wanted].flatMap((key) => bySubject.get(key) ?? []);
  return found.length > 0 ? found : all.slice(0, 1);
}

const READERS: Readonly<Record<string, (context: RootsContext, world: World) => readonly Certificate[]>> = {
  devca: rootsOfAuthority,
  system: (_context, world) => rootsOfSystem(world),
  all: (context, world) => [
    ...(context.inventory === undefined ? [] : rootsOfAuthority(context, world)),
    ...rootsOfSystem(world),
  ],
};

/** Of every authority, and of every generation that is not retired: during a rollover both are trusted. */
function rootsOfAuthority({ home, inventory }: RootsContext, world: World): readonly Certificate[] {
  if (inventory === undefined || readAuthority(inventory, home, world) === undefined)
    throw new DevcaError('DEVCA_AUTHORITY_MISSING', { home });
  return inventory.authorities
    .all()
    .filter(({ retiredAt }) => retiredAt === undefined)
    .flatMap(({ id }) => {
      const [row] = inventory.certificates.list({
        at: world.clock.now(),
        authorityId: id,
        profile: 'root',
        limit: 1,
      });
      const der = row === undefined ? undefined : inventory.certificates.der(row.id);
      return der === undefined ? [] : [parseCertificate(der)];
    });
}

/** Where distributions keep all roots in one file: Debian and Alpine, Fedora, SUSE, Arch and macOS. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

function rootsOfSystem(world: World): readonly Certificate[] {
  if (world.system.platform !== 'linux') return systemRoots().flatMap((pem) => lenient(pem, 'the system'));
  const path = BUNDLES.find((bundle) => world.files.statusOfTarget(bundle)?.kind === 'file');
  if (path === undefined) throw new DevcaError('DEVCA_ROOTS_SYSTEM_UNKNOWN', { looked: BUNDLES });
  return lenient(Buffer.from(world.files.read(path, LARGEST_FILE)).toString('utf8'), path);
}

/** A root of the system that a strict reader refuses trusts nothing here; the others are none the worse for it. */
function lenient(text: string, source: string): readonly Certificate[] {
  return decodePem(text, source).flatMap(({ der }) => {
    try {
      return [parseCertificate(der)];
    } catch (error) {
      if (!isDevcaError(error)) throw error;
      return [];
    }
  });
}

function rootsOfFile(source: string, { password }: RootsContext, world: World): readonly Certificate[] {
  const path = resolve(world.system.workingFolder, source);
  const { bundles } = readContainer(world.files.readNamed(path, LARGEST_FILE), source, password);
  // What cannot be parsed is an error here: a root that is quietly left out would be a wrong verdict later.
  return bundles.flatMap(({ certificates }) =>
    certificates.map(({ certificate, der }) => certificate ?? parseCertificate(der)),
  );
}
