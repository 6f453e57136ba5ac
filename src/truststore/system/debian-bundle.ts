import { join } from 'node:path';
import { isDevcaError } from '../../errors/devca-error.ts';
import { parseCertificate } from '../../pki/certificate.ts';
import { sha256Hex } from '../../pki/fingerprint.ts';
import { formatName } from '../../pki/name-text.ts';
import { decodePem } from '../../pki/pem.ts';
import type { TrustSession } from '../session.ts';
import { anchorPem, type TrustAnchor } from '../trust-anchor.ts';

/** Debian, Ubuntu, Alpine and Gentoo: one PEM certificate to a file that has to end in `.crt`. */
export const DEBIAN_ANCHORS = '/usr/local/share/ca-certificates';

/** All trusted roots in one file, which `update-ca-certificates` makes from others. */
export const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

/** Which of the distribution's roots are in use: a path below the folder on each line, `!` before what is not. */
const CHOICE = '/etc/ca-certificates.conf';
const DISTRIBUTION = '/usr/share/ca-certificates';

/** Looks for the very bytes as text: the bundle may hold blocks that a strict reader refuses. */
export function isBundled(anchor: TrustAnchor, session: TrustSession): boolean {
  return textOf(BUNDLE, session).replace(/\s/g, '').includes(anchorPem(anchor).replace(/\s/g, ''));
}

/**
 * Subjects of what is in the bundle and in no file that it is made from: a company's proxy, say, that somebody appended.
 * The next rebuild drops it, whoever starts it; devca does not want to be the one. The anchor
 * itself doesn't count: an uninstall may have been killed halfway. Empty where it can't be told.
 */
export function addedByHand(anchor: TrustAnchor, session: TrustSession): readonly string[] {
  const choice = textOf(CHOICE, session);
  if (choice === '') return [];
  try {
    const chosen = choice.split('\n').filter((line) => /^[^#!\s]/.test(line));
    const sources = [
      ...chosen.map((line) => join(DISTRIBUTION, line.trim())),
      ...filesBelow(DEBIAN_ANCHORS, session),
    ];
    const known = new Set(sources.flatMap((path) => certificatesIn(path, session).map(sha256Hex)));
    known.add(anchor.sha256);
    return certificatesIn(BUNDLE, session)
      .filter((der) => !known.has(sha256Hex(der)))
      .map(subjectOf);
  } catch (error) {
    if (isDevcaError(error)) return [];
    throw error;
  }
}

function certificatesIn(path: string, session: TrustSession): readonly Uint8Array[] {
  return decodePem(textOf(path, session), path).map(({ der }) => der);
}

function filesBelow(folder: string, session: TrustSession): readonly string[] {
  const { files } = session.world;
  if (files.statusOfTarget(folder)?.kind !== 'folder') return [];
  return files.list(folder).flatMap((name) => {
    const path = join(folder, name);
    return files.status(path)?.kind === 'folder' ? filesBelow(path, session) : [path];
  });
}

function subjectOf(der: Uint8Array): string {
  try {
    return formatName(parseCertificate(der).subject);
  } catch {
    return `SHA-256 ${sha256Hex(der)}`;
  }
}

const textOf = (path: string, session: TrustSession): string =>
  Buffer.from(session.world.files.readIfPresent(path) ?? []).toString('utf8');
