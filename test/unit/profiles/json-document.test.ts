import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isDevcaError } from '../../../src/errors/devca-error.ts';
import { parseJsonDocument } from '../../../src/profiles/json-document.ts';

const TEXT = `{
  "name": "mail",
  "names": ["dNSName",
            "dns"],
  "longestDays": 1e9
}`;

describe('a JSON document', () => {
  it('knows the lines and columns of its members and their elements', () => {
    const { value, placeOf } = parseJsonDocument(TEXT, 'mail.json');
    expect(value).toEqual(JSON.parse(TEXT));
    expect(placeOf('name')).toEqual({ line: 2, column: 11 });
    expect(placeOf('names')).toEqual({ line: 3, column: 12 });
    expect(placeOf('names', 1)).toEqual({ line: 4, column: 13 });
    expect(placeOf('longestDays')).toEqual({ line: 5, column: 18 });
    expect(placeOf('none')).toBeUndefined();
  });

  it.each([
    ['', 'a value is missing (line 1, column 1)'],
    ['{', 'a name in double quotes is missing (line 1, column 2)'],
    ['{\n  "a": x\n}', 'a value is missing (line 2, column 8)'],
    ['{"a": 1,}', 'a name in double quotes is missing (line 1, column 9)'],
    ["{'a': 1}", 'a name in double quotes is missing (line 1, column 2)'],
    ['{"a" 1}', 'a ":" is missing (line 1, column 6)'],
    ['{"a": 1\n "b": 2}', 'a "," or "}" is missing (line 2, column 2)'],
    ['[1 2]', 'a "," or "]" is missing (line 1, column 4)'],
    ['{"a": 01}', '01 is not JSON (line 1, column 7)'],
    ['{"a": "\\x"}', '"\\x" is not JSON (line 1, column 7)'],
    ['{"a": 1,\r\n"a": 2}', '"a" is there twice (line 2, column 1)'],
    ['{} {}', 'something follows its end (line 1, column 4)'],
    ['[[[[[[[[[[', 'it is nested too deeply'],
  ])('says where %j is wrong', (text, reason) => {
    expect(() => parseJsonDocument(text, 'mail.json')).toThrow(
      expect.objectContaining({
        code: 'DEVCA_PROFILE_INVALID',
        message: expect.stringContaining(`"mail.json" is not a profile: ${reason}`),
      }),
    );
  });

  it('may begin with a byte order mark', () => {
    const { value, placeOf } = parseJsonDocument(`\uFEFF${TEXT}`, 'mail.json');
    expect(value).toEqual(JSON.parse(TEXT));
    expect(placeOf('name')).toEqual({ line: 2, column: 11 });
  });

  it('reads what the runtime reads, in any layout', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 4, noUnicodeString: false }),
        fc.constantFrom(0, 2, '\t'),
        (text, blanks) => {
          const value: unknown = JSON.parse(text);
          expect(parseJsonDocument(JSON.stringify(value, undefined, blanks), 'x').value).toEqual(value);
        },
      ),
    );
  });

  it('gives an error with a place, and never another, for whatever else', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json().map((json) => json.slice(0, -1)),
    );
    fc.assert(
      fc.property(text, (broken) => {
        try {
          parseJsonDocument(broken, 'x');
          JSON.parse(broken);
        } catch (error) {
          if (!isDevcaError(error, 'DEVCA_PROFILE_INVALID')) throw error;
          expect(error.context.line).toBeGreaterThan(0);
        }
      }),
    );
  });
});
