import { DevcaError } from '../errors/devca-error.ts';
import type { Profile } from '../profiles/profile.ts';

export const DAY_MS = 24 * 60 * 60 * 1000;

/** How long before now a certificate begins, for clients whose clock is a little slow. */
const BACKDATED_MS = 5 * 60 * 1000;

export interface ValidityRequest {
  /** Counted from notBefore, so the backdating is within them. */
  readonly days?: number;
  /** Instead of days, for lives of hours; in milliseconds, counted in the same way. */
  readonly lifeMs?: number;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * The life of an end entity: within the profile's limit and within the issuer's own life, never over already.
 * notAfter is cut to the issuer's, with a warning. `place` has the flags that name an authority on disk. Throws DEVCA_ISSUE_LIFE_INVALID, DEVCA_ISSUE_LIFE_TOO_LONG,
 * DEVCA_AUTHORITY_EXPIRED.
 */
export function planValidity(
  request: ValidityRequest,
  profile: Profile,
  issuer: Validity,
  now: Date,
  place?: string,
): Validity & { readonly warnings: readonly string[] } {
  if (issuer.notAfter <= now)
    throw new DevcaError('DEVCA_AUTHORITY_EXPIRED', { notAfter: isoTime(issuer.notAfter), place });
  const notBefore = wholeSeconds(request.notBefore ?? later(backdated(now), issuer.notBefore));
  const notAfter = wholeSeconds(
    request.notAfter ??
      lastMoment(notBefore, request.lifeMs ?? (request.days ?? profile.defaultDays) * DAY_MS),
  );
  refuseLife(request, { notBefore, notAfter }, issuer, now);
  // Both ends belong to the life (RFC 5280 section 4.1.2.5), so it is a second longer than their difference.
  const days = (notAfter.getTime() + 1000 - notBefore.getTime()) / DAY_MS;
  if (days > profile.longestDays) {
    throw new DevcaError('DEVCA_ISSUE_LIFE_TOO_LONG', {
      profile: profile.name,
      days: Math.ceil(days),
      longest: profile.longestDays,
      source: profile.longestDaysSource,
    });
  }
  if (notAfter <= issuer.notAfter) return { notBefore, notAfter, warnings: [] };
  const warning = `the certificate ends on ${isoTime(issuer.notAfter)}, with its authority, instead of ${isoTime(notAfter)}`;
  return { notBefore, notAfter: issuer.notAfter, warnings: [warning] };
}

/** A life of whole days that begins a little before now. */
export function validityFromNow(now: Date, days: number): Validity {
  const notBefore = wholeSeconds(backdated(now));
  return { notBefore, notAfter: lastMoment(notBefore, days * DAY_MS) };
}

function refuseLife(request: ValidityRequest, life: Validity, issuer: Validity, now: Date): void {
  const fail = (reason: string) => new DevcaError('DEVCA_ISSUE_LIFE_INVALID', { reason });
  const { days, lifeMs, notAfter } = request;
  if (days !== undefined && lifeMs !== undefined) throw fail('its length is given twice');
  if (notAfter !== undefined && (days ?? lifeMs) !== undefined)
    throw fail('a length and an end are both given');
  if (days !== undefined && (!Number.isInteger(days) || days < 1))
    throw fail(`${days} is not a whole number of days, from 1 on`);
  if (!isTime(life.notBefore)) throw fail('it would not begin in a year from 1950 to 9999');
  if (!isTime(life.notAfter)) throw fail('it would not end in a year from 1950 to 9999');
  if (life.notAfter <= now) {
    const isBackdated = request.notBefore === undefined && notAfter === undefined;
    const why = isBackdated ? ', since it counts from five minutes before now' : '';
    throw fail(`it would be over already, on ${isoTime(life.notAfter)}${why}`);
  }
  if (life.notAfter <= life.notBefore)
    throw fail(`it would end on ${isoTime(life.notAfter)}, before it begins on ${isoTime(life.notBefore)}`);
  if (life.notBefore < issuer.notBefore)
    throw fail(
      `it would begin on ${isoTime(life.notBefore)}, before its authority on ${isoTime(issuer.notBefore)}`,
    );
  if (life.notBefore >= issuer.notAfter)
    throw fail(
      `it would begin on ${isoTime(life.notBefore)}, when its authority has ended on ${isoTime(issuer.notAfter)}`,
    );
}

const later = (a: Date, b: Date): Date => (a < b ? b : a);

const backdated = (now: Date): Date => new Date(now.getTime() - BACKDATED_MS);

const lastMoment = (notBefore: Date, lifeMs: number): Date => new Date(notBefore.getTime() + lifeMs - 1000);

const wholeSeconds = (time: Date): Date => new Date(Math.floor(time.getTime() / 1000) * 1000);

/** A four-digit year, which is all that DER can hold. */
const isTime = (time: Date): boolean =>
  Number.isFinite(time.getTime()) && time.getUTCFullYear() >= 1950 && time.getUTCFullYear() <= 9999;

const isoTime = (time: Date): string => time.toISOString().replace('.000Z', 'Z');
