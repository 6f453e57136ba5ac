import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NameIndex, wordKey } from '../../../src/diagnosis/name-index.ts';
import { tokenize } from '../../../src/diagnosis/tokens.ts';

function indexOf(...wordings: string[]): NameIndex<string> {
  const index = new NameIndex<string>();
  for (const wording of wordings) index.add(wording, wording);
  return index;
}

const found = (index: NameIndex<string>, text: string): string[] =>
  index.find(tokenize(text)).map(({ name }) => name);

describe('NameIndex', () => {
  it('finds whole words only', () => {
    const index = indexOf('cert expired');
    expect(found(index, 'a CERT_EXPIRED b')).toEqual(['cert expired']);
    expect(found(index, 'precert expired; cert expireds')).toEqual([]);
  });

  it('lets anything of the same line stand for a gap', () => {
    const index = indexOf('valid for … not');
    expect(found(index, 'valid for a, b and c, not d')).toEqual(['valid for … not']);
    expect(found(index, 'valid for a\nnot b')).toEqual([]);
    expect(found(index, 'not valid for')).toEqual([]);
  });

  it('leaves out what lies within a longer name', () => {
    const index = indexOf('self signed', 'self signed in chain', 'in chain of');
    expect(found(index, 'self-signed in chain')).toEqual(['self signed in chain']);
    expect(found(index, 'self-signed in chain of two')).toEqual(['self signed in chain', 'in chain of']);
    expect(found(index, 'self-signed, and self-signed in chain')).toEqual([
      'self signed',
      'self signed in chain',
    ]);
  });

  it('finds every name that is put into a text', () => {
    const word = fc.stringMatching(/^[a-z]{1,3}$/);
    const name = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1, maxLength: 5 }),
        fc.string(),
        fc.string(),
        (names, before, after) => {
          const [wanted = ''] = names;
          const tokens = tokenize(`${before} ; ${wanted} ; ${after}`);
          const at = tokenize(`${before} ;`).words.length;
          const last = at + wanted.split(' ').length - 1;
          const covering = indexOf(...names)
            .find(tokens)
            .filter((one) => one.first <= at && one.last >= last);
          expect(covering.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('tokenize', () => {
  it('never throws, and its words lie in the text where it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const { words, starts, ends } = tokenize(text);
        words.forEach((word, index) => {
          expect(text.slice(starts[index], ends[index]).toLowerCase()).toBe(word);
        });
      }),
    );
  });

  it('counts lines, those escaped in JSON too', () => {
    expect(tokenize('a\nb\\nc').lines).toEqual([0, 1, 2]);
  });
});

describe('wordKey', () => {
  it('is one for all spellings of a name', () => {
    expect(wordKey('SSL_ERROR: "bad"')).toBe(wordKey('ssl error bad'));
    expect(wordKey('… a … b …')).toBe('a … b');
  });
});
