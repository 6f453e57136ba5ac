import { extname, join, resolve } from 'node:path';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { OID } from '../pki/oid.ts';
import type { World } from '../platform/world.ts';
import { endEntityIndex, isAuthoritiesOnly } from './end-entity.ts';
import { joinKeys, type KeyFile, keyFileOf } from './folder-keys.ts';
import type { Reading, Subject, Unreadable } from './presented.ts';
import { isKeyLabel } from './private-keys.ts';
import { LARGEST_FILE, readFileTarget } from './read-file.ts';

/** What servers and tools call files with certificates in them. Other files of a folder are left alone. */
const EXTENSIONS = new Set([
  '.pem',
  '.crt',
  '.cer',
  '.cert',
  '.der',
  '.p7b',
  '.p7c',
  '.p7s',
  '.p12',
  '.pfx',
  '.jks',
  '.keystore',
  '.yaml',
  '.yml',
  '.json',
  '.key',
]);

/** YAML and JSON are looked into, since only a Secret is meant. */
const MANIFESTS = new Set(['.yaml', '.yml', '.json']);

/** A folder with more is not a folder of certificates. */
const MOST_FILES = 20_000;
const DEEPEST = 24;

type FolderWorld = Pick<World, 'files' | 'system'>;

/**
 * Every certificate file below a folder, each a target of its own. Left out, with the reason: what holds no end entity,
 * and an end entity alone that another file of the folder has with its chain, as `devca issue` writes both.
 * Throws DEVCA_TARGET_FOLDER_EMPTY and DEVCA_TARGET_FOLDER_LIMIT.
 */
export function readFolder(target: string, password: string | undefined, world: FolderWorld): Reading {
  const path = resolve(world.system.workingFolder, target);
  const { files, unreadable } = filesBelow(target, path, world);
  const subjects: Subject[] = [];
  const leftOut: { file: string; reason: string }[] = [];
  const keyFiles: KeyFile[] = [];
  const known = files.filter(({ name }) => EXTENSIONS.has(extname(name).toLowerCase()));
  for (const { name, path: file } of known) {
    const reading = readMember(name, file, password, world);
    keyFiles.push(...(reading.keyFile === undefined ? [] : [reading.keyFile]));
    subjects.push(...reading.subjects);
    unreadable.push(...reading.unreadable);
    leftOut.push(...reading.leftOut);
  }
  const longest = longestChains(subjects);
  const kept = subjects.filter((subject) => {
    const reason = reasonToLeaveOut(subject, longest);
    if (reason !== undefined) leftOut.push({ file: subject.target, reason });
    return reason === undefined;
  });
  if (kept.length === 0 && unreadable.length === 0) {
    const context = {
      path: target,
      files: files.length,
      leftOut: files.length - known.length + leftOut.length,
    };
    throw new DevcaError('DEVCA_TARGET_FOLDER_EMPTY', context);
  }
  return joinKeys({ subjects: kept.map(withOwnPurpose), unreadable, leftOut }, keyFiles, world);
}

interface FoundFile {
  readonly name: string;
  readonly path: string;
}

/** Links are followed, and a folder that was seen is not entered again, so that a loop ends. */
function filesBelow(
  target: string,
  path: string,
  world: FolderWorld,
): { readonly files: readonly FoundFile[]; readonly unreadable: Unreadable[] } {
  const found: FoundFile[] = [];
  const unreadable: Unreadable[] = [];
  const seen = new Set<string>();
  const visit = (name: string, folder: string, depth: number): void => {
    const real = world.files.realPath(folder);
    if (seen.has(real) || depth > DEEPEST) return;
    seen.add(real);
    for (const entry of entriesOf(name, folder, unreadable, world)) {
      // Version control and packages have many files, and none that is deployed.
      if (entry === '.git' || entry === 'node_modules') continue;
      const [childName, child] = [join(name, entry), join(folder, entry)];
      const kind = statusOf(child, world);
      if (kind === 'folder') visit(childName, child, depth + 1);
      else if (kind === 'file') found.push({ name: childName, path: child });
      if (found.length > MOST_FILES)
        throw new DevcaError('DEVCA_TARGET_FOLDER_LIMIT', { path: target, limit: MOST_FILES });
    }
  };
  visit(target, path, 0);
  return { files: found, unreadable };
}

/** A folder that may not be read is a row of its own, and the others are still read. */
function entriesOf(
  name: string,
  folder: string,
  unreadable: Unreadable[],
  world: FolderWorld,
): readonly string[] {
  try {
    return world.files.list(folder);
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    unreadable.push({ target: name, file: name, error });
    return [];
  }
}

/** A link that leads nowhere or in a circle is no file. */
function statusOf(path: string, world: FolderWorld): string | undefined {
  try {
    return world.files.statusOfTarget(path)?.kind;
  } catch (error) {
    if (isDevcaError(error, 'DEVCA_FILE_IO')) return undefined;
    throw error;
  }
}

function readMember(
  name: string,
  path: string,
  password: string | undefined,
  world: FolderWorld,
): Reading & { readonly keyFile?: KeyFile | undefined } {
  try {
    return readFileTarget(name, { path, bytes: world.files.read(path, LARGEST_FILE) }, password, world);
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    const isOther =
      error.code === 'DEVCA_CERTIFICATE_NONE' ||
      (error.code === 'DEVCA_TARGET_UNRECOGNIZED' && MANIFESTS.has(extname(name).toLowerCase())) ||
      (error.code === 'DEVCA_PEM_INVALID' && extname(name).toLowerCase() === '.key');
    const isKey = isDevcaError(error, 'DEVCA_CERTIFICATE_NONE') && error.context.labels.some(isKeyLabel);
    const keyFile = isKey ? keyFileOf(name, path, world) : undefined;
    if (isOther)
      return { subjects: [], unreadable: [], leftOut: [{ file: name, reason: error.message }], keyFile };
    return { subjects: [], unreadable: [{ target: name, file: name, error }], leftOut: [] };
  }
}

/** A folder may have certificates of both kinds: one that no server can use is verified for clients. */
function withOwnPurpose(subject: Subject): Subject {
  const purposes = subject.certificates[endEntityIndex(subject)]?.certificate?.extendedKeyUsage;
  const isForClients = purposes?.includes(OID.clientAuth) === true && !purposes.includes(OID.serverAuth);
  return isForClients ? { ...subject, purpose: 'client' } : subject;
}

const leafOf = (subject: Subject): string =>
  sha256Hex(subject.certificates[endEntityIndex(subject)]?.der ?? new Uint8Array());

/** By end entity, the target that has the most certificates beside it. */
function longestChains(subjects: readonly Subject[]): ReadonlyMap<string, Subject> {
  const longest = new Map<string, Subject>();
  for (const subject of subjects) {
    const leaf = leafOf(subject);
    const known = longest.get(leaf);
    if (known === undefined || subject.certificates.length > known.certificates.length)
      longest.set(leaf, subject);
  }
  return longest;
}

function reasonToLeaveOut(subject: Subject, longest: ReadonlyMap<string, Subject>): string | undefined {
  if (isAuthoritiesOnly(subject.certificates)) return 'it has the certificates of authorities only';
  const fuller = longest.get(leafOf(subject));
  const isAlone = subject.certificates.length === 1 && subject.keys.length === 0;
  if (!isAlone || fuller === undefined || fuller === subject || fuller.certificates.length === 1)
    return undefined;
  return `"${fuller.target}" has the same certificate with its chain`;
}
