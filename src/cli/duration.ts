import { DevcaError } from '../errors/devca-error.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** The runtime's timers have 31 bits of milliseconds, and end at once where there are more. */
const LONGEST_WAIT_MS = 24 * 86_400_000;

/** Milliseconds in a duration such as `90m`, `12h`, `30d`, `2w`; throws DEVCA_USAGE_VALUE. */
export function parseDuration(text: string, flag: string, command: string): number {
  const match = /^(\d{1,6})([smhdw])$/.exec(text);
  const unit = UNIT_MS[match?.[2] ?? ''];
  if (match === null || unit === undefined) {
    const expected = 'a number with s, m, h, d or w, such as 30d';
    throw new DevcaError('DEVCA_USAGE_VALUE', { command, flag, value: text, expected });
  }
  return Number(match[1]) * unit;
}

/** As `parseDuration`, of a time that is waited for; throws DEVCA_USAGE_VALUE for none, and for more than a timer can count. */
export function parseWait(text: string, flag: string, command: string): number {
  const ms = parseDuration(text, flag, command);
  if (ms > 0 && ms <= LONGEST_WAIT_MS) return ms;
  throw new DevcaError('DEVCA_USAGE_VALUE', {
    command,
    flag,
    value: text,
    expected: 'a time from 1s to 24d',
  });
}

/** How long until (or since) a time, in the unit that a person would use: `396 days`, `5 hours`. */
export function describeSpan(ms: number): string {
  const [size, unit] =
    ms >= 2 * 86_400_000
      ? [86_400_000, 'day']
      : ms >= 2 * 3_600_000
        ? [3_600_000, 'hour']
        : [60_000, 'minute'];
  const count = Math.floor(ms / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
