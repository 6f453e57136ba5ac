/**
 * The number of an issuer's next list: the clock's seconds, or one more than the last number where that is greater.
 * So numbers never go back (RFC 5280 section 5.2.3), not even where an older inventory was put in place of a newer one.
 */
export const nextCrlNumber = (last: number, now: Date): number =>
  Math.max(last + 1, Math.floor(now.getTime() / 1000));
