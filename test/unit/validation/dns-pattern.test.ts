import { describe, expect, it } from '@jest/globals';
import {
  isWithinDomain,
  matchesHost,
  overlapsDomain,
  parseDnsPattern,
} from '../../../src/validation/dns-pattern.ts';

const pattern = (value: string) => {
  const parsed = parseDnsPattern(value, false);
  if (parsed === undefined) throw new Error(`${value} is no pattern`);
  return parsed;
};

describe('a dNSName', () => {
  it.each([
    'api.test',
    'API.Test',
    '*.api.test',
    'localhost',
    'xn--bcher-kva.test',
    '1.2',
    `${'a'.repeat(63)}.test`,
  ])('may be "%s"', (value) => {
    expect(parseDnsPattern(value, false)).toBeDefined();
  });

  it.each([
    '',
    '*',
    '*.',
    '.test',
    'api.test.',
    'a..b',
    'a*.test',
    '*a.test',
    'api.*.test',
    '*.*.test',
    '-a.test',
    'a-.test',
    'a b.test',
    'a_b.test',
    'bücher.test',
    'api.test\0',
    `${'a'.repeat(64)}.test`,
    `${'a.'.repeat(127)}test`,
  ])('may not be "%s"', (value) => {
    expect(parseDnsPattern(value, false)).toBeUndefined();
  });

  it('may have an underscore where the caller allows it', () => {
    expect(parseDnsPattern('a_b.test', true)).toEqual({ isWildcard: false, name: 'a_b.test' });
  });

  it.each([
    ['api.test', 'api.test', true],
    ['API.test', 'api.test', true],
    ['api.test', 'www.api.test', false],
    ['*.test', 'api.test', true],
    ['*.test', 'test', false],
    ['*.test', 'a.api.test', false],
    ['*.test', '.test', false],
  ])('%s stands for %s: %s', (value, host, expected) => {
    expect(matchesHost(pattern(value), host)).toBe(expected);
  });

  it.each([
    ['api.test', 'test', true, true],
    ['api.test', 'api.test', true, true],
    ['api.test', '', true, true],
    ['xapi.test', 'api.test', false, false],
    ['test', 'api.test', false, false],
    ['*.test', 'test', true, true],
    ['*.test', 'api.test', false, true],
    ['*.test', 'a.api.test', false, false],
    ['*.api.test', 'www.test', false, false],
  ])('%s in the domain "%s": all of its names %s, some of them %s', (value, domain, all, some) => {
    expect(isWithinDomain(pattern(value), domain)).toBe(all);
    expect(overlapsDomain(pattern(value), domain)).toBe(some);
  });
});
