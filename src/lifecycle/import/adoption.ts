import { dirname, sep } from 'node:path';
import { DevcaError, isDevcaError } from '../../errors/devca-error.ts';
import type { Certificate } from '../../pki/certificate.ts';
import type { PrivateKey } from '../../pki/key.ts';
import type { World } from '../../platform/world.ts';
import { EMPTY_LIST, type IssuedList } from './issued-list.ts';
import type { Source, SourceIssuer } from './source.ts';
import { checkIntermediate, checkRoot, readSourceCertificate } from './source-certificate.ts';
import { checkSourceFolder, openKeyWarning } from './source-file.ts';
import { openSourceKey, type Passwords } from './source-key.ts';

/** What issues once an authority is imported; `own-intermediate` is one that devca makes below the root. */
export type AdoptedIssuer = 'root' | 'intermediate' | 'own-intermediate';

/** An authority that was read, and how devca will issue from it. */
export interface Adoption {
  readonly source: Source;
  readonly root: OpenIssuer;
  /** That of the source, where it is the one to issue. */
  readonly intermediate: (OpenIssuer & { readonly key: PrivateKey }) | undefined;
  readonly issuesFrom: AdoptedIssuer;
  readonly list: IssuedList;
  /** What was found that is not as it might be, and what was decided. */
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

export interface OpenIssuer {
  readonly certificate: Certificate;
  /** `undefined` where it is not there or could not be opened. */
  readonly key: PrivateKey | undefined;
}

/** An intermediate with less left is of little use, as Caddy's, which lives for a week. */
const SHORT_LIFE_DAYS = 90;

const DAY_MS = 86_400_000;

/**
 * Reads an authority and decides what issues: its own intermediate where that lives on for a while, else one that devca
 * makes, else the root itself where nothing may stand below it. Changes nothing. Throws DEVCA_IMPORT_* and DEVCA_KEY_*.
 */
export async function readAdoption(source: Source, passwords: Passwords, world: World): Promise<Adoption> {
  try {
    return await read(source, passwords, world);
  } catch (error) {
    if (!isDevcaError(error, 'DEVCA_IMPORT_UNSAFE')) throw error;
    throw new DevcaError('DEVCA_IMPORT_UNSAFE', {
      ...error.context,
      folder: folderOf(error.context.path, source, world),
    });
  }
}

/** The folder of the whole authority, unless the file lies elsewhere. */
function folderOf(path: string, source: Source, { files }: World): string {
  const folder = files.statusOfTarget(source.path)?.kind === 'folder' ? source.path : dirname(source.path);
  return path === folder || path.startsWith(`${folder}${sep}`) ? folder : dirname(path);
}

async function read(source: Source, passwords: Passwords, world: World): Promise<Adoption> {
  const now = world.clock.now();
  checkSourceFolder(source.path, world);
  const root = readSourceCertificate(source.root.cert, world);
  checkRoot(root, source.root.cert, now);
  const below = readIntermediate(source, root, world);
  const list = source.readList?.([...(below.all ?? []), root], world) ?? EMPTY_LIST;
  const intermediate = await openIssuer(source.intermediate, below.usable, passwords, world);
  const rootKey = await openIssuer(source.root, root, passwords, world);
  const isLasting =
    below.usable !== undefined && below.usable.notAfter.getTime() - now.getTime() > SHORT_LIFE_DAYS * DAY_MS;
  const canIssue = intermediate?.key !== undefined;
  const rootCan = rootKey?.key !== undefined;
  const mayMake = rootCan && root.basicConstraints?.pathLenConstraint !== 0;
  const issuesFrom = choose({ isLasting, canIssue, rootCan, mayMake });
  if (issuesFrom === undefined)
    throw (
      intermediate?.problem ??
      rootKey?.problem ??
      new DevcaError('DEVCA_IMPORT_KEY_MISSING', { path: source.path, cert: source.root.cert })
    );
  return {
    source,
    root: { certificate: root, key: rootKey?.key },
    intermediate:
      issuesFrom === 'intermediate' && below.usable !== undefined && intermediate?.key !== undefined
        ? { certificate: below.usable, key: intermediate.key }
        : undefined,
    issuesFrom,
    list,
    // A file with certificate and key in it would be named twice.
    warnings: [
      ...new Set([
        ...below.warnings,
        ...[intermediate, rootKey].flatMap((each) => each?.problem?.message ?? []),
        ...[source.root.key, source.intermediate?.key].flatMap((path) =>
          path === undefined ? [] : (openKeyWarning(path, world) ?? []),
        ),
      ]),
    ],
    notes: decisionNotes(issuesFrom, { isLasting, canIssue, below: below.usable, rootCan }),
  };
}

interface Means {
  readonly isLasting: boolean;
  readonly canIssue: boolean;
  readonly rootCan: boolean;
  readonly mayMake: boolean;
}

function choose({ isLasting, canIssue, rootCan, mayMake }: Means): AdoptedIssuer | undefined {
  if (canIssue && isLasting) return 'intermediate';
  if (mayMake) return 'own-intermediate';
  if (canIssue) return 'intermediate';
  return rootCan ? 'root' : undefined;
}

interface Below {
  /** Every intermediate that may have signed something. */
  readonly all: readonly Certificate[] | undefined;
  readonly usable: Certificate | undefined;
  readonly warnings: readonly string[];
}

/** An intermediate that is of no use is no obstacle where the root's key is there. */
function readIntermediate({ intermediate, root: { key } }: Source, root: Certificate, world: World): Below {
  if (intermediate === undefined) return { all: undefined, usable: undefined, warnings: [] };
  const certificate = readSourceCertificate(intermediate.cert, world);
  try {
    checkIntermediate(certificate, root, intermediate.cert, world.clock.now());
    return { all: [certificate], usable: certificate, warnings: [] };
  } catch (error) {
    if (!isDevcaError(error, 'DEVCA_IMPORT_UNFIT') || key === undefined) throw error;
    return { all: [certificate], usable: undefined, warnings: [error.message] };
  }
}

/** The key of a certificate, or why it could not be opened. A key that belongs to another certificate is refused. */
async function openIssuer(
  files: SourceIssuer | undefined,
  certificate: Certificate | undefined,
  passwords: Passwords,
  world: World,
): Promise<{ readonly key?: PrivateKey; readonly problem?: DevcaError } | undefined> {
  if (files?.key === undefined || certificate === undefined) return undefined;
  try {
    return { key: await openSourceKey(files.key, certificate, files.cert, passwords, world) };
  } catch (error) {
    if (!isDevcaError(error) || FATAL.includes(error.code)) throw error;
    return { problem: error };
  }
}

/** What nobody should go on after, whatever else there is. */
const FATAL: readonly string[] = [
  'DEVCA_IMPORT_KEY_MISMATCH',
  'DEVCA_IMPORT_UNSAFE',
  'DEVCA_IMPORT_PASSWORD_MISSING',
];

function decisionNotes(
  issuesFrom: AdoptedIssuer,
  found: { isLasting: boolean; canIssue: boolean; below: Certificate | undefined; rootCan: boolean },
): readonly string[] {
  const ends = found.below?.notAfter.toISOString().slice(0, 10) ?? '';
  if (issuesFrom === 'root')
    return [
      'the root may have no intermediate below it (path length 0), so it issues itself: servers show their certificate alone',
    ];
  if (issuesFrom === 'own-intermediate') {
    if (found.below === undefined) return ['devca makes an intermediate of its own below the root'];
    return [
      found.canIssue
        ? `the intermediate that is there ends on ${ends}, so devca makes one of its own below the root`
        : "the intermediate's key cannot be used, so devca makes an intermediate of its own below the root",
    ];
  }
  return [
    ...(found.isLasting ? [] : [`the intermediate ends on ${ends}, and nothing that it issues lives longer`]),
    ...(found.rootCan
      ? []
      : [
          "without the root's key devca cannot sign the root's revocation list: servers that check client certificates against lists want one of each issuer",
        ]),
  ];
}
