import { join } from 'node:path';
import { isDevcaError } from '../../errors/devca-error.ts';
import { parseCertificate } from '../../pki/certificate.ts';
import { sha256Hex } from '../../pki/fingerprint.ts';
import { formatName } from '../../pki/name-text.ts';
import { decodePem } from '../../pki/pem.ts';
import type { TrustSession } from '../session.ts';
import type { TrustAnchor } from '../trust-anchor.ts';
import { bundleOf, sourceFiles, textOf } from './roots.ts';
import type { SystemLayout } from './system-layout.ts';
import { p11KitAnchors } from './verifiers.ts';

/** Which of the distribution's roots are in use: a path below the folder on each line, `!` before what is not. */
const CHOICE = '/etc/ca-certificates.conf';
const DISTRIBUTION = '/usr/share/ca-certificates';

/**
 * Subjects of what is in the bundle and in nothing that it is made from: a company's proxy, say, that somebody
 * appended. The next rebuild drops it, whoever starts it; devca does not want to be the one. The anchor itself doesn't
 * count: an uninstall may have been killed halfway. Empty where it can't be told.
 */
export async function addedByHand(
  layout: SystemLayout,
  anchor: TrustAnchor,
  session: TrustSession,
): Promise<readonly string[]> {
  const bundle = bundleOf(layout, session);
  const sources = bundle === undefined ? undefined : await sourcesOf(layout, session);
  if (bundle === undefined || sources === undefined) return [];
  try {
    const known = new Set(sources.flatMap(({ text, path }) => certificatesIn(text, path).map(sha256Hex)));
    known.add(anchor.sha256);
    return certificatesIn(textOf(bundle, session), bundle)
      .filter((der) => !known.has(sha256Hex(der)))
      .map(subjectOf);
  } catch (error) {
    if (isDevcaError(error)) return [];
    throw error;
  }
}

interface Source {
  readonly path: string;
  readonly text: string;
}

/** What the bundle is made from; `undefined` where devca doesn't know. */
async function sourcesOf(
  layout: SystemLayout,
  session: TrustSession,
): Promise<readonly Source[] | undefined> {
  if (layout.source === 'p11-kit') {
    const text = await p11KitAnchors(session);
    return text === undefined ? undefined : [{ path: 'trust dump', text }];
  }
  const choice = layout.source === 'ca-certificates' ? textOf(CHOICE, session) : '';
  if (choice === '') return undefined;
  const chosen = choice.split('\n').filter((line) => /^[^#!\s]/.test(line));
  const paths = [...chosen.map((line) => join(DISTRIBUTION, line.trim())), ...sourceFiles(layout, session)];
  return paths.map((path) => ({ path, text: textOf(path, session) }));
}

const certificatesIn = (text: string, path: string): readonly Uint8Array[] =>
  decodePem(text, path).map(({ der }) => der);

function subjectOf(der: Uint8Array): string {
  try {
    return formatName(parseCertificate(der).subject);
  } catch {
    return `SHA-256 ${sha256Hex(der)}`;
  }
}
