import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addToList, readList, removeFromList } from '../../../../src/truststore/policy/json-list.ts';

const KEYS = ['policies', 'Certificates', 'Install'];

describe('a list in a JSON file of others', () => {
  it('gets an item, and nothing else in the file changes', () => {
    const text =
      '{ "policies" : {\n\t"Big": 12345678901234567890, "Certificates": { "Install": [\n\t"/a" ] } } }\n';
    expect(addToList(text, KEYS, '/b')).toBe(text.replace('"/a"', '"/a",\n\t"/b"'));
  });

  it('is made where it is missing, with what holds it', () => {
    for (const text of ['{}', '{"policies":{}}', '{"policies":{"Certificates":{}}}', '{"other": 1}']) {
      const changed = addToList(text, KEYS, '/b');
      expect(readList(changed, KEYS)).toEqual(['/b']);
      expect(JSON.parse(changed)).toMatchObject(JSON.parse(text));
    }
  });

  it('is as before, byte for byte, once all that was added is taken out again, in whatever order', () => {
    const policies = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 });
    const install = fc.array(fc.string(), { minLength: 1, maxLength: 4 });
    const indent = fc.constantFrom(undefined, 1, 2, '\t');
    fc.assert(
      fc.property(
        policies,
        fc.option(install, { nil: undefined }),
        indent,
        fc.boolean(),
        (others, list, space, first) => {
          const certificates = list === undefined ? {} : { Certificates: { Install: list } };
          const before = JSON.stringify(
            { policies: { keep: 1, ...others, ...certificates } },
            undefined,
            space,
          );
          const [one, two] = ['/etc/devca-1.pem', '/etc/devca-2.pem'];
          const both = addToList(addToList(before, KEYS, one), KEYS, two);
          expect(readList(both, KEYS)).toEqual([...(list ?? []), one, two]);
          const [sooner, later] = first ? [one, two] : [two, one];
          expect(removeFromList(removeFromList(both, KEYS, sooner), KEYS, later)).toBe(before);
        },
      ),
    );
  });

  it('stays as it is where the item is not in it', () => {
    for (const text of ['{}', '[]', '{"policies": {"Certificates": {"Install": ["/a"]}}}'])
      expect(removeFromList(text, KEYS, '/b')).toBe(text);
  });

  it('is found behind a number of any length', () => {
    const text = `{"a": ${'1'.repeat(1000)}, "policies": {"x": -2}}`;
    expect(removeFromList(addToList(text, KEYS, '/b'), KEYS, '/b')).toBe(text);
  });

  it('is refused where the file is nested deeper than any policy', () => {
    for (const depth of [250, 8000, 100_000]) {
      const text = `{"a": ${'['.repeat(depth)}${']'.repeat(depth)}}`;
      expect(() => addToList(text, KEYS, '/b')).toThrow('it is nested more than 200 levels deep');
      expect(() => removeFromList(text, KEYS, '/b')).toThrow(SyntaxError);
    }
  });

  it.each(['', '{', '{"policies": {}} trailing', '// comment\n{}', '{"a":1,}'])(
    'is refused where the file is not JSON: %j',
    (text) => {
      expect(() => readList(text, KEYS)).toThrow(SyntaxError);
      expect(() => addToList(text, KEYS, '/b')).toThrow(SyntaxError);
    },
  );

  it.each(['[]', '"text"', '{"policies": 1}', '{"policies": {"Certificates": {"Install": {}}}}'])(
    'is refused where something else stands in its place: %j',
    (text) => {
      expect(readList(text, KEYS)).toBeUndefined();
      expect(() => addToList(text, KEYS, '/b')).toThrow(SyntaxError);
    },
  );
});
