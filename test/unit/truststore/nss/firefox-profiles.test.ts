import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseInstallsIni, parseProfilesIni } from '../../../../src/truststore/nss/firefox-profiles.ts';

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

  it('may begin with a byte order mark, end its lines as Windows does, and have names of any script', () => {
    const text = '\ufeff[Profile0]\r\nName=Übung = Ω\r\nIsRelative=1\r\nPath=Profiles/日本語.default\r\n';
    expect(parseProfilesIni(text, '/p')).toEqual([
      { name: 'Übung = Ω', folder: '/p/Profiles/日本語.default' },
    ]);
  });

  it('is never a reason to fail, whatever it holds', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('[Profile0]', 'Path=x', 'IsRelative=0', 'Default=y', '=', '[', ';'),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(Array.isArray(parseProfilesIni(lines.join('\n'), '/f'))).toBe(true);
        expect(Array.isArray(parseInstallsIni(lines.join('\n'), '/f'))).toBe(true);
      }),
    );
  });
});

describe('installs.ini', () => {
  it('gives the default profile of each installation', () => {
    const text =
      '[4F96D1932A9F858E]\nDefault=Profiles/abc\nLocked=1\n[11]\nDefault=/srv/away\n[12]\nLocked=1\n';
    expect(parseInstallsIni(text, '/f')).toEqual([
      { name: 'Profiles/abc', folder: '/f/Profiles/abc' },
      { name: '/srv/away', folder: '/srv/away' },
    ]);
  });
});
