import { describe, expect, it } from '@jest/globals';
import { parseTime } from '../../../src/cli/time.ts';
import { codeOf } from '../../support/coded.ts';

const parsed = (text: string | undefined): string | undefined =>
  parseTime(text, '--at', 'verify')?.toISOString();

describe('a time on the command line', () => {
  it.each([
    ['2026-12-01T08:00:00Z', '2026-12-01T08:00:00.000Z'],
    ['2026-12-01t08:00:00z', '2026-12-01T08:00:00.000Z'],
    ['2026-12-01T08:00:00+02:00', '2026-12-01T06:00:00.000Z'],
    ['2026-12-01T08:00:00.25-00:30', '2026-12-01T08:30:00.000Z'],
    ['2026-12-01T08:00:00.999999Z', '2026-12-01T08:00:00.000Z'],
    ['2026-12-01T08:00:00', '2026-12-01T08:00:00.000Z'],
    ['2026-12-01T08:00', '2026-12-01T08:00:00.000Z'],
    ['2026-12-01', '2026-12-01T00:00:00.000Z'],
  ])('reads %s', (text, time) => {
    expect(parsed(text)).toBe(time);
  });

  it('is none where none is given', () => {
    expect(parsed(undefined)).toBeUndefined();
  });

  it.each([
    'tomorrow',
    '',
    '2026-02-30',
    '2026-13-01',
    '2026-12-01T24:00:00Z',
    '2026-12-01T08:60Z',
    '2026-12-01T08:00:60Z',
    '2026-12-01T08:00.5Z',
    '2026-12-01T08Z',
    '2026-12-01T08:00:00.Z',
    '2026-12-01T08:00:00+0200',
    '2026-12-01Z',
    '20261201T080000Z',
    ' 2026-12-01',
  ])('refuses %j', (text) => {
    expect(codeOf(() => parsed(text))).toBe('DEVCA_USAGE_VALUE');
  });
});
