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
  const fields = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text)?.slice(1).map(Number);
  if (fields === undefined) return undefined;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = fields;
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  time.setUTCHours(hours, minutes, seconds);
  // Date rolls 31 February or 24:60 over into the next month or day: then the text was not a moment.
  return timeText(time) === text ? time : undefined;
}

/** YYYYMMDDHHMMSSZ in UTC; fractions of a second are cut off. */
export function timeText(time: Date): string {
  const iso = time.toISOString();
  const [date, clock] = [iso.slice(0, 10), iso.slice(11, 19)];
  return `${date.slice(0, 4)}${date.slice(5, 7)}${date.slice(8)}${clock.slice(0, 2)}${clock.slice(3, 5)}${clock.slice(6)}Z`;
}

// RFC 5280 section 4.1.2.5.1: a year of two digits from 50 on lies in the twentieth century.
function readUtcTime(reader: DerReader): Date {
  const { contents, offset } = reader.read(TAG.utcTime);
  const text = latin1(contents);
  const century = Number(text.slice(0, 2)) >= 50 ? '19' : '20';
  return parseTimeText(century + text) ?? reader.fail('a UTCTime does not read YYMMDDHHMMSSZ', offset);
}
