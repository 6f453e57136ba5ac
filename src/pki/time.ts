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
  const [year, month, day] = [Number(text.slice(0, 4)), digits(text, 4), digits(text, 6)];
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  time.setUTCHours(digits(text, 8), digits(text, 10), digits(text, 12));
  // Date rolls 31 February or 24:60 over into the next month or day: then the text was not a moment.
  const isMoment =
    time.getUTCDate() === day &&
    time.getUTCMonth() === month - 1 &&
    digits(text, 8) < 24 &&
    digits(text, 10) < 60 &&
    digits(text, 12) < 60;
  return isMoment ? time : undefined;
}

/** YYYYMMDDHHMMSSZ in UTC; fractions of a second are cut off. */
export function timeText(time: Date): string {
  return `${time.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`;
}

const digits = (text: string, at: number): number => Number(text.slice(at, at + 2));

// RFC 5280 section 4.1.2.5.1: a year of two digits from 50 on lies in the twentieth century.
function readUtcTime(reader: DerReader): Date {
  const { contents, offset } = reader.read(TAG.utcTime);
  const text = latin1(contents);
  const century = Number(text.slice(0, 2)) >= 50 ? '19' : '20';
  return parseTimeText(century + text) ?? reader.fail('a UTCTime does not read YYMMDDHHMMSSZ', offset);
}
