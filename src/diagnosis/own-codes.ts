import type { Fault, FaultMatch } from './fault.ts';
import { faultByCode } from './fault-table.ts';
import { ownCodeFaults } from './own-code-faults.ts';

/** A code of devca's own that stands for no fault of the table, as data: from its catalogue of errors, say. */
export interface OwnCode {
  readonly code: string;
  readonly title: string;
  readonly fixes: readonly string[];
}

/** devca's own codes in a text, in its order. */
export function ownCodesIn(text: string, ownCodes: readonly OwnCode[]): FaultMatch[] {
  const found = new Map<string, number>();
  for (const { 0: word, index } of text.matchAll(/\bDEVCA_[A-Z0-9_]+/gi)) {
    const code = word.toUpperCase();
    if (!found.has(code)) found.set(code, index);
  }
  return [...found].flatMap(([code, at]) => {
    const fault = faultOf(code, ownCodes);
    if (fault === undefined) return [];
    const line = text.slice(0, at).split('\n').length;
    const name = { text: code, by: ['devca'], evidence: 'observed', excerpt: code, line } as const;
    return [{ fault, certainty: 'certain', found: [name] }];
  });
}

function faultOf(code: string, ownCodes: readonly OwnCode[]): Fault | undefined {
  const known = ownCodeFaults[code];
  if (known !== undefined) return faultByCode(known);
  const own = ownCodes.find((one) => one.code === code);
  if (own === undefined) return undefined;
  const names = { devca: [{ text: code, evidence: 'observed' }] } as const;
  return { code, title: own.title, causes: [], question: '', fixes: own.fixes, names };
}
