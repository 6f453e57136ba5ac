import { expect } from '@jest/globals';
import { explainText } from '../../../src/diagnosis/explain-text.ts';

/** What a program said about a fault is called by its name, and nothing is called certain that it is not. */
export function judge(id: string, faults: readonly string[], text: string): void {
  const matches = explainText(text);
  const codes = matches.map(({ fault }) => fault.code);
  expect({ id, text, codes, named: codes.some((code) => faults.includes(code)) }).toMatchObject({
    named: true,
  });
  const wrong = matches.filter(
    ({ certainty, fault }) => certainty === 'certain' && !faults.includes(fault.code),
  );
  expect({ id, text, wrong: wrong.map(({ fault }) => fault.code) }).toMatchObject({ wrong: [] });
}
