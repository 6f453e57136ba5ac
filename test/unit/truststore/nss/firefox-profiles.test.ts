import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseProfilesIni } from '../../../../src/truststore/nss/firefox-profiles.ts';

describe('profiles.ini', () => {
  it('gives profiles with relative and with absolute paths, and nothing else', () => {
    const text = [
      '[Install4F96D1932A9F858E]\nDefault=abc.default-esr\nLocked=1\n',
      '[Profile1]\nName=default\nIsRelative=1\nPath=abc.default\nDefault=1\n',
      '[Profile0]\r\nName=work\r\nIsRelative=0\r\nPath=/srv/firefox profiles/work\r\n',
      '; a comment\n[General]\nStartWithLastProfile=1\nVersion=2\n[Profile2]\nName=empty\n',
    ].join('\n');
    expect(parseProfilesIni(text, '/home/ada/.mozilla/firefox')).toEqual([
      { name: 'default', folder: '/home/ada/.mozilla/firefox/abc.default' },
      { name: 'work', folder: '/srv/firefox profiles/work' },
    ]);
  });

  it('is never a reason to fail, whatever it holds', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('[Profile0]', 'Path=x', 'IsRelative=0', '=', '[', ';'),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(Array.isArray(parseProfilesIni(lines.join('\n'), '/f'))).toBe(true);
      }),
    );
  });
});
