import { join } from 'node:path';
import { sha256Hex } from '../pki/fingerprint.ts';
import { encodePem } from '../pki/pem.ts';
import type { World } from '../platform/world.ts';
import { publicFolder, publicName, readPublicFile, writePublicFile } from './public-folder.ts';
import { certificatesOf, hashOf, type ReadSource, type RootSource, uselessSource } from './root-source.ts';

/** The roots of devca that are to be trusted. */
export interface DevcaRoots {
  /** Whose they are: bundles of two authorities are two files. */
  readonly owner: readonly string[];
  /** DER. */
  readonly certificates: readonly Uint8Array[];
}

export interface MergedBundle {
  readonly path: string;
  readonly sources: readonly RootSource[];
  /** How many there are in it. */
  readonly certificates: number;
}

/** What a bundle says of itself in its second line. */
interface BundleRecord {
  readonly sources: readonly RootSource[];
  readonly certificates: number;
  /** Of what it was made from, and of all that follows the line. */
  readonly made: string;
  readonly body: string;
}

const VERSION = 1;
const TITLE =
  '# What was trusted without devca, and the roots of devca: made by "devca env" and "devca run".';
const MARK = '# devca-bundle ';

/**
 * The file with the certificates of some sources and devca's roots, each once. It is made anew when any of them has
 * changed, or when it is not as it was made. Throws DEVCA_RUNTIME_ROOTS for a source without any.
 */
export function mergeBundle(sources: readonly ReadSource[], roots: DevcaRoots, world: World): MergedBundle {
  const named = sources.map(({ source }) => source);
  const path = join(publicFolder(world.system), `${publicName('bundle', [roots.owner, named])}.pem`);
  const made = madeFrom(sources, roots);
  const present = readPublicFile(path, world);
  const record = present === undefined ? undefined : parseBundle(present);
  if (record?.made === made) return { path, sources: named, certificates: record.certificates };
  const merged = new Map<string, Uint8Array>();
  for (const source of sources) {
    const found = certificatesOf(source);
    const mayBeEmpty = source.source.kind === 'folder' && sources.length > 1;
    if (found.length === 0 && !mayBeEmpty) throw uselessSource(source.source, 'has no certificate in it');
    for (const der of found) merged.set(sha256Hex(der), der);
  }
  for (const der of roots.certificates) merged.set(sha256Hex(der), der);
  const body = [...merged.values()].map((der) => encodePem('CERTIFICATE', der)).join('');
  const head: BundleRecord = { sources: named, certificates: merged.size, made, body: hashText(body) };
  writePublicFile(path, Buffer.from(`${TITLE}\n${MARK}${asciiJson(head)}\n${body}`, 'latin1'), world);
  return { path, sources: named, certificates: merged.size };
}

/** What one of devca's bundles was made from; `undefined` where it is not there, or not as it was made. */
export function sourcesOfBundle(path: string, world: World): readonly RootSource[] | undefined {
  const bytes = readPublicFile(path, world);
  return bytes === undefined ? undefined : parseBundle(bytes)?.sources;
}

function parseBundle(bytes: Uint8Array): BundleRecord | undefined {
  const text = Buffer.from(bytes).toString('latin1');
  const start = TITLE.length + 1;
  const end = text.indexOf('\n', start);
  if (end < 0 || !text.startsWith(`${TITLE}\n${MARK}`)) return undefined;
  try {
    // Nobody but the user and devca could have written it; the hash tells damage.
    const record = JSON.parse(text.slice(start + MARK.length, end)) as BundleRecord;
    return record.body === hashText(text.slice(end + 1)) ? record : undefined;
  } catch {
    return undefined;
  }
}

const madeFrom = (sources: readonly ReadSource[], { certificates }: DevcaRoots): string =>
  hashText([VERSION, ...sources.map(hashOf), '', ...certificates.map(sha256Hex)].join(' '));

const hashText = (text: string): string => sha256Hex(Buffer.from(text, 'latin1'));

/** Programs that read the file need not know any encoding, nor must a path look like the beginning of a block. */
const asciiJson = (value: object): string =>
  JSON.stringify(value)
    .replaceAll('--', '\\u002d\\u002d')
    .replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
