import type { FaultCode, FaultMatch } from './fault.ts';
import { faultByCode } from './fault-table.ts';

/** A code of devca's own, from its error catalogue or its validation, as data. */
export interface OwnCode {
  readonly code: string;
  readonly title: string;
  readonly fixes: readonly string[];
  /** The fault of the table that it stands for, where there is one. */
  readonly fault?: FaultCode;
}

/** devca's own codes in a text. */
export function ownCodesIn(text: string, ownCodes: readonly OwnCode[]): FaultMatch[] {
  const known = new Map(ownCodes.map((own) => [own.code, own]));
  const named = new Set([...text.matchAll(/\bDEVCA_[A-Z0-9_]+/gi)].map(([code]) => code.toUpperCase()));
  return [...named].flatMap((code) => {
    const own = known.get(code);
    return own === undefined ? [] : [matchOf(own, text)];
  });
}

function matchOf(own: OwnCode, text: string): FaultMatch {
  const name = { text: own.code, evidence: 'observed' } as const;
  const line = text.slice(0, text.toUpperCase().indexOf(own.code)).split('\n').length;
  return {
    fault: (own.fault === undefined ? undefined : faultByCode(own.fault)) ?? {
      code: own.code,
      title: own.title,
      causes: [],
      question: '',
      fixes: own.fixes,
      names: { devca: [name] },
    },
    certainty: 'certain',
    found: [{ ...name, by: ['devca'], excerpt: own.code, line }],
  };
}
