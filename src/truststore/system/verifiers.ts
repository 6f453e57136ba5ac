import { type ExecOutcome, lastLines } from '../../platform/exec.ts';
import { describeEnd, type TrustSession } from '../session.ts';
import { anchorPem, type TrustAnchor } from '../trust-anchor.ts';

/** What a program says of the root in one place. Without `why` it accepts it. */
export interface Verdict {
  readonly kind: 'accepted' | 'refused' | 'not-asked';
  readonly why: string;
}

export const ACCEPTED: Verdict = { kind: 'accepted', why: '' };
const OPENSSL_TIMEOUT_MS = 8_000;
const P11_KIT_TIMEOUT_MS = 10_000;

/** What OpenSSL has against the root when it knows nothing but a bundle, or a folder of hashed names. */
export async function askOpenssl(
  place: { readonly bundle: string } | { readonly folder: string },
  anchor: TrustAnchor,
  session: TrustSession,
): Promise<Verdict> {
  if (session.world.exec.find('openssl') === undefined) {
    return { kind: 'not-asked', why: 'openssl is not installed' };
  }
  const outcome = await verify(placeFlags(place), anchor, session);
  if (outcome.status === 0) return ACCEPTED;
  const text = outcome.stdout + outcome.stderr;
  const reason = /error \d+ at \d+ depth lookup: ?(.+)/.exec(text)?.[1]?.trim();
  if (reason !== undefined || /verification failed|Error loading/i.test(text)) {
    return { kind: 'refused', why: `openssl says: ${reason ?? lastLines(text, 1)}` };
  }
  return { kind: 'not-asked', why: `openssl could not be asked: ${describeEnd(outcome)}` };
}

/** From most to least exact: OpenSSL before 3 has no `-no-CAstore`, and LibreSSL none of them all. */
function placeFlags(place: { readonly bundle: string } | { readonly folder: string }): readonly string[][] {
  const [flag, path, other] =
    'bundle' in place ? ['-CAfile', place.bundle, '-no-CApath'] : ['-CApath', place.folder, '-no-CAfile'];
  return [
    [flag, path, other, '-no-CAstore'],
    [flag, path, other],
    [flag, path],
  ];
}

/** Asks with the first flags that this OpenSSL knows. Its default places have to be kept out: they may be others. */
async function verify(
  attempts: readonly (readonly string[])[],
  anchor: TrustAnchor,
  session: TrustSession,
): Promise<ExecOutcome> {
  const [flags = [], ...simpler] = attempts;
  const stdin = anchorPem(anchor);
  const command = { program: 'openssl', args: ['verify', ...flags], stdin, needsRoot: false };
  const outcome = await session.run(command, OPENSSL_TIMEOUT_MS);
  const isUnknown = /unknown option|unrecognized/i.test(outcome.stderr);
  return isUnknown && simpler.length > 0 ? verify(simpler, anchor, session) : outcome;
}

/**
 * All anchors that p11-kit knows, as PEM among other lines: what GnuTLS and NSS read on systems that are built around
 * it. `undefined` where it can't be asked, as before version 0.23.
 */
export async function p11KitAnchors(session: TrustSession): Promise<string | undefined> {
  if (session.world.exec.find('trust') === undefined) return undefined;
  const outcome = await session.run(
    { program: 'trust', args: ['dump', '--filter=ca-anchors'], needsRoot: false },
    P11_KIT_TIMEOUT_MS,
  );
  const isAnswer = outcome.status === 0 && outcome.stdout.includes('-----BEGIN CERTIFICATE-----');
  return isAnswer ? outcome.stdout : undefined;
}
