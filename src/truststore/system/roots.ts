import { basename, join } from 'node:path';
import { sha256Hex } from '../../pki/fingerprint.ts';
import { decodePem } from '../../pki/pem.ts';
import type { TrustSession } from '../session.ts';
import { anchorFileName, anchorPem, type TrustAnchor } from '../trust-anchor.ts';
import type { PlanRequest } from '../trust-store.ts';
import type { SystemLayout } from './system-layout.ts';

/** Empty where there is no such file, or a link leads nowhere. */
export const textOf = (path: string, session: TrustSession): string =>
  Buffer.from(session.world.files.readIfPresent(path) ?? []).toString('utf8');

/** Looks for the very bytes as text: a bundle may hold blocks that a strict reader refuses. */
export const holds = (text: string, anchor: TrustAnchor): boolean =>
  withoutSpace(text).includes(withoutSpace(anchorPem(anchor)));

/** The bundle, where the tool has made one. */
export function bundleOf(layout: SystemLayout, session: TrustSession): string | undefined {
  const { files } = session.world;
  if (files.statusOfTarget(layout.bundle) === undefined) return undefined;
  const isForeign = layout.bundleIsFile === true && files.status(layout.bundle)?.kind !== 'file';
  return isForeign ? undefined : layout.bundle;
}

/** The folder of hashed names, where the system has one. */
export function hashedOf({ hashed }: SystemLayout, session: TrustSession): string | undefined {
  if (hashed === undefined) return undefined;
  return session.world.files.statusOfTarget(hashed)?.kind === 'folder' ? hashed : undefined;
}

/** Files with a hash for a name that hold this root. */
export function hashedCopies(
  layout: SystemLayout,
  anchor: TrustAnchor,
  session: TrustSession,
): readonly string[] {
  return hashedFiles(layout, session).filter((path) => holds(textOf(path, session), anchor));
}

/** Whether a hashed name still leads to a file, also where the file itself is gone. */
export function hasHashedLink(layout: SystemLayout, file: string, session: TrustSession): boolean {
  const { files } = session.world;
  return hashedFiles(layout, session).some(
    (path) => files.status(path)?.kind === 'link' && basename(files.readLink(path)) === basename(file),
  );
}

function hashedFiles(layout: SystemLayout, session: TrustSession): readonly string[] {
  const folder = hashedOf(layout, session);
  if (folder === undefined) return [];
  return session.world.files
    .list(folder)
    .filter(isHashedName)
    .map((name) => join(folder, name));
}

/** What the tool has made: the bundle, or the folder of hashed names where it makes no bundle. */
export function madeBy(layout: SystemLayout, session: TrustSession): string | undefined {
  return bundleOf(layout, session) ?? (layout.bundleIsFile === true ? hashedOf(layout, session) : undefined);
}

/** Whether the tool has put the root where programs read it. */
export function isExtracted(layout: SystemLayout, anchor: TrustAnchor, session: TrustSession): boolean {
  const made = madeBy(layout, session);
  if (made === undefined) return false;
  if (made === layout.bundle) return holds(textOf(made, session), anchor);
  return hashedCopies(layout, anchor, session).length > 0;
}

/**
 * A name of the bundle that leads to another file, which the tool does not rebuild: CentOS 6 before its "dynamic
 * configuration" is switched on, or a link that somebody has replaced.
 */
export function detachedName(layout: SystemLayout, session: TrustSession): string | undefined {
  const { files } = session.world;
  if (files.statusOfTarget(layout.bundle) === undefined) return undefined;
  const bundle = files.realPath(layout.bundle);
  return layout.bundleNames.find(
    (name) => files.statusOfTarget(name) !== undefined && files.realPath(name) !== bundle,
  );
}

/** Where devca's file for this root belongs. */
export const anchorPath = (layout: SystemLayout, anchor: TrustAnchor): string =>
  join(layout.anchors, `${anchorFileName(anchor)}${layout.extension}`);

/** devca's file for this root, where it holds this very root and nothing else. */
export function ownFile(path: string, anchor: TrustAnchor, session: TrustSession): string | undefined {
  try {
    const [block, ...more] = decodePem(textOf(path, session), path);
    return more.length === 0 && block !== undefined && sha256Hex(block.der) === anchor.sha256
      ? path
      : undefined;
  } catch {
    return undefined;
  }
}

/** What is left of a file whose writing was killed. */
export function begunFile(
  path: string,
  { anchor, interrupted = false }: PlanRequest,
  session: TrustSession,
): string | undefined {
  const bytes = session.world.files.readIfPresent(path);
  // An empty file is the first that an install makes, and says of nobody else's that it is devca's.
  if (bytes === undefined || (bytes.length === 0 && !interrupted)) return undefined;
  return anchorPem(anchor).startsWith(Buffer.from(bytes).toString('utf8')) ? path : undefined;
}

/** What the owner of the system has put among the anchors, as far as it isn't made by the tool. */
export function sourceFiles({ anchors, bundle }: SystemLayout, session: TrustSession): readonly string[] {
  return filesBelow(anchors, session).filter((path) => path !== bundle && !isHashedName(path));
}

/** Every file in a folder and below it. */
function filesBelow(folder: string, session: TrustSession): readonly string[] {
  const { files } = session.world;
  if (files.statusOfTarget(folder)?.kind !== 'folder') return [];
  return files.list(folder).flatMap((name) => {
    const path = join(folder, name);
    return files.status(path)?.kind === 'folder' ? filesBelow(path, session) : [path];
  });
}

export const isHashedName = (path: string): boolean => /(^|\/)[0-9a-f]{8}\.\d+$/.test(path);

const withoutSpace = (text: string): string => text.replace(/\s/g, '');
