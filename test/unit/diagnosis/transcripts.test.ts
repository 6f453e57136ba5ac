import { describe, expect, it } from '@jest/globals';
import { explainText } from '../../../src/diagnosis/explain-text.ts';
import { wordings } from '../../../src/diagnosis/fault-table.ts';
import { NameIndex, wordKey } from '../../../src/diagnosis/name-index.ts';
import { findNames } from '../../../src/diagnosis/names-in-text.ts';
import { tokenize } from '../../../src/diagnosis/tokens.ts';
import { transcripts } from './transcripts.ts';

const recorded = transcripts();
const programs = [...new Set(recorded.map(({ program }) => program))];

describe('what real programs said', () => {
  it.each(programs)('%s: is called what it was, and nothing else for certain', (program) => {
    for (const { id, faults, text } of recorded.filter((one) => one.program === program)) {
      const matches = explainText(text);
      const codes = matches.map(({ fault }) => fault.code);
      const certain = matches.filter(({ certainty }) => certainty === 'certain');
      expect([id, codes.some((code) => faults.includes(code)), codes]).toEqual([id, true, codes]);
      for (const { fault } of certain)
        expect([id, faults]).toEqual([id, expect.arrayContaining([fault.code])]);
    }
  });

  it('gives the true fault first in three of four texts', () => {
    const right = recorded.filter(({ faults, text }) =>
      faults.includes(explainText(text)[0]?.fault.code ?? ''),
    );
    expect(right.length / recorded.length).toBeGreaterThan(0.75);
  });
});

describe('the evidence of names', () => {
  it('is that each observed one stands in what a real program said', () => {
    const said = recorded.map(({ text }) => tokenize(text));
    const observed = wordings.filter(({ evidence, by }) => evidence === 'observed' && by !== 'devca');
    const unseen = observed.filter(({ text }) => {
      const index = new NameIndex<string>();
      index.add(wordKey(text), text);
      return !said.some((tokens) => index.find(tokens).length > 0);
    });
    expect(unseen.map(({ by, text }) => `${by}: ${text}`)).toEqual([]);
  });

  it('is not less than was seen: no name that a program said is called documented there', () => {
    const belittled = recorded.flatMap(({ program, text }) =>
      findNames(text).names.flatMap(({ found }) =>
        found.evidence === 'documented' && found.by.some((speaker) => program.startsWith(speaker))
          ? [`${program}: ${found.text}`]
          : [],
      ),
    );
    expect([...new Set(belittled)]).toEqual([]);
  });
});
