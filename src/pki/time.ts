import { type DerReader, latin1, TAG } from './der-reader.ts';

/**
 * Reads a Time: UTCTime as YYMMDDHHMMSSZ or GeneralizedTime as YYYYMMDDHHMMSSZ, seconds always there, never a
 * fraction or an offset (RFC 5280 sections 4.1.2.5.1 and 4.1.2.5.2). A reader must take either form for any year.
 */
export function readTime(reader: DerReader): Date {
  return reader.peek() === TAG.utcTime ? readUtcTime(reader) : readGeneralizedTime(reader);
}

export function readGeneralizedTime(reader: DerReader, tag: number = TAG.generalizedTime): Date {
  const { contents, offset } = reader.read(tag);
  return (
    parseTimeText(latin1(contents)) ?? reader.fail('a GeneralizedTime does not read YYYYMMDDHHMMSSZ', offset)
  );
}

/** A Date from YYYYMMDDHHMMSSZ, or undefined where that is not a moment that exists. */
export function parseTimeText(text: string): Date | undefined {
  if (!/^\d{14}Z$/.test(text)) return undefined;
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const [month, day] = [twoDigits(text, 4), twoDigits(text, 6)];
  const [hours, minutes, seconds] = [twoDigits(text, 8), twoDigits(text, 10), twoDigits(text, 12)];
  const time = new Date(Date.UTC(2000, month - 1, day, hours, minutes, seconds));
  // Not to `UTC`, which takes the year 49 for 1949.
  time.setUTCFullYear(year, month - 1, day);
  // Date rolls 31 February or 24:60 over into the next month or day: then the text was not a moment.
  const isMoment = time.getUTCDate() === day && time.getUTCMonth() === month - 1;
  return isMoment && hours < 24 && minutes < 60 && seconds < 60 ? time : undefined;
}

/** YYYYMMDDHHMMSSZ in UTC; fractions of a second are cut off. Throws a RangeError for a date that is none. */
export function timeText(time: Date): string {
  if (Number.isNaN(time.getTime())) throw new RangeError('the date is none');
  const date = time.getUTCFullYear() * 10_000 + (time.getUTCMonth() + 1) * 100 + time.getUTCDate();
  const clock = time.getUTCHours() * 10_000 + time.getUTCMinutes() * 100 + time.getUTCSeconds();
  return `${String(date).padStart(8, '0')}${String(clock).padStart(6, '0')}Z`;
}

const twoDigits = (text: string, at: number): number =>
  (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48;

// RFC 5280 section 4.1.2.5.1: a year of two digits from 50 on lies in the twentieth century.
function readUtcTime(reader: DerReader): Date {
  const { contents, offset } = reader.read(TAG.utcTime);
  const text = latin1(contents);
  const century = Number(text.slice(0, 2)) >= 50 ? '19' : '20';
  return parseTimeText(century + text) ?? reader.fail('a UTCTime does not read YYMMDDHHMMSSZ', offset);
}
