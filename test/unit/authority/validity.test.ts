import { describe, expect, it } from '@jest/globals';
import { planValidity, type ValidityRequest, validityFromNow } from '../../../src/authority/validity.ts';
import { builtInProfile } from '../../../src/profiles/built-in.ts';
import type { Profile } from '../../../src/profiles/profile.ts';

const NOW = new Date('2026-11-24T12:00:00.750Z');
const ISSUER = { notBefore: new Date('2026-11-24T11:55:00Z'), notAfter: new Date('2031-11-24T11:54:59Z') };
const SERVER = builtInProfile('server') as Profile;

const plan = (request: ValidityRequest, issuer = ISSUER, now = NOW) => {
  const { notBefore, notAfter, warnings } = planValidity(request, SERVER, issuer, now);
  return { from: notBefore.toISOString(), to: notAfter.toISOString(), warnings };
};

const day = (text: string) => new Date(`${text}T00:00:00Z`);

describe('the life of a certificate', () => {
  it('begins five minutes ago and has the days of the profile in all', () => {
    expect(plan({})).toEqual({
      from: '2026-11-24T11:55:00.000Z',
      to: '2027-12-26T11:54:59.000Z',
      warnings: [],
    });
  });

  it('has 825 days in all at most', () => {
    expect(plan({ days: 825 }).to).toBe('2029-02-26T11:54:59.000Z');
    expect(() => plan({ days: 826 })).toThrow(
      expect.objectContaining({
        code: 'DEVCA_ISSUE_LIFE_TOO_LONG',
        message: expect.stringContaining('826 days, and 825 are the limit'),
        hints: ['give at most "--days 825"'],
      }),
    );
  });

  it('counts both ends of a life that is given', () => {
    const notBefore = new Date('2026-11-24T12:00:00Z');
    expect(plan({ notBefore, notAfter: new Date('2029-02-26T11:59:59Z') }).warnings).toEqual([]);
    expect(() => plan({ notBefore, notAfter: new Date('2029-02-26T12:00:00Z') })).toThrow(
      expect.objectContaining({ code: 'DEVCA_ISSUE_LIFE_TOO_LONG' }),
    );
  });

  it('begins with its authority where the clock has gone back a little', () => {
    const now = new Date('2026-11-24T11:59:00Z');
    expect(plan({}, ISSUER, now).from).toBe('2026-11-24T11:55:00.000Z');
  });

  it('may begin later', () => {
    expect(plan({ notBefore: day('2027-01-01'), days: 1 })).toMatchObject({
      from: '2027-01-01T00:00:00.000Z',
      to: '2027-01-01T23:59:59.000Z',
    });
  });

  it('ends with its authority, and says so', () => {
    const issuer = { ...ISSUER, notAfter: new Date('2027-01-01T00:00:00Z') };
    expect(plan({}, issuer)).toEqual({
      from: '2026-11-24T11:55:00.000Z',
      to: '2027-01-01T00:00:00.000Z',
      warnings: [
        expect.stringContaining('ends on 2027-01-01T00:00:00Z, with its authority, instead of 2027-12-26'),
      ],
    });
  });

  it('of an authority is counted in the same way', () => {
    const { notBefore, notAfter } = validityFromNow(NOW, 1826);
    expect([notBefore.toISOString(), notAfter.toISOString()]).toEqual([
      '2026-11-24T11:55:00.000Z',
      '2031-11-24T11:54:59.000Z',
    ]);
  });
});

describe('a life that cannot be', () => {
  it.each([
    ['days and an end', { days: 1, notAfter: day('2027-01-01') }, 'both'],
    ['no days', { days: 0 }, 'whole number'],
    ['half a day', { days: 0.5 }, 'whole number'],
    ['days that are no number', { days: Number.NaN }, 'whole number'],
    ['an end in the past', { notAfter: day('2026-01-01') }, 'over already'],
    ['less than it is backdated', { lifeMs: 30_000 }, 'since it counts from five minutes before now'],
    ['a beginning before all calendars', { notBefore: day('1600-01-01') }, 'not begin in a year from 1950'],
    [
      'an end before the beginning',
      { notBefore: day('2027-06-01'), notAfter: day('2027-01-01') },
      'before it begins',
    ],
    ['a beginning before the authority', { notBefore: day('2026-11-01') }, 'before its authority'],
    ['a beginning after the authority', { notBefore: day('2032-01-01') }, 'has ended'],
    ['a date that is none', { notAfter: new Date('x') }, 'year from 1950 to 9999'],
    ['a year that DER cannot hold', { notAfter: new Date('+012026-01-01') }, 'year from 1950 to 9999'],
    ['a beginning that is none', { notBefore: new Date(Number.NaN) }, 'year from 1950 to 9999'],
    ['too many days for a date', { days: 1e12 }, 'year from 1950 to 9999'],
  ])('has %s', (_what, request, reason) => {
    expect(() => plan(request)).toThrow(
      expect.objectContaining({ code: 'DEVCA_ISSUE_LIFE_INVALID', message: expect.stringContaining(reason) }),
    );
  });

  it('is asked of an authority that has ended', () => {
    expect(() => plan({}, ISSUER, day('2032-01-01'))).toThrow(
      expect.objectContaining({
        code: 'DEVCA_AUTHORITY_EXPIRED',
        message: expect.stringContaining('2031-11-24T11:54:59Z'),
        hints: ['check this machine\'s clock with "date"', 'or make another one'],
      }),
    );
  });
});
