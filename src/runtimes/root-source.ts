import { X509Certificate } from 'node:crypto';
import { join, resolve } from 'node:path';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { decodePem } from '../pki/pem.ts';
import type { World } from '../platform/world.ts';
import type { Found } from './override-verdict.ts';

/** Somewhere that roots come from. */
export interface RootSource {
  /**
   * Why it counts: as the system's own, as the file that the variable names, as a folder of OpenSSL's, in settings of the
   * variable's reader, or as the file of another variable that the reader turns to.
   */
  readonly kind: 'system' | 'file' | 'folder' | 'settings' | 'inherited';
  readonly path: string;
}

/** A source with its bytes, which have not been looked at yet. */
export interface ReadSource {
  readonly source: RootSource;
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
}

type Reads = Pick<World, 'files'>;

/** No system's roots are a hundredth of that, nor as many. */
export const MOST_BYTES = 64 * 1024 * 1024;
const MOST_FILES = 5_000;
const TOO_MUCH = `has, with what is read before it, more than ${MOST_BYTES / 1024 / 1024} MiB of roots`;

/** Reads a source of at most `limit` bytes. A folder that is not there has no files. Throws DEVCA_RUNTIME_ROOTS. */
export const readSource = (source: RootSource, world: Reads, limit = MOST_BYTES): ReadSource =>
  blamed(source, () => {
    const paths = source.kind === 'folder' ? filesIn(source, world) : [source.path];
    let left = limit;
    const files = paths.map((path) => {
      const size = world.files.statusOfTarget(path)?.size ?? 0;
      if (size > left) throw uselessSource(source, TOO_MUCH);
      const bytes = world.files.read(path, left);
      left -= bytes.length;
      return { path, bytes };
    });
    return { source, files };
  });

/** DER of the certificates of a source, in their order. Throws DEVCA_RUNTIME_ROOTS where they are none. */
export const certificatesOf = ({ source, files }: ReadSource): readonly Uint8Array[] =>
  blamed(source, () =>
    files.flatMap(({ path, bytes }) => {
      const found = certificatesInPem(bytes, path);
      const strange = found.findIndex((der) => !isCertificate(der));
      if (strange < 0) return found;
      const where = path === source.path ? '' : ` of "${path}"`;
      throw uselessSource(source, `cannot be used: block ${strange + 1}${where} is no certificate`);
    }),
  );

/** Judged as the programs do that will read it: a strict reader refuses roots of systems that they take. */
function isCertificate(der: Uint8Array): boolean {
  try {
    return new X509Certificate(der).raw.length === der.length;
  } catch {
    return false;
  }
}

/** That a source is of no use, before it is known which variables name it. */
export const uselessSource = (
  { path }: RootSource,
  reason: string,
  variables: readonly string[] = [],
): DevcaError => new DevcaError('DEVCA_RUNTIME_ROOTS', { failures: [{ path, reason, variables }] });

/** DER of the certificates in a PEM file. Throws DEVCA_PEM_INVALID. */
export function certificatesInPem(bytes: Uint8Array, path: string): readonly Uint8Array[] {
  return (
    decodePem(Buffer.from(bytes).toString('latin1'), path)
      // Others are of no use here: keys and lists, or OpenSSL's own form, which may say that it is not to be trusted.
      .filter(({ label }) => label === 'CERTIFICATE' || label === 'X509 CERTIFICATE')
      .map(({ der }) => der)
  );
}

/** Fingerprints of the certificates in a file, or a word about why there are none. */
export const fingerprintsIn = (path: string, world: Reads): Found =>
  orUnreadable(() => {
    const bytes = world.files.readIfPresent(path);
    return bytes === undefined ? 'is not there' : certificatesInPem(bytes, path).map(sha256Hex);
  });

/** Those in folders of OpenSSL's. */
export const fingerprintsInFolders = (
  folders: readonly string[],
  world: Pick<World, 'files' | 'system'>,
): Found =>
  orUnreadable(() =>
    folders
      .filter((folder) => folder !== '')
      .flatMap((folder) => {
        const path = resolve(world.system.workingFolder, folder);
        return certificatesOf(readSource({ kind: 'folder', path }, world)).map(sha256Hex);
      }),
  );

/** What is found, or the word that it cannot be read. */
export function orUnreadable(find: () => Found): Found {
  try {
    return find();
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return 'cannot be read';
  }
}

/** Changes with the bytes of a source, whatever its files are called. */
export const hashOf = ({ files }: ReadSource): string =>
  sha256Hex(Buffer.from(files.map(({ bytes }) => sha256Hex(bytes)).join(), 'latin1'));

const REASONS: Readonly<Record<string, string>> = {
  DEVCA_FILE_NOT_FOUND: 'is not there',
  DEVCA_FILE_PERMISSION: 'may not be read',
  DEVCA_FILE_NOT_A_FILE: 'is no file',
};

function blamed<T>(source: RootSource, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    if (error.code === 'DEVCA_RUNTIME_ROOTS') throw error;
    throw uselessSource(source, REASONS[error.code] ?? `cannot be read: ${error.message}`);
  }
}

/** OpenSSL looks at the files alone that are called by a hash of their subject. */
function filesIn(source: RootSource, { files }: Reads): readonly string[] {
  const folder = source.path;
  if (files.statusOfTarget(folder) === undefined) return [];
  const names = files.list(folder).filter((name) => /^[0-9a-f]{8}\.\d+$/.test(name));
  if (names.length > MOST_FILES) throw uselessSource(source, `has more than ${MOST_FILES} files of roots`);
  return names
    .map((name) => join(folder, name))
    .filter((path) => files.statusOfTarget(path)?.kind === 'file');
}
