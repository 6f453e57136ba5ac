import { expect, it } from '@jest/globals';
import { DevcaError } from '../../../src/errors/devca-error.ts';
import { readWhole } from '../../../src/pki/der-reader.ts';
import { encodeTagged } from '../../../src/pki/der-writer.ts';
import { readTime } from '../../../src/pki/time.ts';

const parse = (tag: number, text: string): Date =>
  readWhole(encodeTagged(tag, Buffer.from(text)), 'time', readTime);

it('reads a UTCTime from 50 on as one of the twentieth century', () => {
  expect(parse(0x17, '500101000000Z')).toEqual(new Date('1950-01-01T00:00:00Z'));
  expect(parse(0x17, '491231235959Z')).toEqual(new Date('2049-12-31T23:59:59Z'));
});

it('reads a GeneralizedTime of any year, as a reader must', () => {
  expect(parse(0x18, '20020101000000Z')).toEqual(new Date('2002-01-01T00:00:00Z'));
  expect(parse(0x18, '99991231235959Z')).toEqual(new Date('9999-12-31T23:59:59Z'));
});

it.each([
  ['without seconds', 0x17, '2601010000Z'],
  ['with an offset', 0x17, '260101000000+0100'],
  ['with a fraction', 0x18, '20260101000000.5Z'],
  ['without a zone', 0x18, '20260101000000'],
  ['on the 31st of February', 0x17, '260231000000Z'],
  ['in the 13th month', 0x17, '261301000000Z'],
  ['at 24 hours', 0x17, '260101240000Z'],
  ['at a leap second', 0x17, '261231235960Z'],
  ['with a sign', 0x17, '2601010000-1Z'],
])('refuses a time %s', (_, tag, text) => {
  expect(() => parse(tag, text)).toThrow(DevcaError);
});
