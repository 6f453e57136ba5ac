import { DevcaError } from '../errors/devca-error.ts';

/** For the help of a command that takes times. */
export const TIME_WORDS =
  'Times are those of RFC 3339, such as 2026-12-01T08:00:00Z; without a zone they are UTC, a date alone is its midnight, and fractions of a second are dropped.';

const WORDS =
  /^(\d{4}-\d{2}-\d{2})(?:T((?:[01]\d|2[0-3]):\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?)?$/i;

/**
 * RFC 3339 section 5.6, less strictly: seconds, zone or all of the time may be missing. Fractions of a second, which are
 * allowed there and which every time that devca prints has, are dropped: certificates have none (RFC 5280 section 4.1.2.5),
 * and are valid until their last second is over. `undefined` where nothing is given. Throws DEVCA_USAGE_VALUE.
 */
export function parseTime(text: string | undefined, flag: string, command: string): Date | undefined {
  if (text === undefined) return undefined;
  const [isTime, date = '', clock = '00:00', zone = 'Z'] = WORDS.exec(text) ?? [];
  const isReal = isTime !== undefined && new Date(`${date}T00:00Z`).toJSON()?.slice(0, 10) === date;
  const time = new Date(isReal ? `${date}T${clock.replace(/\..*/, '')}${zone.toUpperCase()}` : Number.NaN);
  if (!Number.isNaN(time.getTime())) return time;
  const expected = 'a date or time such as 2026-12-01 or 2026-12-01T08:00:00Z';
  throw new DevcaError('DEVCA_USAGE_VALUE', { command, flag, value: text, expected });
}
