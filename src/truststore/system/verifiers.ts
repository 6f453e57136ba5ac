import { lastLines } from '../../platform/exec.ts';
import { describeEnd, type TrustSession } from '../session.ts';
import { anchorPem, type TrustAnchor } from '../trust-anchor.ts';

/** What a program says of the root in one place. Without `why` it accepts it. */
export interface Verdict {
  readonly kind: 'accepted' | 'refused' | 'not-asked';
  readonly why: string;
}

const ACCEPTED: Verdict = { kind: 'accepted', why: '' };
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
  const stdin = anchorPem(anchor);
  const places =
    'bundle' in place ? ['-CAfile', place.bundle, '-no-CApath'] : ['-CApath', place.folder, '-no-CAfile'];
  const ask = (args: readonly string[]) =>
    session.run(
      { program: 'openssl', args: ['verify', ...args], stdin, needsRoot: false },
      OPENSSL_TIMEOUT_MS,
    );
  // OpenSSL 3 also looks into its default store unless it is told not to; before 3 there was none.
  const first = await ask([...places, '-no-CAstore']);
  const outcome = /unknown option|unrecognized/i.test(first.stderr) ? await ask(places) : first;
  if (outcome.status === 0) return ACCEPTED;
  const text = outcome.stdout + outcome.stderr;
  const reason = /error \d+ at \d+ depth lookup: ?(.+)/.exec(text)?.[1]?.trim();
  if (reason !== undefined || /verification failed|Error loading/i.test(text)) {
    return { kind: 'refused', why: `openssl says: ${reason ?? lastLines(text, 1)}` };
  }
  return { kind: 'not-asked', why: `openssl could not be asked: ${describeEnd(outcome)}` };
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
